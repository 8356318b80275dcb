package valence.edn;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The forms of numbers, which are those of Clojure without ratios.
final class EdnNumber {
  /// The longest number, in chars: the time to read one grows faster than its length.
  static final int NUMBER_CHARS_MAX = 4_096;

  /// The largest exponent of a `…M`, either way: arithmetic writes out what an exponent stands for.
  static final int DECIMAL_EXPONENT_MAX = 4_096;

  // A long in decimal of at most this many chars can't overflow.
  private static final int PLAIN_CHARS_MAX = 18;

  private static final Pattern WHOLE =
      Pattern.compile("([-+]?)(?:(0|[1-9][0-9]*)|0[xX]([0-9A-Fa-f]+)|0([0-7]+)"
          + "|([1-9][0-9]?)[rR]([0-9A-Za-z]+))(N)?");
  private static final Pattern FRACTION =
      Pattern.compile("([-+]?[0-9]+(\\.[0-9]*)?([eE][-+]?[0-9]+)?)(M)?");

  private EdnNumber() {}

  static Number of(EdnReader reader, int start, String token) {
    if (token.length() > NUMBER_CHARS_MAX) {
      throw reader.error(
          start,
          "The number at " + reader.place(start) + " has " + token.length() + " chars.",
          "At most " + NUMBER_CHARS_MAX + " are read.");
    }
    try {
      if (token.length() <= PLAIN_CHARS_MAX && isPlain(token)) {
        return Long.parseLong(token);
      }
      Matcher whole = WHOLE.matcher(token);
      if (whole.matches()) {
        return whole(whole);
      }
      Matcher fraction = FRACTION.matcher(token);
      if (fraction.matches()) {
        if (fraction.group(4) != null) {
          return decimal(fraction.group(1));
        }
        if (fraction.group(2) != null || fraction.group(3) != null) {
          return finite(Double.parseDouble(fraction.group(1)));
        }
      }
    } catch (ArithmeticException | NumberFormatException outOfRange) {
      throw reader.error(
          start,
          outOfRange,
          "The number " + EdnPrinter.shorten(token) + " at " + reader.place(start)
              + " is out of range.",
          "A double goes to 1.8e308, an M number to exponents of " + DECIMAL_EXPONENT_MAX
              + ", a radix to 36.");
    }
    throw reader.error(
        start,
        EdnPrinter.shorten(token) + " at " + reader.place(start) + " isn't a number.",
        token.indexOf('/') > 0
            ? "EDN has no ratios. Write a decimal, such as 0.5."
            : "A word that starts with a digit must be one, such as 42, 42N, 4.2, 4.2M or 0x2A.");
  }

  /// Whether the token is all decimal digits, without a leading zero that would mean octal.
  private static boolean isPlain(String token) {
    if (token.charAt(0) == '0' && token.length() > 1) {
      return false;
    }
    for (int i = 0; i < token.length(); i++) {
      if (token.charAt(i) < '0' || token.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private static Number whole(Matcher whole) {
    String digits;
    int radix;
    if (whole.group(2) != null) {
      digits = whole.group(2);
      radix = 10;
    } else if (whole.group(3) != null) {
      digits = whole.group(3);
      radix = 16;
    } else if (whole.group(4) != null) {
      digits = whole.group(4);
      radix = 8;
    } else {
      digits = whole.group(6);
      radix = Integer.parseInt(whole.group(5));
    }
    BigInteger magnitude = new BigInteger(digits, radix);
    BigInteger number = whole.group(1).equals("-") ? magnitude.negate() : magnitude;
    if (whole.group(7) != null || number.bitLength() >= Long.SIZE) {
      return number;
    }
    return number.longValue();
  }

  private static Double finite(double number) {
    if (Double.isInfinite(number)) {
      throw new ArithmeticException();
    }
    return number;
  }

  private static BigDecimal decimal(String digits) {
    // "1.M" is a number to Clojure, and so is "1."; BigDecimal reads both.
    BigDecimal number = new BigDecimal(digits);
    if (Math.abs((long) number.scale()) > DECIMAL_EXPONENT_MAX) {
      throw new ArithmeticException();
    }
    return number;
  }
}
