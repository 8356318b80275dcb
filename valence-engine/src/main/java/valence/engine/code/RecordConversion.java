package valence.engine.code;

import clojure.lang.Keyword;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.spi.Naming;

/// From a map to a record.
///
/// Component `firstName` of record `Person` is what the map has under `:person/first-name` (or the
/// attribute that it declares), `:first-name`, `:firstName`, or the text of either, which may begin
/// with a capital. What the map lacks is an empty `Optional`, or null where the type has one;
/// further keys are left alone. The record's own constructor may refuse; what it throws is the
/// function's answer.
final class RecordConversion implements Conversion {
  /// @param keys     that it may have, the surest first
  /// @param content  read when first used, since records may hold records of their type
  private record Part(RecordComponent component, List<Object> keys) {}

  private final Class<?> type;
  private final List<Part> parts;
  private volatile Conversion @Nullable [] contents;

  private RecordConversion(Class<?> type) {
    this.type = type;
    this.parts =
        Stream.of(type.getRecordComponents()).map(RecordConversion::part).toList();
  }

  static Conversion of(Class<?> type) {
    return new RecordConversion(type);
  }

  private static Part part(RecordComponent component) {
    Keyword attribute = Naming.attribute(component);
    String name = component.getName();
    String kebab = Naming.kebab(name);
    return new Part(
        component,
        Stream.<Object>of(
                attribute,
                Keyword.intern(null, kebab),
                Keyword.intern(null, name),
                name,
                Character.toUpperCase(name.charAt(0)) + name.substring(1),
                kebab,
                kebab.replace('-', '_'),
                attribute.getNamespace() + "/" + attribute.getName())
            .distinct()
            .toList());
  }

  @Override
  public @Nullable Object of(@Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      return UNFIT;
    }
    @Nullable Object[] made = new @Nullable Object[parts.size()];
    Conversion[] each = contents();
    for (int i = 0; i < made.length; i++) {
      Part part = parts.get(i);
      Object found = found(map, part);
      made[i] = found == null ? absent(part.component().getType()) : each[i].of(found);
      if (made[i] == UNFIT) {
        return UNFIT;
      }
    }
    return make(made);
  }

  /// Where a map doesn't fit: the way to the part, and what is wrong there; empty when it fits.
  Optional<String> mismatch(Map<?, ?> map) {
    Conversion[] each = contents();
    for (int i = 0; i < each.length; i++) {
      Part part = parts.get(i);
      Object found = found(map, part);
      Object made = found == null ? absent(part.component().getType()) : each[i].of(found);
      if (made == UNFIT) {
        String place = part.component().getName();
        String expected = part.component().getGenericType().getTypeName();
        return Optional.of(
            found == null
                ? "it has no " + place + ", which is a " + expected
                : "its " + place + " is " + Found.text(found) + ", not a " + expected);
      }
    }
    return Optional.empty();
  }

  private Conversion[] contents() {
    Conversion[] known = contents;
    if (known == null) {
      known = parts.stream()
          .map(part -> part.component().getType() == type
              ? (Conversion) this::own
              : Conversion.to(part.component().getGenericType()))
          .toArray(Conversion[]::new);
      contents = known;
    }
    return known;
  }

  private @Nullable Object own(@Nullable Object value) {
    return value == null || type.isInstance(value) ? value : of(value);
  }

  private static @Nullable Object found(Map<?, ?> map, Part part) {
    for (Object key : part.keys()) {
      Object found = map.get(key);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static @Nullable Object absent(Class<?> type) {
    if (type.isPrimitive()) {
      return UNFIT;
    }
    if (type == Optional.class) {
      return Optional.empty();
    }
    if (type == OptionalLong.class) {
      return OptionalLong.empty();
    }
    if (type == OptionalInt.class) {
      return OptionalInt.empty();
    }
    return type == OptionalDouble.class ? OptionalDouble.empty() : null;
  }

  private Object make(@Nullable Object[] values) {
    Class<?>[] types =
        parts.stream().map(part -> part.component().getType()).toArray(Class<?>[]::new);
    try {
      Constructor<?> canonical = type.getDeclaredConstructor(types);
      if (!canonical.trySetAccessible()) {
        return UNFIT;
      }
      return canonical.newInstance(values);
    } catch (InvocationTargetException e) {
      switch (e.getCause()) {
        case RuntimeException thrown -> throw thrown;
        case Error thrown -> throw thrown;
        case null, default -> throw new IllegalArgumentException(e.getCause());
      }
    } catch (ReflectiveOperationException e) {
      throw new AssertionError("a record has a canonical constructor", e);
    }
  }
}
