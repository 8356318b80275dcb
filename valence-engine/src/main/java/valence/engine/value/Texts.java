package valence.engine.value;

import java.nio.charset.StandardCharsets;

/// Java strings as UTF-8 and back, also those that hold a surrogate without its other half, which
/// plain UTF-8 can't say.
public final class Texts {
  private static final char REPLACEMENT = '\uFFFD';

  private Texts() {}

  /// The bytes of a text: UTF-8 (WTF-8 where a surrogate stands alone).
  public static byte[] encode(String text) {
    return isWellFormed(text) ? text.getBytes(StandardCharsets.UTF_8) : encodeHalves(text);
  }

  private static boolean isWellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (Character.isSurrogate(unit)) {
        boolean pair = Character.isHighSurrogate(unit)
            && i + 1 < text.length()
            && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  /// Generalized UTF-8 (WTF-8): lone surrogates as three bytes.
  private static byte[] encodeHalves(String text) {
    byte[] bytes = new byte[Math.multiplyExact(text.length(), 3)];
    int size = 0;
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      if (point < 0x80) {
        bytes[size++] = (byte) point;
        continue;
      }
      int tail = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
      int lead = tail == 1 ? 0xc0 : tail == 2 ? 0xe0 : 0xf0;
      bytes[size++] = (byte) (lead | point >>> (6 * tail));
      for (int shift = 6 * (tail - 1); shift >= 0; shift -= 6) {
        bytes[size++] = (byte) (0x80 | (point >>> shift & 0x3f));
      }
    }
    return java.util.Arrays.copyOf(bytes, size);
  }

  /// The text of what [#encode] made. Bytes that it can't have made become U+FFFD.
  public static String decode(byte[] bytes, int from, int length) {
    String text = new String(bytes, from, length, StandardCharsets.UTF_8);
    return text.indexOf(REPLACEMENT) < 0 ? text : decodeHalves(bytes, from, length, text);
  }

  /// @param plain the text as plain UTF-8 has it
  private static String decodeHalves(byte[] bytes, int from, int length, String plain) {
    int end = from + length;
    boolean halves = false;
    StringBuilder text = new StringBuilder(length);
    int done = from;
    for (int i = from; i + 2 < end; i++) {
      if ((bytes[i] & 0xff) == 0xed
          && (bytes[i + 1] & 0xe0) == 0xa0
          && (bytes[i + 2] & 0xc0) == 0x80) {
        text.append(new String(bytes, done, i - done, StandardCharsets.UTF_8));
        text.append((char) (0xd000 | (bytes[i + 1] & 0x3f) << 6 | (bytes[i + 2] & 0x3f)));
        halves = true;
        i += 2;
        done = i + 1;
      }
    }
    return halves
        ? text.append(new String(bytes, done, end - done, StandardCharsets.UTF_8))
            .toString()
        : plain;
  }
}
