package valence.engine.log;

import java.util.Arrays;
import valence.engine.value.Texts;

/// Collects bytes. For one thread.
final class ByteSink {
  private byte[] bytes;
  private int count;

  ByteSink(int expectedBytes) {
    bytes = new byte[expectedBytes];
  }

  int count() {
    return count;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, count);
  }

  void u8(int value) {
    need(1);
    bytes[count++] = (byte) value;
  }

  void fixed(long bits) {
    need(Long.BYTES);
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes[count++] = (byte) (bits >>> shift);
    }
  }

  void signed(long value) {
    unsigned(zigzag(value));
  }

  void unsigned(long value) {
    need(10);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes[count++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[count++] = (byte) rest;
  }

  void text(String text) {
    bytes(Texts.encode(text));
  }

  /// A count, then the bytes.
  void bytes(byte[] content) {
    unsigned(content.length);
    raw(content);
  }

  void raw(byte[] content) {
    need(content.length);
    System.arraycopy(content, 0, bytes, count, content.length);
    count += content.length;
  }

  /// Small for numbers near zero, whatever their sign.
  static long zigzag(long value) {
    return (value << 1) ^ (value >> 63);
  }

  /// How many bytes [#unsigned] takes.
  static int size(long value) {
    return (Long.SIZE - Long.numberOfLeadingZeros(value | 1) + 6) / 7;
  }

  private void need(int more) {
    if (bytes.length - count < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(count, more)));
    }
  }
}
