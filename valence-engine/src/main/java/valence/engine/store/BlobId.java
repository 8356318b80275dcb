package valence.engine.store;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The name of immutable bytes: their SHA-256, in 64 lower-case hexadecimal digits.
public record BlobId(String hex) {
  private static final int DIGITS = 64;

  public BlobId {
    if (!isHex(hex)) {
      throw new IllegalArgumentException("not a SHA-256 in lower-case hexadecimal: " + hex);
    }
  }

  /// By hand, since a directory of segments has hundreds of ids, and is read at each start.
  private static boolean isHex(String text) {
    boolean is = text.length() == DIGITS;
    for (int i = 0; i < text.length() && is; i++) {
      char digit = text.charAt(i);
      is = (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
    }
    return is;
  }

  /// The id of the bytes from position to limit, which stay unchanged.
  public static BlobId of(ByteBuffer bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes.duplicate());
      return new BlobId(HexFormat.of().formatHex(digest.digest()));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("each JDK has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return hex;
  }
}
