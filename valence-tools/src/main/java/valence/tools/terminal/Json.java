package valence.tools.terminal;

import clojure.lang.BigInt;
import clojure.lang.Keyword;
import java.math.BigDecimal;
import java.time.format.DateTimeFormatter;
import java.util.Date;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.api.Datom;
import valence.wire.EdnBody;
import valence.wire.json.JsonPrinter;

/// EDN data as JSON text: keywords lose their colon, sets become arrays, what JSON doesn't know
/// becomes a string.
public final class Json {
  /// Of zeros that a decimal number is written with; one with more has an exponent.
  private static final int ZEROS_MAX = 100;

  private final JsonPrinter out = new JsonPrinter();

  private Json() {}

  public static String print(@Nullable Object value) {
    Json json = new Json();
    json.write(value);
    return json.out.toString();
  }

  private void write(@Nullable Object value) {
    switch (value) {
      case null -> out.word("null");
      case Boolean truth -> out.word(truth.toString());
      case Double number
      when number.isNaN() || number.isInfinite() -> out.string(number.toString());
      case Float number when number.isNaN() || number.isInfinite() -> out.string(number.toString());
      case BigDecimal number -> out.word(text(number));
      case BigInt number -> out.word(number.toBigInteger().toString());
      case Number number -> out.word(number.toString());
      case String text -> out.string(text);
      case Keyword keyword -> out.string(name(keyword));
      case Date instant -> out.string(DateTimeFormatter.ISO_INSTANT.format(instant.toInstant()));
      case java.util.UUID uuid -> out.string(uuid.toString());
      case Datom(long e, long a, Object v, long tx, boolean added) -> {
        out.beginObject();
        out.name("e");
        out.number(e);
        out.name("a");
        out.number(a);
        out.name("v");
        write(v);
        out.name("tx");
        out.number(tx);
        out.name("added");
        out.word(Boolean.toString(added));
        out.endObject();
      }
      case Map<?, ?> map -> map(map);
      case Iterable<?> items -> {
        out.beginArray();
        for (Object item : items) {
          write(item);
        }
        out.endArray();
      }
      default -> out.string(EdnBody.text(value));
    }
  }

  private void map(Map<?, ?> map) {
    out.beginObject();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.name(
          switch (entry.getKey()) {
            case Keyword keyword -> name(keyword);
            case String text -> text;
            case null -> "null";
            default -> EdnBody.text(entry.getKey());
          });
      write(entry.getValue());
    }
    out.endObject();
  }

  /// Without an exponent, unless its digits would be outnumbered by zeros.
  private static String text(BigDecimal number) {
    return Math.abs((long) number.scale()) > ZEROS_MAX + (long) number.precision()
        ? number.toString()
        : number.toPlainString();
  }

  private static String name(Keyword keyword) {
    return keyword.getNamespace() == null
        ? keyword.getName()
        : keyword.getNamespace() + "/" + keyword.getName();
  }
}
