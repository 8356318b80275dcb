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
import valence.wire.json.JsonPrinter;

/// JSON text (RFC 8259) of data.
///
/// Keywords and symbols lose their colon and keep their namespace, instants are ISO 8601 text,
/// other things that JSON has no form for are refused.
public final class Json {
  private static final int DEPTH_MAX = 256;

  private final JsonPrinter out = new JsonPrinter();

  private Json() {}

  public static String print(@Nullable Object value) {
    Json json = new Json();
    json.write(value);
    return json.out.toString();
  }

  private void write(@Nullable Object value) {
    if (out.levels() > DEPTH_MAX) {
      throw refused("data nested deeper than " + DEPTH_MAX + " levels");
    }
    switch (value) {
      case null -> out.word("null");
      case Boolean flag -> out.word(flag.toString());
      case Double number -> number(number);
      case Float number -> number(number);
      case BigDecimal number -> out.word(number.toString());
      case BigInt number -> out.word(number.toBigInteger().toString());
      case BigInteger number -> out.word(number.toString());
      case Ratio ratio -> number(ratio.doubleValue());
      case Number number -> out.number(number.longValue());
      case Date date -> out.string(date.toInstant().toString());
      case Instant instant -> out.string(instant.toString());
      case Map<?, ?> map -> map(map);
      case Collection<?> list -> list(list);
      case Object[] array -> list(Arrays.asList(array));
      case long[] array -> list(Arrays.stream(array).boxed().toList());
      case int[] array -> list(Arrays.stream(array).boxed().toList());
      case double[] array -> list(Arrays.stream(array).boxed().toList());
      case Optional<?> optional -> write(optional.orElse(null));
      case Record record -> map(components(record));
      case BaseStream<?, ?> stream -> {
        List<@Nullable Object> members = new ArrayList<>();
        stream.iterator().forEachRemaining(members::add);
        list(members);
      }
      case Object scalar -> out.string(name(scalar));
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

  private void number(double number) {
    if (!Double.isFinite(number)) {
      throw refused("the number " + number);
    }
    out.word(Double.toString(number));
  }

  private void map(Map<?, ?> map) {
    out.beginObject();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.name(name(entry.getKey()));
      write(entry.getValue());
    }
    out.endObject();
  }

  private void list(Collection<?> list) {
    out.beginArray();
    for (Object member : list) {
      write(member);
    }
    out.endArray();
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
