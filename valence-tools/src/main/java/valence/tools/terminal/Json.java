package valence.tools.terminal;

import clojure.lang.BigInt;
import clojure.lang.Keyword;
import java.time.format.DateTimeFormatter;
import java.util.Date;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.api.Datom;
import valence.wire.EdnBody;

/// EDN data as JSON text: keywords lose their colon, sets become arrays, what JSON doesn't know
/// becomes a string.
public final class Json {
  private Json() {}

  public static String print(@Nullable Object value) {
    StringBuilder out = new StringBuilder();
    print(value, out);
    return out.toString();
  }

  private static void print(@Nullable Object value, StringBuilder out) {
    switch (value) {
      case null -> out.append("null");
      case Boolean truth -> out.append(truth);
      case Double number
      when number.isNaN() || number.isInfinite() -> string(number.toString(), out);
      case Float number
      when number.isNaN() || number.isInfinite() -> string(number.toString(), out);
      case java.math.BigDecimal number -> out.append(number.toPlainString());
      case BigInt number -> out.append(number.toBigInteger());
      case Number number -> out.append(number);
      case String text -> string(text, out);
      case Keyword keyword -> string(name(keyword), out);
      case Date instant -> string(DateTimeFormatter.ISO_INSTANT.format(instant.toInstant()), out);
      case java.util.UUID uuid -> string(uuid.toString(), out);
      case Datom(long e, long a, Object v, long tx, boolean added) -> {
        out.append("{\"e\":").append(e).append(",\"a\":").append(a).append(",\"v\":");
        print(v, out);
        out.append(",\"tx\":").append(tx).append(",\"added\":").append(added).append('}');
      }
      case Map<?, ?> map -> map(map, out);
      case Iterable<?> items -> {
        out.append('[');
        String separator = "";
        for (Object item : items) {
          out.append(separator);
          print(item, out);
          separator = ",";
        }
        out.append(']');
      }
      default -> string(EdnBody.text(value), out);
    }
  }

  private static void map(Map<?, ?> map, StringBuilder out) {
    out.append('{');
    for (Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        entries.hasNext(); ) {
      Map.Entry<?, ?> entry = entries.next();
      String key = switch (entry.getKey()) {
        case Keyword keyword -> name(keyword);
        case String text -> text;
        case null -> "null";
        default -> EdnBody.text(entry.getKey());
      };
      string(key, out);
      out.append(':');
      print(entry.getValue(), out);
      if (entries.hasNext()) {
        out.append(',');
      }
    }
    out.append('}');
  }

  private static String name(Keyword keyword) {
    return keyword.getNamespace() == null
        ? keyword.getName()
        : keyword.getNamespace() + "/" + keyword.getName();
  }

  private static void string(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20 || c == 0x2028 || c == 0x2029) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
