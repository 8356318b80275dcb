package valence.node.source.sqs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/// The MD5s by which a caller of SQS sees that what he sent has arrived as it was, and the SHA-256
/// by which a queue tells messages apart.
final class Digests {
  private static final byte STRING = 1;
  private static final byte BINARY = 2;

  private Digests() {}

  static String ofBody(String body) {
    return HexFormat.of().formatHex(md5().digest(body.getBytes(UTF_8)));
  }

  static String sha256(String body) {
    return HexFormat.of().formatHex(digest("SHA-256").digest(body.getBytes(UTF_8)));
  }

  /// Of message attributes: of each, by name, the lengths and bytes of name, type and value.
  static String ofAttributes(Map<String, MessageAttribute> attributes) {
    MessageDigest digest = md5();
    new TreeMap<>(attributes).forEach((name, attribute) -> {
      add(digest, name.getBytes(UTF_8));
      add(digest, attribute.type().getBytes(UTF_8));
      digest.update(attribute.isBinary() ? BINARY : STRING);
      add(
          digest,
          attribute.isBinary()
              ? Base64.getDecoder().decode(attribute.value())
              : attribute.value().getBytes(UTF_8));
    });
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(MessageDigest digest, byte[] bytes) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
    digest.update(bytes);
  }

  private static MessageDigest md5() {
    return digest("MD5");
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("each JDK has " + algorithm, e);
    }
  }
}
