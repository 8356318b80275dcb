package valence.wire;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;
import valence.edn.Persistent;

/// One pass over a JSON text, which gives the values that [JsonWriter] would write so.
///
/// Bounded in depth like EDN; each level of arrays and objects counts. Whole numbers are longs, or
/// big integers beyond them; numbers with a point or an exponent are doubles.
final class JsonReader {
  /// Of a number, in chars: to read a longer one takes too long.
  private static final int NUMBER_CHARS_MAX = 16_384;

  private final String text;
  private final int depthMax;
  private int position;

  private JsonReader(String text, int depthMax) {
    this.text = text;
    this.depthMax = Math.min(depthMax, Edn.DEPTH_MAX);
  }

  /// The one value of a text; `incorrect` when it holds none or more.
  static @Nullable Object read(String text, int depthMax) {
    JsonReader reader = new JsonReader(text, depthMax);
    Object value = reader.value(0);
    if (reader.position < text.length()) {
      throw reader.wrong("there is more after the value");
    }
    return value;
  }

  private @Nullable Object value(int depth) {
    space();
    if (depth > depthMax) {
      throw Anomaly.incorrect(
              "db.error/too-deep",
              "The body is nested deeper than " + depthMax + " levels.",
              "Make the data flatter.")
          .toException();
    }
    Object found = switch (peek()) {
      case '{' -> object(depth);
      case '[' -> Persistent.vector(array(depth));
      case '"' -> scalar(string());
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
    space();
    return found;
  }

  private List<@Nullable Object> array(int depth) {
    List<@Nullable Object> items = new ArrayList<>();
    position++;
    space();
    if (peek() == ']') {
      position++;
      return items;
    }
    while (true) {
      items.add(value(depth + 1));
      if (peek() == ']') {
        position++;
        return items;
      }
      expect(',');
    }
  }

  private @Nullable Object object(int depth) {
    Map<Object, @Nullable Object> entries = new LinkedHashMap<>();
    position++;
    space();
    if (peek() == '}') {
      position++;
      return Persistent.map(entries);
    }
    while (true) {
      space();
      if (peek() != '"') {
        throw wrong("a key was expected, in double quotes");
      }
      int start = position;
      String key = string();
      space();
      expect(':');
      if (key.startsWith("#")) {
        Object value = entries.isEmpty() ? tagged(key, depth) : null;
        if (!entries.isEmpty() || peek() != '}') {
          throw wrong(start, "a key with # stands alone in its object");
        }
        position++;
        return value;
      }
      Object name = key(start, key);
      if (entries.containsKey(name)) {
        throw wrong(start, "the key " + Edn.printShort(key) + " is there twice");
      }
      entries.put(name, value(depth + 1));
      if (peek() == '}') {
        position++;
        return Persistent.map(entries);
      }
      expect(',');
    }
  }

  private Object key(int start, String key) {
    if (key.startsWith("'")) {
      return key.substring(1);
    }
    try {
      return Words.keyword(key.startsWith(":") ? key.substring(1) : key);
    } catch (IllegalArgumentException e) {
      throw wrong(
          start,
          "the key " + Edn.printShort(key) + " is the name of no keyword (" + e.getMessage()
              + "); a key that is a string has a ' before it");
    }
  }

  private Object scalar(String string) {
    if (string.startsWith("'")) {
      return string.substring(1);
    }
    if (!string.startsWith(":")) {
      return string;
    }
    try {
      return Words.keyword(string.substring(1));
    } catch (IllegalArgumentException e) {
      throw wrong(Edn.printShort(string) + " is no keyword (" + e.getMessage()
          + "); a string that begins with a colon has a ' before it");
    }
  }

  private @Nullable Object tagged(String key, int depth) {
    int start = position;
    Object value = value(depth + 1);
    String tag = key.substring(1);
    try {
      return switch (tag) {
        case "symbol" -> Words.symbol(text(value));
        case "long" -> value instanceof Long ? value : (Object) Long.parseLong(text(value));
        case "double" ->
          value instanceof Number number
              ? (Object) number.doubleValue()
              : (Object) Double.parseDouble(text(value));
        case "bigint" ->
          value instanceof Long number
              ? BigInteger.valueOf(number)
              : new BigInteger(number(text(value)));
        case "bigdec" -> new BigDecimal(number(text(value)));
        case "char" -> character(text(value));
        case "list" -> Persistent.list(items(value));
        case "set" -> set(items(value));
        case "map" -> map(items(value));
        case "edn" -> EdnBody.parse(text(value), depthMax - depth);
        case "inst", "uuid", "uri", "bytes", "float", "datom", DbValue.TAG, LogValue.TAG ->
          EdnBody.tagged(tag, value);
        default -> throw wrong(start, key + " is no tag that is known");
      };
    } catch (IllegalArgumentException | ClassCastException | ArithmeticException e) {
      throw wrong(start, "after " + key + " stands what it can't be: " + e.getMessage());
    }
  }

  private static String number(String text) {
    if (text.length() > NUMBER_CHARS_MAX) {
      throw new IllegalArgumentException("a number has at most " + NUMBER_CHARS_MAX + " digits");
    }
    return text;
  }

  private static Character character(String text) {
    if (text.length() != 1) {
      throw new IllegalArgumentException("one character was expected");
    }
    return text.charAt(0);
  }

  private static String text(@Nullable Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("a string was expected");
  }

  private static List<?> items(@Nullable Object value) {
    if (value instanceof List<?> items) {
      return items;
    }
    throw new IllegalArgumentException("an array was expected");
  }

  private static Object set(List<?> items) {
    Set<@Nullable Object> set = new LinkedHashSet<>(items);
    if (set.size() < items.size()) {
      throw new IllegalArgumentException("an item is there twice");
    }
    return Persistent.set(items);
  }

  private static Object map(List<?> pairs) {
    Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
    for (Object each : pairs) {
      if (!(each instanceof List<?> pair) || pair.size() != 2) {
        throw new IllegalArgumentException("arrays of a key and a value were expected");
      }
      map.put(pair.get(0), pair.get(1));
    }
    if (map.size() < pairs.size()) {
      throw new IllegalArgumentException("a key is there twice");
    }
    return Persistent.map(map);
  }

  private String string() {
    position++;
    int start = position;
    while (position < text.length()) {
      char c = text.charAt(position);
      if (c == '"') {
        return text.substring(start, position++);
      }
      if (c == '\\') {
        return escaped(start);
      }
      if (c < ' ') {
        throw wrong("a string can't hold a line break or another control character as it is");
      }
      position++;
    }
    throw wrong("a string has no end");
  }

  private String escaped(int start) {
    StringBuilder string = new StringBuilder(text.substring(start, position));
    while (position < text.length()) {
      char c = text.charAt(position++);
      if (c == '"') {
        return string.toString();
      }
      if (c < ' ') {
        throw wrong("a string can't hold a line break or another control character as it is");
      }
      string.append(c == '\\' ? escape() : c);
    }
    throw wrong("a string has no end");
  }

  private char escape() {
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
          char digit = peek();
          int value = digit < 128 ? Character.digit(digit, 16) : -1;
          if (value < 0) {
            throw wrong("after \\u four hexadecimal digits were expected");
          }
          code = code << 4 | value;
          position++;
        }
        yield (char) code;
      }
      default -> throw wrong("a backslash stands before what needs none");
    };
  }

  private Object number() {
    int start = position;
    if (peek() == '-') {
      position++;
    }
    if (peek() == '0') {
      position++;
    } else {
      digits();
    }
    boolean whole = true;
    if (peek() == '.') {
      whole = false;
      position++;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      whole = false;
      position++;
      if (peek() == '+' || peek() == '-') {
        position++;
      }
      digits();
    }
    String digits = text.substring(start, position);
    if (digits.length() > NUMBER_CHARS_MAX) {
      throw wrong(start, "a number has at most " + NUMBER_CHARS_MAX + " digits");
    }
    if (!whole) {
      return Double.valueOf(digits);
    }
    try {
      return Long.valueOf(digits);
    } catch (NumberFormatException beyond) {
      return new BigInteger(digits);
    }
  }

  private void digits() {
    int start = position;
    while (peek() >= '0' && peek() <= '9') {
      position++;
    }
    if (position == start) {
      throw wrong("a value was expected");
    }
  }

  private @Nullable Object word(String word, @Nullable Object value) {
    if (!text.startsWith(word, position)) {
      throw wrong("a value was expected");
    }
    position += word.length();
    return value;
  }

  private void expect(char c) {
    space();
    if (peek() != c) {
      throw wrong("'" + c + "' was expected");
    }
    position++;
  }

  private void space() {
    while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') {
      position++;
    }
  }

  /// The next character, or 0 at the end.
  private char peek() {
    return position < text.length() ? text.charAt(position) : 0;
  }

  private AnomalyException wrong(String what) {
    return wrong(position, what);
  }

  private AnomalyException wrong(int where, String what) {
    long line = 1
        + text.substring(0, Math.min(where, text.length()))
            .chars()
            .filter(c -> c == '\n')
            .count();
    long column = where - text.lastIndexOf('\n', Math.min(where, text.length()) - 1);
    return Anomaly.incorrect(
            "db.error/invalid-json",
            "The body isn't JSON as the protocol writes it: in line " + line + ", column " + column
                + ", " + what + ".",
            "docs/protocol.md says how values are written.")
        .with("line", line)
        .with("column", column)
        .toException();
  }
}
