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
import java.util.Arrays;
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
import valence.wire.json.JsonPrinter;

/// Values as JSON text on one line; [JsonReader] reads it back to equal ones.
///
/// What JSON has itself is written as it is. A keyword is a string with its colon, `":a/b"`, and as
/// a key it goes without; a string that begins with `:` or `'`, and each string that is a key, has
/// a `'` put before it. All else is an object of one key with a `#`, as `{"#inst": "2026-…"}`.
final class JsonWriter {
  /// Beyond it many readers of JSON round whole numbers.
  static final long EXACT_MAX = (1L << 53) - 1;

  private final JsonPrinter out = new JsonPrinter();
  private final int charsMax;

  /// Of the value in those that hold it; a tag is no level of its own.
  private int depth;

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
    out.raw(text);
  }

  void write(@Nullable Object value) {
    if (depth > Edn.DEPTH_MAX) {
      throw tooDeep();
    }
    if (out.length() > charsMax) {
      throw Format.tooLong(out.length());
    }
    depth++;
    switch (value) {
      case null -> out.word("null");
      case Boolean truth -> out.word(truth.toString());
      case String text -> out.string(quoted(text));
      case Keyword keyword -> out.string(":" + Words.text(keyword));
      case Long number -> number(number);
      case Integer number -> number(number);
      case Short number -> number(number);
      case Byte number -> number(number);
      case Double number when Double.isFinite(number) -> out.word(number.toString());
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
        tag(DbValue.TAG);
        write(db.ednValue());
        out.endObject();
      }
      case LogValue log -> tagged(LogValue.TAG, log.dbName());
      case Datom datom -> {
        tag("datom");
        items(datom);
        out.endObject();
      }
      case Map<?, ?> map -> map(map);
      case Set<?> set -> {
        tag("set");
        items(set);
        out.endObject();
      }
      case Collection<?> list
      when isList(list) -> {
        tag("list");
        items(Arrays.asList(Persistent.items(list)));
        out.endObject();
      }
      case Collection<?> list -> items(list);
      default -> {
        if (!value.getClass().isArray()) {
          throw Format.noForm(value);
        }
        out.beginArray();
        for (int i = 0; i < Array.getLength(value); i++) {
          write(Array.get(value, i));
        }
        out.endArray();
      }
    }
    depth--;
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
      out.number(number);
    }
  }

  private void tagged(String tag, String text) {
    tag(tag);
    out.string(text);
    out.endObject();
  }

  /// Begins the object of a tag.
  private void tag(String tag) {
    out.beginObject();
    out.name("#" + tag);
  }

  private void items(Iterable<?> items) {
    out.beginArray();
    for (Object item : items) {
      write(item);
    }
    out.endArray();
  }

  private void map(Map<?, ?> map) {
    boolean plain = true;
    for (Object key : map.keySet()) {
      plain &= key instanceof String || key instanceof Keyword keyword && isKey(keyword);
    }
    if (!plain) {
      tag("map");
      out.beginArray();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        items(Arrays.asList(entry.getKey(), entry.getValue()));
      }
      out.endArray();
      out.endObject();
      return;
    }
    out.beginObject();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.name(
          entry.getKey() instanceof Keyword keyword ? Words.text(keyword) : "'" + entry.getKey());
      write(entry.getValue());
    }
    out.endObject();
  }

  private static boolean isKey(Keyword keyword) {
    String text = Words.text(keyword);
    return !text.isEmpty() && "#':".indexOf(text.charAt(0)) < 0;
  }

  static RuntimeException tooDeep() {
    return Anomaly.incorrect(
            "db.error/too-deep",
            "The value is nested deeper than " + Edn.DEPTH_MAX + " levels, or holds itself.",
            "Make the data flatter.")
        .toException();
  }
}
