package valence.node;

import java.nio.file.Files;
import java.nio.file.Path;
import valence.api.Anomaly;
import valence.node.access.Access;
import valence.node.http.Tls;

/// Who is let in, and how what passes is kept from others.
///
/// @param directory  of principals, keys and the audit log
/// @param publicHttp whether the application's port takes requests of anybody: the application
/// finds
///     out itself who they are of
public record Protection(Path directory, Tls tls, boolean publicHttp) {
  /// With what the access commands put into a directory.
  public static Protection in(Path directory) {
    Path certificate = directory.resolve("certificate.pem");
    return new Protection(
        directory,
        Files.exists(certificate)
            ? new Tls.Pem(certificate, directory.resolve("key.pem"))
            : new Tls.None(),
        false);
  }

  /// Refuses to be reached from other machines without TLS, or while nobody could sign a request.
  void requireFor(NodeConfig config, Access access) {
    boolean keys = access.required() && access.hasValidKey();
    if (config.isLoopback() || tls.isOn() && keys) {
      return;
    }
    String missing = keys ? "TLS is" : tls.isOn() ? "an access key is" : "TLS and access keys are";
    throw Anomaly.of(
            Anomaly.Category.FORBIDDEN,
            "--host is " + config.host() + ", which other machines reach, and " + missing
                + " missing: whoever reaches the node could do everything, or read what passes.",
            "Run `valence access certificate --host NAME` (or give --tls-certificate and --tls-key)"
                + " and `valence access create admin --grant all`, then start it again.",
            "Or listen on 127.0.0.1.")
        .withError("access.error/unprotected")
        .toException();
  }
}
