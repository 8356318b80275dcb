package valence.node.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// What a door proves itself with, so that nobody on the way can read or change what passes.
public sealed interface Tls {
  /// Not at all.
  record None() implements Tls {}

  /// A certificate with its chain, and its private key in PKCS #8, both in PEM.
  record Pem(Path certificate, Path key) implements Tls {}

  /// A PKCS #12 file with one private key and its chain.
  ///
  /// @param password of the file and its key; owned by the record, not shown by it
  record Store(Path file, char[] password) implements Tls {
    @Override
    public String toString() {
      return "Store[" + file + "]";
    }
  }

  /// Whether what passes is protected.
  default boolean isOn() {
    return !(this instanceof None);
  }

  /// The files that it is read from.
  default List<Path> files() {
    return switch (this) {
      case None _ -> List.of();
      case Pem(Path certificate, Path key) -> List.of(certificate, key);
      case Store(Path file, _) -> List.of(file);
    };
  }

  /// The key and its chain, ready to be used; checked to belong together and to be valid now.
  default Identity identity() {
    return switch (this) {
      case None _ -> throw new IllegalStateException("there is no identity without TLS");
      case Pem(Path certificate, Path key) -> Identity.ofPem(certificate, key);
      case Store(Path file, char[] password) -> Identity.ofStore(file, password);
    };
  }

  /// A private key and the certificates that vouch for it, its own first.
  record Identity(KeyStore keys, char[] password, X509Certificate certificate) {
    private static final Logger LOG = LoggerFactory.getLogger(Tls.class);
    private static final int FILE_BYTES_MAX = 1 << 20;
    private static final Duration WARNED_BEFORE_END = Duration.ofDays(14);
    private static final String ALIAS = "valence";
    private static final Pattern KEY =
        Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    static Identity ofPem(Path certificateFile, Path keyFile) {
      try {
        Certificate[] chain;
        try (InputStream in = Files.newInputStream(bounded(certificateFile))) {
          chain = CertificateFactory.getInstance("X.509")
              .generateCertificates(in)
              .toArray(Certificate[]::new);
        }
        if (chain.length == 0 || !(chain[0] instanceof X509Certificate certificate)) {
          throw wrong(certificateFile + " holds no certificate.", "Expected PEM.", null);
        }
        Matcher pem = KEY.matcher(Files.readString(bounded(keyFile), StandardCharsets.ISO_8859_1));
        if (!pem.find()) {
          throw wrong(
              keyFile + " holds no private key in PKCS #8.",
              "Expected PEM with BEGIN PRIVATE KEY; `openssl pkcs8 -topk8 -nodes` makes it of"
                  + " others.",
              null);
        }
        PrivateKey key = KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm())
            .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1))));
        return of(certificateFile, key, chain, new char[0]);
      } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
        throw wrong(
            "The certificate " + certificateFile + " or the key " + keyFile + " can't be used: "
                + e.getMessage() + ".",
            "Expected a certificate and its private key, in PEM.",
            e);
      }
    }

    static Identity ofStore(Path file, char[] password) {
      try (InputStream in = Files.newInputStream(bounded(file))) {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(in, password);
        for (String alias : Collections.list(store.aliases())) {
          Key key = store.getKey(alias, password);
          if (key instanceof PrivateKey found) {
            return of(file, found, store.getCertificateChain(alias), password);
          }
        }
        throw wrong(file + " holds no private key.", "Expected one with its certificate.", null);
      } catch (IOException | GeneralSecurityException e) {
        throw wrong(
            "The key store " + file + " can't be read: " + e.getMessage() + ".",
            "Expected PKCS #12, and its password in VALENCE_TLS_PASSWORD.",
            e);
      }
    }

    private static Identity of(Path file, PrivateKey key, Certificate[] chain, char[] password)
        throws GeneralSecurityException, IOException {
      X509Certificate certificate = (X509Certificate) chain[0];
      if (!belongTogether(key, certificate.getPublicKey())) {
        throw wrong(
            "The private key isn't that of the certificate in " + file + ".",
            "Give the two that were made together.",
            null);
      }
      Instant end = certificate.getNotAfter().toInstant();
      if (end.isBefore(Instant.now())) {
        throw wrong(
            "The certificate in " + file + " ended at " + end + ".",
            "Renew it, then start again.",
            null);
      }
      if (end.isBefore(Instant.now().plus(WARNED_BEFORE_END))) {
        LOG.warn("certificate-ends-soon file={} end={}", file, end);
      }
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(null, password);
      keys.setKeyEntry(ALIAS, key, password, chain);
      return new Identity(keys, password, certificate);
    }

    private static boolean belongTogether(PrivateKey key, PublicKey proof)
        throws GeneralSecurityException {
      Signature signature = Signature.getInstance(
          switch (proof.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> proof.getAlgorithm();
          });
      byte[] text = {1, 2, 3};
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(proof);
      signature.update(text);
      return signature.verify(signed);
    }

    /// By which clients may trust it, whatever names it has.
    public String fingerprint() {
      try {
        return "sha256:"
            + HexFormat.of()
                .formatHex(valence.wire.access.Signature.sha256().digest(certificate.getEncoded()));
      } catch (CertificateEncodingException e) {
        throw new AssertionError("it was read from its encoding", e);
      }
    }

    private static Path bounded(Path file) throws IOException {
      if (Files.size(file) > FILE_BYTES_MAX) {
        throw wrong(file + " is too long.", "At most " + FILE_BYTES_MAX + " bytes are read.", null);
      }
      return file;
    }

    private static AnomalyException wrong(
        String what, String advice, @org.jspecify.annotations.Nullable Throwable cause) {
      Anomaly anomaly = Anomaly.incorrect("valence.error/invalid-config", what, advice);
      return cause == null ? anomaly.toException() : anomaly.toException(cause);
    }
  }
}
