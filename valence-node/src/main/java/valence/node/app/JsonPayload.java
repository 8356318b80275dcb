package valence.node.app;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// The data of a JSON text (RFC 8259): maps with texts as keys, lists, strings, booleans, null;
/// whole numbers as long, or `BigInteger` beyond; others as the double that prints like them, or as
/// `BigDecimal` when none does.
public final class JsonPayload {
  private static final int DEPTH_MAX = 1_000;
  private static final int NUMBER_CHARS_MAX = 1_024;

  private final String text;
  private int position;

  private JsonPayload(String text) {
    this.text = text;
  }

  /// The one value of a text; `incorrect` when it has none or more.
  public static @Nullable Object read(String text) {
    var json = new JsonPayload(text);
    Object value = json.value(0);
    if (json.position < text.length()) {
      throw json.wrong();
    }
    return value;
  }

  private @Nullable Object value(int depth) {
    if (depth > DEPTH_MAX) {
      throw wrong();
    }
    space();
    Object value = switch (peek()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
    space();
    return value;
  }

  private Map<String, @Nullable Object> object(int depth) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    position++;
    space();
    if (peek() == '}') {
      position++;
      return object;
    }
    while (true) {
      space();
      String name = string();
      space();
      expect(':');
      object.put(name, value(depth + 1));
      if (peek() == '}') {
        position++;
        return object;
      }
      expect(',');
    }
  }

  private List<@Nullable Object> array(int depth) {
    List<@Nullable Object> array = new ArrayList<>();
    position++;
    space();
    if (peek() == ']') {
      position++;
      return array;
    }
    while (true) {
      array.add(value(depth + 1));
      if (peek() == ']') {
        position++;
        return array;
      }
      expect(',');
    }
  }

  private String string() {
    expect('"');
    StringBuilder string = new StringBuilder();
    while (true) {
      char c = peek();
      position++;
      switch (c) {
        case '"' -> {
          return string.toString();
        }
        case '\\' -> string.append(escaped());
        default -> {
          if (c < ' ') {
            throw wrong();
          }
          string.append(c);
        }
      }
    }
  }

  private char escaped() {
    char c = peek();
    position++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        int code = 0;
        for (int i = 0; i < 4; i++) {
          int digit = Character.digit(peek(), 16);
          if (digit < 0) {
            throw wrong();
          }
          code = code * 16 + digit;
          position++;
        }
        yield (char) code;
      }
      default -> throw wrong();
    };
  }

  private Number number() {
    int start = position;
    while ("+-0123456789.eE".indexOf(peek()) >= 0 && peek() != 0) {
      position++;
    }
    String number = text.substring(start, position);
    if (number.length() > NUMBER_CHARS_MAX
        || !number.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]{1,9})?")) {
      throw wrong();
    }
    if (number.chars().allMatch(c -> c == '-' || c >= '0' && c <= '9')) {
      BigInteger whole = new BigInteger(number);
      return whole.bitLength() < Long.SIZE ? (Number) whole.longValue() : whole;
    }
    BigDecimal exact = new BigDecimal(number);
    double real = exact.doubleValue();
    return Double.isFinite(real) && BigDecimal.valueOf(real).compareTo(exact) == 0
        ? (Number) real
        : exact;
  }

  private @Nullable Object word(String word, @Nullable Object value) {
    if (!text.startsWith(word, position)) {
      throw wrong();
    }
    position += word.length();
    return value;
  }

  private void expect(char c) {
    if (peek() != c) {
      throw wrong();
    }
    position++;
  }

  private void space() {
    while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') {
      position++;
    }
  }

  private char peek() {
    return position < text.length() ? text.charAt(position) : 0;
  }

  private AnomalyException wrong() {
    return Anomaly.incorrect(
            "ion.error/no-json",
            "The text isn't JSON at character " + position + ".",
            "Expected one value as RFC 8259 has it.")
        .toException();
  }
}
