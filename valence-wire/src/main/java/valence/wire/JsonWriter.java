package valence.wire;

import clojure.lang.BigInt;
import clojure.lang.IPersistentVector;
import clojure.lang.Keyword;
import clojure.lang.Seqable;
import clojure.lang.Sequential;
import clojure.lang.Symbol;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.Datom;
import valence.edn.Edn;
import valence.edn.Persistent;

/// Values as JSON text on one line; [JsonReader] reads it back to equal ones.
///
/// What JSON has itself is written as it is. A keyword is a string with its colon, `":a/b"`, and as
/// a key it goes without; a string that begins with `:` or `'`, and each string that is a key, has
/// a `'` put before it. All else is an object of one key with a `#`, as `{"#inst": "2026-…"}`.
final class JsonWriter {
  /// Beyond it many readers of JSON round whole numbers.
  static final long EXACT_MAX = (1L << 53) - 1;

  private final StringBuilder out = new StringBuilder();
  private final int charsMax;

  JsonWriter(int charsMax) {
    this.charsMax = charsMax;
  }

  byte[] toBytes() {
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// How long the text is, in chars.
  int length() {
    return out.length();
  }

  void raw(String text) {
    out.append(text);
  }

  void write(@Nullable Object value) {
    write(value, 0);
  }

  private void write(@Nullable Object value, int depth) {
    if (depth > Edn.DEPTH_MAX) {
      throw tooDeep();
    }
    if (out.length() > charsMax) {
      throw Format.tooLong(out.length());
    }
    switch (value) {
      case null -> out.append("null");
      case Boolean truth -> out.append(truth.booleanValue());
      case String text -> string(quoted(text));
      case Keyword keyword -> string(":" + Words.text(keyword));
      case Long number -> number(number);
      case Integer number -> number(number);
      case Short number -> number(number);
      case Byte number -> number(number);
      case Double number when Double.isFinite(number) -> out.append(number.doubleValue());
      case Double number -> tagged("double", String.valueOf(number.doubleValue()));
      case Float number -> tagged("float", number.toString());
      case BigInteger number -> tagged("bigint", number.toString());
      case BigInt number -> tagged("bigint", number.toBigInteger().toString());
      case BigDecimal number -> tagged("bigdec", number.toString());
      case Character character -> tagged("char", character.toString());
      case Date date -> tagged("inst", instant(date));
      case Instant instant -> tagged("inst", instant(Date.from(instant)));
      case UUID uuid -> tagged("uuid", uuid.toString());
      case URI uri -> tagged("uri", uri.toString());
      case byte[] bytes -> tagged("bytes", HexFormat.of().formatHex(bytes));
      case Symbol symbol when symbol.meta() == null -> tagged("symbol", Words.text(symbol));
      case Symbol symbol -> tagged("edn", Edn.print(symbol));
      case Pattern pattern -> tagged("edn", Edn.print(pattern));
      case DbValue db -> {
        out.append("{\"#").append(DbValue.TAG).append("\":");
        write(db.ednValue(), depth + 1);
        out.append('}');
      }
      case LogValue log -> tagged(LogValue.TAG, log.dbName());
      case Datom datom -> {
        out.append("{\"#datom\":[");
        for (int i = 0; i < datom.size(); i++) {
          out.append(i == 0 ? "" : ",");
          write(datom.get(i), depth + 1);
        }
        out.append("]}");
      }
      case Map<?, ?> map -> map(map, depth);
      case Set<?> set -> items("{\"#set\":[", set, "]}", depth);
      case Collection<?> list
      when isList(list) ->
        items("{\"#list\":[", java.util.Arrays.asList(Persistent.items(list)), "]}", depth);
      case Collection<?> list -> items("[", list, "]", depth);
      default -> {
        if (!value.getClass().isArray()) {
          throw Format.noForm(value);
        }
        out.append('[');
        for (int i = 0; i < Array.getLength(value); i++) {
          out.append(i == 0 ? "" : ",");
          write(Array.get(value, i), depth + 1);
        }
        out.append(']');
      }
    }
  }

  /// Whether the value is what Clojure shows in round brackets.
  static boolean isList(Object value) {
    return value instanceof Sequential
        && value instanceof Seqable
        && !(value instanceof IPersistentVector);
  }

  static String quoted(String text) {
    return !text.isEmpty() && (text.charAt(0) == ':' || text.charAt(0) == '\'') ? "'" + text : text;
  }

  private static String instant(Date date) {
    String text = Edn.print(date); // #inst "…"
    return text.substring(text.indexOf('"') + 1, text.length() - 1);
  }

  private void number(long number) {
    if (number > EXACT_MAX || number < -EXACT_MAX) {
      tagged("long", Long.toString(number));
    } else {
      out.append(number);
    }
  }

  private void tagged(String tag, String text) {
    out.append("{\"#").append(tag).append("\":");
    string(text);
    out.append('}');
  }

  private void items(String open, Iterable<?> items, String close, int depth) {
    out.append(open);
    String between = "";
    for (Object item : items) {
      out.append(between);
      between = ",";
      write(item, depth + 1);
    }
    out.append(close);
  }

  private void map(Map<?, ?> map, int depth) {
    boolean plain = true;
    for (Object key : map.keySet()) {
      plain &= key instanceof String || key instanceof Keyword keyword && isKey(keyword);
    }
    out.append(plain ? "{" : "{\"#map\":[");
    String between = "";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.append(between);
      between = ",";
      if (plain) {
        string(
            entry.getKey() instanceof Keyword keyword ? Words.text(keyword) : "'" + entry.getKey());
        out.append(':');
        write(entry.getValue(), depth + 1);
      } else {
        out.append('[');
        write(entry.getKey(), depth + 1);
        out.append(',');
        write(entry.getValue(), depth + 1);
        out.append(']');
      }
    }
    out.append(plain ? "}" : "]}");
  }

  private static boolean isKey(Keyword keyword) {
    String text = Words.text(keyword);
    return !text.isEmpty() && "#':".indexOf(text.charAt(0)) < 0;
  }

  private void string(String string) {
    out.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ' || Character.isSurrogate(c) && !isPaired(string, i)) {
            out.append("\\u").append(HexFormat.of().toHexDigits(c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  /// Half a pair can't be said in UTF-8.
  static boolean isPaired(String string, int index) {
    return Character.isHighSurrogate(string.charAt(index))
        ? index + 1 < string.length() && Character.isLowSurrogate(string.charAt(index + 1))
        : index > 0 && Character.isHighSurrogate(string.charAt(index - 1));
  }

  static RuntimeException tooDeep() {
    return Anomaly.incorrect(
            "db.error/too-deep",
            "The value is nested deeper than " + Edn.DEPTH_MAX + " levels, or holds itself.",
            "Make the data flatter.")
        .toException();
  }
}
