package valence.tools.transfer;

import java.io.Serial;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One JSON value (RFC 8259) as Java's: `Long` or `BigInteger`, `Double`, `String`, `Boolean`,
/// `List`, `Map`, null.
final class JsonText {
  private static final int DEPTH_MAX = 64;

  private final String text;
  private int at;

  /// What is wrong, and where.
  static final class Malformed extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    Malformed(String what) {
      super(what);
    }
  }

  JsonText(String text) {
    this.text = text;
  }

  @Nullable Object read() throws Malformed {
    Object value = value(0);
    space();
    if (at < text.length()) {
      throw wrong("the end");
    }
    return value;
  }

  private Malformed wrong(String expected) {
    String found = at < text.length() ? "'" + text.charAt(at) + "'" : "the end";
    return new Malformed("expected " + expected + " at column " + (at + 1) + ", found " + found);
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private boolean skip(char c) {
    space();
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private @Nullable Object value(int depth) throws Malformed {
    if (depth > DEPTH_MAX) {
      throw new Malformed("it is nested deeper than " + DEPTH_MAX + " levels");
    }
    space();
    char c = at < text.length() ? text.charAt(at) : 0;
    return switch (c) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private @Nullable Object word(String word, @Nullable Object value) throws Malformed {
    if (!text.startsWith(word, at)) {
      throw wrong("a value");
    }
    at += word.length();
    return value;
  }

  private Map<String, @Nullable Object> object(int depth) throws Malformed {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    at++;
    if (skip('}')) {
      return map;
    }
    do {
      space();
      if (at >= text.length() || text.charAt(at) != '"') {
        throw wrong("a name in quotes");
      }
      String name = string();
      if (!skip(':')) {
        throw wrong("':'");
      }
      map.put(name, value(depth + 1));
    } while (skip(','));
    if (!skip('}')) {
      throw wrong("',' or '}'");
    }
    return map;
  }

  private List<@Nullable Object> array(int depth) throws Malformed {
    List<@Nullable Object> list = new ArrayList<>();
    at++;
    if (skip(']')) {
      return list;
    }
    do {
      list.add(value(depth + 1));
    } while (skip(','));
    if (!skip(']')) {
      throw wrong("',' or ']'");
    }
    return list;
  }

  private String string() throws Malformed {
    StringBuilder out = new StringBuilder();
    at++;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        return out.toString();
      }
      if (c < ' ') {
        throw wrong("an escaped control character");
      }
      at++;
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escaped = at < text.length() ? text.charAt(at) : 0;
      at++;
      switch (escaped) {
        case '"', '\\', '/' -> out.append(escaped);
        case 'b' -> out.append('\b');
        case 'f' -> out.append('\f');
        case 'n' -> out.append('\n');
        case 'r' -> out.append('\r');
        case 't' -> out.append('\t');
        case 'u' -> {
          try {
            out.append((char) Integer.parseUnsignedInt(text, at, at + 4, 16));
          } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw wrong("four hexadecimal digits");
          }
          at += 4;
        }
        default -> {
          at--;
          throw wrong("an escape");
        }
      }
    }
    throw wrong("a closing quote");
  }

  private Object number() throws Malformed {
    int begin = at;
    boolean whole = true;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      whole &= ".eE".indexOf(text.charAt(at)) < 0;
      at++;
    }
    String digits = text.substring(begin, at);
    if (!digits.matches("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d{1,4})?")) {
      at = begin;
      throw wrong("a value");
    }
    if (!whole) {
      return new BigDecimal(digits).doubleValue();
    }
    BigInteger value = new BigInteger(digits);
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }
}
