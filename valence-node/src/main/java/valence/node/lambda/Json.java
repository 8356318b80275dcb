package valence.node.lambda;

import clojure.lang.BigInt;
import clojure.lang.Keyword;
import clojure.lang.Ratio;
import clojure.lang.Symbol;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// JSON text (RFC 8259) of data.
///
/// Keywords and symbols lose their colon and keep their namespace, instants are ISO 8601 text,
/// other things that JSON has no form for are refused.
public final class Json {
  private static final int DEPTH_MAX = 256;

  private Json() {}

  public static String print(@Nullable Object value) {
    StringBuilder text = new StringBuilder();
    print(value, text, 0);
    return text.toString();
  }

  private static void print(@Nullable Object value, StringBuilder text, int depth) {
    if (depth > DEPTH_MAX) {
      throw refused("data nested deeper than " + DEPTH_MAX + " levels");
    }
    switch (value) {
      case null -> text.append("null");
      case Boolean flag -> text.append(flag.booleanValue());
      case Double number -> number(number, text);
      case Float number -> number(number, text);
      case BigDecimal number -> text.append(number);
      case BigInt number -> text.append(number.toBigInteger());
      case BigInteger number -> text.append(number);
      case Ratio ratio -> number(ratio.doubleValue(), text);
      case Number number -> text.append(number.longValue());
      case Date date -> string(date.toInstant().toString(), text);
      case Instant instant -> string(instant.toString(), text);
      case Map<?, ?> map -> map(map, text, depth);
      case Collection<?> list -> list(list, text, depth);
      case Object[] array -> list(Arrays.asList(array), text, depth);
      case long[] array -> list(Arrays.stream(array).boxed().toList(), text, depth);
      case int[] array -> list(Arrays.stream(array).boxed().toList(), text, depth);
      case double[] array -> list(Arrays.stream(array).boxed().toList(), text, depth);
      case Optional<?> optional -> print(optional.orElse(null), text, depth);
      case Record record -> map(components(record), text, depth);
      case BaseStream<?, ?> stream -> {
        List<@Nullable Object> members = new ArrayList<>();
        stream.iterator().forEachRemaining(members::add);
        list(members, text, depth);
      }
      case Object scalar -> string(name(scalar), text);
    }
  }

  /// A record by the names of its components.
  private static Map<String, @Nullable Object> components(Record record) {
    Map<String, @Nullable Object> components = new LinkedHashMap<>();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      try {
        component.getAccessor().trySetAccessible();
        components.put(component.getName(), component.getAccessor().invoke(record));
      } catch (ReflectiveOperationException e) {
        throw refused("record " + record.getClass().getName() + ", which can't be read");
      }
    }
    return components;
  }

  private static String name(@Nullable Object scalar) {
    return switch (scalar) {
      case Keyword keyword -> qualified(keyword.getNamespace(), keyword.getName());
      case Symbol symbol -> qualified(symbol.getNamespace(), symbol.getName());
      case CharSequence string -> string.toString();
      case Character character -> character.toString();
      case java.util.UUID uuid -> uuid.toString();
      case java.net.URI uri -> uri.toString();
      case Enum<?> constant -> constant.name();
      case Number number -> number.toString();
      case Boolean flag -> flag.toString();
      case null -> "null";
      default -> throw refused("a " + scalar.getClass().getName());
    };
  }

  private static String qualified(@Nullable String namespace, String name) {
    return namespace == null ? name : namespace + "/" + name;
  }

  private static void number(double number, StringBuilder text) {
    if (!Double.isFinite(number)) {
      throw refused("the number " + number);
    }
    text.append(number);
  }

  private static void map(Map<?, ?> map, StringBuilder text, int depth) {
    text.append('{');
    String separator = "";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      text.append(separator);
      string(name(entry.getKey()), text);
      text.append(':');
      print(entry.getValue(), text, depth + 1);
      separator = ",";
    }
    text.append('}');
  }

  private static void list(Collection<?> list, StringBuilder text, int depth) {
    text.append('[');
    String separator = "";
    for (Object member : list) {
      text.append(separator);
      print(member, text, depth + 1);
      separator = ",";
    }
    text.append(']');
  }

  private static void string(String string, StringBuilder text) {
    text.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          if (c < ' ' || Character.isSurrogate(c) && !paired(string, i)) {
            text.append(String.format("\\u%04x", (int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }

  private static boolean paired(String string, int index) {
    return Character.isHighSurrogate(string.charAt(index))
        ? index + 1 < string.length() && Character.isLowSurrogate(string.charAt(index + 1))
        : index > 0 && Character.isHighSurrogate(string.charAt(index - 1));
  }

  private static AnomalyException refused(String what) {
    return Anomaly.incorrect(
            "ion.error/no-json",
            "The function's result holds " + what + ", which JSON has no form for.",
            "Expected maps, lists, strings, numbers, booleans, keywords and instants.",
            "Return such data, or a String that is JSON text already.")
        .toException();
  }
}
