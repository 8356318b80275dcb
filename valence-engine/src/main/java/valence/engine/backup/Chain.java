package valence.engine.backup;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The checksum of a log's first records. For one thread.
final class Chain {
  private static final int BYTES = 32;

  private byte[] value;

  private Chain(byte[] value) {
    this.value = value;
  }

  /// Of no record.
  static Chain empty() {
    return new Chain(new byte[BYTES]);
  }

  /// One that goes on from [#hex].
  static Chain from(String hex) {
    byte[] value = HexFormat.of().parseHex(hex);
    if (value.length != BYTES) {
      throw new IllegalArgumentException("a chain of " + value.length + " bytes");
    }
    return new Chain(value);
  }

  void add(byte[] record) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(value);
      value = digest.digest(record);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("each JDK has SHA-256", e);
    }
  }

  String hex() {
    return HexFormat.of().formatHex(value);
  }
}
