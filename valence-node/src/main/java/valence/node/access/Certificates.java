package valence.node.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import valence.api.Anomaly;
import valence.wire.access.AccessKey;
import valence.wire.access.Signature;

/// Makes the certificate that a system has before somebody gives it a better one: signed by itself,
/// so that clients have to be told to trust it. The JDK's own `keytool` makes it.
final class Certificates {
  static final String CERTIFICATE = "certificate.pem";
  static final String KEY = "key.pem";

  private static final int DAYS = 825;
  private static final int HOST_COUNT_MAX = 50;
  private static final long KEYTOOL_SECONDS_MAX = 120;
  private static final String PASSWORD_VARIABLE = "VALENCE_NEW_STORE_PASSWORD";
  private static final Pattern ADDRESS = Pattern.compile("[0-9]+(?:\\.[0-9]+){3}|.*:.*");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.:-]{1,253}");
  private static final int LINE_CHARS = 64;

  private Certificates() {}

  /// Puts `certificate.pem` and `key.pem` into a directory; in place of what was there.
  ///
  /// @param hosts names and addresses that it is for, beside those of the loopback
  /// @return the SHA-256 of the certificate, in hexadecimal, by which clients can trust it
  static String make(Path directory, List<String> hosts) {
    Set<String> names = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", "::1"));
    names.addAll(hosts);
    for (String host : names) {
      if (!HOST.matcher(host).matches() || names.size() > HOST_COUNT_MAX) {
        throw Anomaly.incorrect(
                "valence.error/invalid-config",
                "\"" + host + "\" can't be a host of the certificate.",
                "Expected at most " + HOST_COUNT_MAX + " names or addresses.")
            .toException();
      }
    }
    try {
      OwnerFile.makeDirectory(directory);
      Path store = directory.resolve("new.p12");
      Files.deleteIfExists(store);
      String password = AccessKey.random().secret();
      try {
        runKeytool(store, password, names);
        return take(store, password.toCharArray(), directory);
      } finally {
        Files.deleteIfExists(store);
      }
    } catch (IOException | GeneralSecurityException e) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              "The certificate couldn't be made in " + directory + ": " + e.getMessage() + ".",
              "Check the directory, or give a certificate of your own.")
          .toException(e);
    }
  }

  private static void runKeytool(Path store, String password, Set<String> names)
      throws IOException {
    List<String> alternatives = new ArrayList<>();
    names.forEach(
        name -> alternatives.add((ADDRESS.matcher(name).matches() ? "ip:" : "dns:") + name));
    var builder = new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-genkeypair",
        "-alias",
        "valence",
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-sigalg",
        "SHA256withECDSA",
        "-dname",
        "CN=Valence development",
        "-validity",
        String.valueOf(DAYS),
        "-ext",
        "san=" + String.join(",", alternatives),
        "-ext",
        "eku=serverAuth",
        "-storetype",
        "PKCS12",
        "-keystore",
        store.toString(),
        "-storepass:env",
        PASSWORD_VARIABLE);
    builder.environment().put(PASSWORD_VARIABLE, password);
    Process process = builder.redirectErrorStream(true).start();
    String said;
    try (InputStream out = process.getInputStream()) {
      process.getOutputStream().close();
      said = new String(out.readAllBytes(), UTF_8).strip();
      if (!process.waitFor(KEYTOOL_SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException("keytool failed: " + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Anomaly.of(Anomaly.Category.INTERRUPTED, "Waiting for keytool was interrupted.")
          .toException(e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static String take(Path store, char[] password, Path directory)
      throws IOException, GeneralSecurityException {
    KeyStore made = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      made.load(in, password);
    }
    byte[] certificate = made.getCertificate("valence").getEncoded();
    byte[] key = made.getKey("valence", password).getEncoded();
    OwnerFile.replace(directory.resolve(KEY), pem("PRIVATE KEY", key));
    OwnerFile.replace(directory.resolve(CERTIFICATE), pem("CERTIFICATE", certificate));
    return HexFormat.of().formatHex(Signature.sha256().digest(certificate));
  }

  private static String pem(String what, byte[] bytes) {
    return "-----BEGIN " + what + "-----\n"
        + Base64.getMimeEncoder(LINE_CHARS, new byte[] {'\n'}).encodeToString(bytes)
        + "\n-----END " + what + "-----\n";
  }
}
