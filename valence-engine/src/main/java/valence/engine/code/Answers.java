package valence.engine.code;

import clojure.lang.IPersistentCollection;
import clojure.lang.Keyword;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.Db;
import valence.api.spi.Naming;

/// From what a method answers to data.
///
/// A record becomes a map by the attributes of its components, without what is absent (and without
/// an id of 0, that of an entity that isn't stored yet); a constant of an enum its keyword; an
/// `Optional` what it holds, or null; a stream, an iterable that is no collection, and an array
/// other than `byte[]` become lists. Members of lists, sets and maps likewise. All else is data
/// already, and is handed on as it is.
final class Answers {
  /// How many members a stream may have: it might never end.
  static final int STREAM_MEMBERS_MAX = 1_000_000;

  private static final int DEPTH_MAX = 256;
  private static final Keyword ID = Keyword.intern("db", "id");

  private Answers() {}

  static @Nullable Object data(@Nullable Object answer) {
    return data(answer, 0);
  }

  private static @Nullable Object data(@Nullable Object answer, int depth) {
    if (depth > DEPTH_MAX) {
      throw Anomaly.incorrect(
              "db.error/too-deep",
              "A function answered data nested deeper than " + DEPTH_MAX + " levels.",
              "Make the data flatter.")
          .toException();
    }
    return switch (answer) {
      case null -> null;
      case String _ -> answer;
      case Number _ -> answer;
      case Keyword _ -> answer;
      case Boolean _ -> answer;
      case Db _ -> answer;
      case Enum<?> constant -> EnumNames.keyword(constant);
      case Optional<?> optional -> data(optional.orElse(null), depth + 1);
      case OptionalLong optional -> optional.isPresent() ? (Object) optional.getAsLong() : null;
      case OptionalInt optional ->
        optional.isPresent() ? (Object) (long) optional.getAsInt() : null;
      case OptionalDouble optional -> optional.isPresent() ? (Object) optional.getAsDouble() : null;
      case IPersistentCollection _ -> answer; // of Clojure, or the engine's own
      case Set<?> set -> members(set, depth, true);
      case Collection<?> collection -> members(collection, depth, false);
      case Map<?, ?> map -> map(map, depth);
      case Record record when isOfApplication(record) -> record(record, depth);
      case BaseStream<?, ?> stream -> drained(stream, depth);
      case byte[] _ -> answer;
      case Object[] array -> members(Arrays.asList(array), depth, false);
      case long[] array -> Arrays.stream(array).boxed().toList();
      case int[] array -> Arrays.stream(array).asLongStream().boxed().toList();
      case double[] array -> Arrays.stream(array).boxed().toList();
      case Iterable<?> iterable
      when isOfApplication(iterable) -> listed(iterable.iterator(), depth);
      default -> answer;
    };
  }

  private static boolean isOfApplication(Object value) {
    String name = value.getClass().getName();
    return !name.startsWith("valence.api.") && !name.startsWith("java.nio.file.");
  }

  private static Object members(Collection<?> given, int depth, boolean set) {
    List<@Nullable Object> made = new ArrayList<>(given.size());
    boolean same = true;
    for (Object each : given) {
      Object one = data(each, depth + 1);
      same &= one == each;
      made.add(one);
    }
    if (same && given instanceof List<?> || same && set) {
      return given;
    }
    return set
        ? Collections.unmodifiableSet(new LinkedHashSet<>(made))
        : Collections.unmodifiableList(made);
  }

  private static Object map(Map<?, ?> given, int depth) {
    Map<@Nullable Object, @Nullable Object> made = new LinkedHashMap<>();
    boolean same = true;
    for (Map.Entry<?, ?> entry : given.entrySet()) {
      Object key = data(entry.getKey(), depth + 1);
      Object value = data(entry.getValue(), depth + 1);
      same &= key == entry.getKey() && value == entry.getValue();
      made.put(key, value);
    }
    return same ? given : Collections.unmodifiableMap(made);
  }

  private static Object record(Record record, int depth) {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = data(held(record, component), depth + 1);
      Keyword key = Naming.attribute(component);
      if (value != null && !(key == ID && value.equals(0L))) {
        map.put(key, value);
      }
    }
    return map;
  }

  private static @Nullable Object held(Record record, RecordComponent component) {
    try {
      component.getAccessor().trySetAccessible();
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw Anomaly.incorrect(
              "db.error/wrong-answer",
              "Component " + component.getName() + " of record "
                  + record.getClass().getSimpleName() + " can't be read: " + e + ".",
              "Expected an accessor that answers.",
              "Mend the accessor.")
          .toException(e);
    }
  }

  private static Object drained(BaseStream<?, ?> stream, int depth) {
    try (stream) {
      return listed(stream.iterator(), depth);
    }
  }

  private static Object listed(Iterator<?> members, int depth) {
    List<@Nullable Object> made = new ArrayList<>();
    while (members.hasNext()) {
      if (made.size() == STREAM_MEMBERS_MAX) {
        throw Anomaly.incorrect(
                "db.error/wrong-answer",
                "A function answered more than " + STREAM_MEMBERS_MAX + " members one by one.",
                "Expected fewer, or a list.",
                "Limit the stream.")
            .toException();
      }
      made.add(data(members.next(), depth + 1));
    }
    return Collections.unmodifiableList(made);
  }
}
