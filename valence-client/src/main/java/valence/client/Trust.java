package valence.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import valence.api.Anomaly;
import valence.wire.access.Signature;

/// Which certificate of a node a client believes.
public sealed interface Trust {
  /// One that an authority vouches for which the JDK knows.
  record Authorities() implements Trust {}

  /// One that is, or is vouched for by, a certificate of a file or text in PEM; it has to name the
  /// node's host.
  ///
  /// @param pem the text
  record Certificates(String pem) implements Trust {}

  /// That one whose SHA-256 this is, whatever host it names.
  ///
  /// @param sha256 in 64 lower-case hexadecimal digits
  record Fingerprint(String sha256) implements Trust {}

  /// `sha256:<64 digits>`, PEM text, or the path of a file in PEM.
  static Trust of(String text) {
    if (Texts.FINGERPRINT.matcher(text).matches()) {
      return new Fingerprint(text.substring(Texts.PREFIX.length()));
    }
    if (text.startsWith("-----BEGIN")) {
      return new Certificates(text);
    }
    try {
      Path file = Path.of(text);
      if (Files.size(file) > Texts.BYTES_MAX) {
        throw new IOException("it is too long");
      }
      return new Certificates(Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (IOException | IllegalArgumentException e) {
      throw Anomaly.incorrect(
              "access.error/invalid-trust",
              "The trusted certificate " + text + " can't be read: " + e.getMessage() + ".",
              "Expected sha256: and 64 lower-case hexadecimal digits, or a file in PEM.")
          .toException(e);
    }
  }

  /// What connections are made with.
  default SSLContext context() {
    try {
      TrustManager[] trusted = switch (this) {
        case Authorities _ -> null;
        case Certificates(String pem) -> Texts.trusting(pem);
        case Fingerprint(String sha256) -> new TrustManager[] {new Pinned(sha256)};
      };
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trusted, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw Anomaly.incorrect(
              "access.error/invalid-trust",
              "The trusted certificate can't be used: " + e.getMessage() + ".",
              "Expected certificates in PEM.")
          .toException(e);
    }
  }

  /// How trust is written.
  final class Texts {
    private static final String PREFIX = "sha256:";
    private static final Pattern FINGERPRINT = Pattern.compile(PREFIX + "[0-9a-f]{64}");
    private static final long BYTES_MAX = 1 << 20;

    private Texts() {}

    private static TrustManager[] trusting(String pem)
        throws GeneralSecurityException, IOException {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      try (InputStream in = new ByteArrayInputStream(pem.getBytes(StandardCharsets.ISO_8859_1))) {
        int number = 0;
        for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
          trusted.setCertificateEntry("trusted-" + number++, each);
        }
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(trusted);
      return factory.getTrustManagers();
    }
  }

  /// Believes one certificate alone, without asking which host it is for: who pins it knows.
  final class Pinned extends X509ExtendedTrustManager {
    private final byte[] sha256;

    private Pinned(String sha256) {
      this.sha256 = HexFormat.of().parseHex(sha256);
    }

    private void check(X509Certificate[] chain) throws CertificateException {
      byte[] found = Signature.sha256().digest(chain[0].getEncoded());
      if (!MessageDigest.isEqual(found, sha256)) {
        throw new CertificateException(
            "its certificate has the fingerprint sha256:" + HexFormat.of().formatHex(found));
      }
      chain[0].checkValidity();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("no client is trusted here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      throw new CertificateException("no client is trusted here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      throw new CertificateException("no client is trusted here");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
