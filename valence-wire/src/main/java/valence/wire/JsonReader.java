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
import valence.wire.json.JsonScanner;

/// The values of a JSON text that [JsonWriter] would write so.
///
/// Bounded in depth like EDN; each level of arrays and objects counts. Whole numbers are longs, or
/// big integers beyond them; numbers with a point or an exponent are doubles.
final class JsonReader {
  private final JsonScanner scanner;
  private final int depthMax;

  private JsonReader(String text, int depthMax) {
    this.depthMax = Math.min(depthMax, Edn.DEPTH_MAX);
    this.scanner = new JsonScanner(text, this.depthMax, JsonReader::wrong);
  }

  /// The one value of a text; `incorrect` when it holds none or more.
  static @Nullable Object read(String text, int depthMax) {
    JsonReader reader = new JsonReader(text, depthMax);
    Object value = reader.value();
    reader.scanner.end();
    return value;
  }

  private @Nullable Object value() {
    JsonScanner.Kind kind = scanner.next();
    return switch (kind) {
      case OBJECT -> object();
      case ARRAY -> {
        List<@Nullable Object> items = new ArrayList<>();
        scanner.open();
        while (scanner.more()) {
          items.add(value());
        }
        yield Persistent.vector(items);
      }
      case STRING -> {
        int start = scanner.position();
        yield scalar(start, scanner.string());
      }
      case NUMBER -> scanner.number(JsonScanner.Fractions.NEAREST);
      case TRUE, FALSE, NULL -> {
        scanner.word(kind);
        yield kind == JsonScanner.Kind.NULL ? null : (Object) (kind == JsonScanner.Kind.TRUE);
      }
    };
  }

  private @Nullable Object object() {
    Map<Object, @Nullable Object> entries = new LinkedHashMap<>();
    scanner.open();
    while (scanner.more()) {
      int start = scanner.position();
      String key = scanner.name();
      if (key.startsWith("#")) {
        Object value = entries.isEmpty() ? tagged(key) : null;
        if (!entries.isEmpty() || scanner.more()) {
          throw scanner.wrong(start, "a key with # stands alone in its object");
        }
        return value;
      }
      Object name = key(start, key);
      if (entries.containsKey(name)) {
        throw scanner.wrong(start, "the key " + Edn.printShort(key) + " is there twice");
      }
      entries.put(name, value());
    }
    return Persistent.map(entries);
  }

  private Object key(int start, String key) {
    if (key.startsWith("'")) {
      return key.substring(1);
    }
    try {
      return Words.keyword(key.startsWith(":") ? key.substring(1) : key);
    } catch (IllegalArgumentException e) {
      throw scanner.wrong(
          start,
          "the key " + Edn.printShort(key) + " is the name of no keyword (" + e.getMessage()
              + "); a key that is a string has a ' before it");
    }
  }

  private Object scalar(int start, String string) {
    if (string.startsWith("'")) {
      return string.substring(1);
    }
    if (!string.startsWith(":")) {
      return string;
    }
    try {
      return Words.keyword(string.substring(1));
    } catch (IllegalArgumentException e) {
      throw scanner.wrong(
          start,
          Edn.printShort(string) + " is no keyword (" + e.getMessage()
              + "); a string that begins with a colon has a ' before it");
    }
  }

  private @Nullable Object tagged(String key) {
    int start = scanner.position();
    int levelsLeft = depthMax - scanner.levels() + 1;
    Object value = value();
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
        case "edn" -> EdnBody.parse(text(value), levelsLeft);
        case "inst", "uuid", "uri", "bytes", "float", "datom", DbValue.TAG, LogValue.TAG ->
          EdnBody.tagged(tag, value);
        default -> throw scanner.wrong(start, key + " is no tag that is known");
      };
    } catch (IllegalArgumentException | ClassCastException | ArithmeticException e) {
      throw scanner.wrong(start, "after " + key + " stands what it can't be: " + e.getMessage());
    }
  }

  private static String number(String text) {
    if (text.length() > JsonScanner.NUMBER_CHARS_MAX) {
      throw new IllegalArgumentException(
          "a number has at most " + JsonScanner.NUMBER_CHARS_MAX + " digits");
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

  private static AnomalyException wrong(long line, long column, String what) {
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
