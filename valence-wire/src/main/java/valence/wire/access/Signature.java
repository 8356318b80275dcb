package valence.wire.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The proof in a request's `authorization` header:
///
///     valence-hmac-sha256 key=ID, time=MILLIS, nonce=HEX, body=SHA256, signature=HEX
///
/// The signature is HMAC-SHA256, under the key's [AccessKey#signingKey], of [#canonical]. It holds
/// for one request: for its method, path, query and body, near its time, and once.
///
/// @param timeMillis  when it was signed, since 1970
/// @param nonce       32 hexadecimal digits, never the same twice
/// @param bodySha256  of the body, in 64 lower-case hexadecimal digits
/// @param mac         in 64 lower-case hexadecimal digits
public record Signature(
    String keyId, long timeMillis, String nonce, String bodySha256, String mac) {
  /// The header that carries it.
  public static final String HEADER = "authorization";

  /// The scheme's name, first in the header and in the canonical form.
  public static final String SCHEME = "valence-hmac-sha256";

  /// How far the time of a request may be from the node's, before or after.
  public static final long SKEW_MILLIS_MAX = 60_000;

  private static final int HEADER_CHARS_MAX = 512;
  private static final int NONCE_BYTES = 16;
  private static final Pattern FORM = Pattern.compile(
      SCHEME + " key=(" + AccessKey.ID.pattern() + "), time=([0-9]{1,15}), nonce=([0-9a-f]{32}),"
          + " body=([0-9a-f]{64}), signature=([0-9a-f]{64})");
  private static final SecureRandom RANDOM = new SecureRandom();

  /// Signs a request that is sent now.
  ///
  /// @param path  as it is sent, encoded
  /// @param query as it is sent, without `?`; empty when there is none
  public static Signature of(
      AccessKey key, long timeMillis, String method, String path, String query, String bodySha256) {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    var unsigned =
        new Signature(key.id(), timeMillis, HexFormat.of().formatHex(nonce), bodySha256, "");
    byte[] mac = unsigned.mac(key.signingKey(), method, path, query);
    return new Signature(
        key.id(), timeMillis, unsigned.nonce, bodySha256, HexFormat.of().formatHex(mac));
  }

  /// The signature in a header; empty when it has another form.
  public static Optional<Signature> parse(String header) {
    if (header.length() > HEADER_CHARS_MAX) {
      return Optional.empty();
    }
    Matcher form = FORM.matcher(header);
    return form.matches()
        ? Optional.of(new Signature(
            form.group(1),
            Long.parseLong(form.group(2)),
            form.group(3),
            form.group(4),
            form.group(5)))
        : Optional.empty();
  }

  /// As the header's value.
  public String header() {
    return SCHEME + " key=" + keyId + ", time=" + timeMillis + ", nonce=" + nonce + ", body="
        + bodySha256 + ", signature=" + mac;
  }

  /// What is signed: eight lines, each ended by a line feed.
  public String canonical(String method, String path, String query) {
    return String.join(
        "\n", SCHEME, keyId, Long.toString(timeMillis), nonce, method, path, query, bodySha256, "");
  }

  /// Whether this is the signature of a request. Takes as long whether it is or not.
  public boolean signs(byte[] signingKey, String method, String path, String query) {
    return MessageDigest.isEqual(
        mac(signingKey, method, path, query), HexFormat.of().parseHex(mac));
  }

  private byte[] mac(byte[] signingKey, String method, String path, String query) {
    return hmac(signingKey, canonical(method, path, query).getBytes(UTF_8));
  }

  static byte[] hmac(byte[] key, byte[] text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text);
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new AssertionError("each JDK has HMAC-SHA256", e);
    }
  }

  /// The digest of a body, as a signature names it.
  public static String sha256(byte[] body) {
    return HexFormat.of().formatHex(sha256().digest(body));
  }

  /// A digest to be fed.
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("each JDK has SHA-256", e);
    }
  }
}
