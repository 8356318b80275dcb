package valence.engine.code;

import clojure.lang.BigInt;
import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// From data to a declared Java type. Made once for a parameter, and called for each value.
///
/// | declared | made of |
/// | --- | --- |
/// | a type of number | a number that it can hold exactly; a whole number also fits floating point |
/// | `Instant`, `Date`, `UUID`, `URI`, `LocalDate`, `Duration`, `Keyword`, `Symbol` | itself, or text of one |
/// | an enum | a keyword or text that names a constant |
/// | a record | a map, see [RecordConversion] |
/// | `List`, `Set`, `Collection`, `Iterable`, an array | a collection or array, member by member |
/// | `Map` | a map, keys and values each for itself |
/// | `Optional` and its kin | a value, or null for none |
/// | `byte[]`, `ByteBuffer`, `InputStream` | bytes in any of the three |
/// | anything else | what it is already |
///
/// Text is never read as a number, nor is one rounded.
@FunctionalInterface
interface Conversion {
  /// What stands for a value that doesn't fit.
  Object UNFIT = new Object();

  /// The value as the type has it; [#UNFIT] when the type has none for it.
  @Nullable Object of(@Nullable Object value);

  /// The conversion to a declared type, its type arguments heeded.
  static Conversion to(Type type) {
    return switch (type) {
      case Class<?> plain -> toClass(plain);
      case ParameterizedType generic -> toGeneric(generic);
      case GenericArrayType array ->
        toArray(raw(array.getGenericComponentType()), to(array.getGenericComponentType()));
      case WildcardType wildcard -> to(wildcard.getUpperBounds()[0]);
      default -> toClass(raw(type));
    };
  }

  /// The class that values of a type have.
  static Class<?> raw(Type type) {
    return switch (type) {
      case Class<?> plain -> plain;
      case ParameterizedType generic -> raw(generic.getRawType());
      case GenericArrayType array -> raw(array.getGenericComponentType()).arrayType();
      case WildcardType wildcard -> raw(wildcard.getUpperBounds()[0]);
      case java.lang.reflect.TypeVariable<?> variable -> raw(variable.getBounds()[0]);
      default -> Object.class;
    };
  }

  private static Conversion toClass(Class<?> type) {
    if (type == long.class) {
      return value -> value instanceof Long ? value : number(long.class, value);
    }
    if (type == double.class) {
      return value -> value instanceof Double ? value : number(double.class, value);
    }
    if (type == boolean.class) {
      return value -> value instanceof Boolean ? value : UNFIT;
    }
    if (type == char.class) {
      return value -> value instanceof Character ? value : UNFIT;
    }
    if (type.isPrimitive()) {
      return value -> number(type, value);
    }
    if (type.isArray() && type != byte[].class) {
      return toArray(type.getComponentType(), to(type.getComponentType()));
    }
    if (type.isEnum()) {
      return toEnum(type);
    }
    if (type.isRecord()) {
      return or(type, RecordConversion.of(type));
    }
    Conversion rare = rare(type);
    return rare == null
        ? value -> value == null || type.isInstance(value) ? value : UNFIT
        : or(type, rare);
  }

  /// What is of the type already, else what a conversion makes of it.
  private static Conversion or(Class<?> type, Conversion conversion) {
    return value -> value == null || type.isInstance(value) ? value : conversion.of(value);
  }

  private static @Nullable Conversion rare(Class<?> type) {
    if (Number.class.isAssignableFrom(type)) {
      return value -> number(type, value);
    }
    if (type == Instant.class) {
      return value -> value instanceof Date date ? date.toInstant() : parsed(value, Instant::parse);
    }
    if (type == Date.class) {
      return value -> value instanceof Instant instant
          ? Date.from(instant)
          : parsed(value, text -> Date.from(Instant.parse(text)));
    }
    if (type == UUID.class) {
      return value -> parsed(value, UUID::fromString);
    }
    if (type == URI.class) {
      return value -> parsed(value, URI::create);
    }
    if (type == LocalDate.class) {
      return value -> parsed(value, LocalDate::parse);
    }
    if (type == Duration.class) {
      return value -> parsed(value, Duration::parse);
    }
    if (type == Keyword.class) {
      return value ->
          parsed(value, text -> Keyword.intern(text.startsWith(":") ? text.substring(1) : text));
    }
    if (type == Symbol.class) {
      return value -> parsed(value, Symbol::intern);
    }
    if (type == byte[].class || type == ByteBuffer.class || type == InputStream.class) {
      return value -> bytes(type, value);
    }
    if (type == OptionalLong.class) {
      return value -> optionalNumber(
          long.class, value, OptionalLong.empty(), each -> OptionalLong.of((Long) each));
    }
    if (type == OptionalInt.class) {
      return value -> optionalNumber(
          int.class, value, OptionalInt.empty(), each -> OptionalInt.of((Integer) each));
    }
    if (type == OptionalDouble.class) {
      return value -> optionalNumber(
          double.class, value, OptionalDouble.empty(), each -> OptionalDouble.of((Double) each));
    }
    if (type == Optional.class) {
      return Optional::ofNullable;
    }
    if (type == List.class || type == Collection.class || type == Iterable.class) {
      return toCollection(type, value -> value, false);
    }
    return type == Set.class ? toCollection(type, value -> value, true) : null;
  }

  private static Conversion toGeneric(ParameterizedType type) {
    Class<?> raw = raw(type.getRawType());
    Type[] arguments = type.getActualTypeArguments();
    if (raw == Optional.class) {
      Conversion content = to(arguments[0]);
      return value -> {
        if (value == null) {
          return Optional.empty();
        }
        Object made = content.of(value instanceof Optional<?> given ? given.orElse(null) : value);
        return made == UNFIT ? UNFIT : Optional.ofNullable(made);
      };
    }
    if (raw == List.class || raw == Collection.class || raw == Iterable.class) {
      return toCollection(raw, to(arguments[0]), false);
    }
    if (raw == Set.class) {
      return toCollection(raw, to(arguments[0]), true);
    }
    if (raw == Map.class) {
      return toMap(to(arguments[0]), to(arguments[1]));
    }
    return toClass(raw);
  }

  private static Conversion toCollection(Class<?> raw, Conversion member, boolean set) {
    return value -> {
      if (value == null) {
        return null;
      }
      Collection<?> given = members(value);
      if (given == null) {
        return UNFIT;
      }
      Collection<@Nullable Object> made = set ? new LinkedHashSet<>() : new ArrayList<>();
      boolean same = raw.isInstance(value);
      for (Object each : given) {
        Object one = member.of(each);
        if (one == UNFIT) {
          return UNFIT;
        }
        same &= one == each;
        made.add(one);
      }
      if (same) {
        return value;
      }
      return set
          ? Collections.unmodifiableSet((Set<?>) made)
          : Collections.unmodifiableList((List<?>) made);
    };
  }

  private static Conversion toMap(Conversion key, Conversion content) {
    return value -> {
      if (value == null) {
        return null;
      }
      if (!(value instanceof Map<?, ?> given)) {
        return UNFIT;
      }
      Map<@Nullable Object, @Nullable Object> made = new LinkedHashMap<>();
      boolean same = true;
      for (Map.Entry<?, ?> entry : given.entrySet()) {
        Object name = key.of(entry.getKey());
        Object one = content.of(entry.getValue());
        if (name == UNFIT || one == UNFIT) {
          return UNFIT;
        }
        same &= name == entry.getKey() && one == entry.getValue();
        made.put(name, one);
      }
      return same ? value : Collections.unmodifiableMap(made);
    };
  }

  private static Conversion toArray(Class<?> component, Conversion member) {
    Class<?> type = component.arrayType();
    return value -> {
      if (value == null || type.isInstance(value)) {
        return value;
      }
      Collection<?> given = members(value);
      if (given == null) {
        return UNFIT;
      }
      Object made = Array.newInstance(component, given.size());
      int i = 0;
      for (Object each : given) {
        Object one = member.of(each);
        if (one == UNFIT) {
          return UNFIT;
        }
        Array.set(made, i++, one);
      }
      return made;
    };
  }

  private static @Nullable Collection<?> members(Object value) {
    return switch (value) {
      case Collection<?> collection -> collection;
      case Object[] array -> Arrays.asList(array);
      case long[] array -> Arrays.stream(array).boxed().toList();
      case double[] array -> Arrays.stream(array).boxed().toList();
      case int[] array -> Arrays.stream(array).boxed().toList();
      default -> null;
    };
  }

  private static Conversion toEnum(Class<?> type) {
    Map<Object, Object> constants = new HashMap<>();
    for (Object each : type.getEnumConstants()) {
      Enum<?> constant = (Enum<?>) each;
      for (Object name : EnumNames.of(constant)) {
        constants.putIfAbsent(name, constant);
      }
    }
    return or(type, value -> value == null ? null : constants.getOrDefault(value, UNFIT));
  }

  private static Object parsed(@Nullable Object value, Function<String, Object> parse) {
    if (!(value instanceof String text)) {
      return UNFIT;
    }
    try {
      return parse.apply(text);
    } catch (DateTimeException | IllegalArgumentException e) {
      return UNFIT; // the refusal shows the text and what was expected
    }
  }

  private static Object bytes(Class<?> type, @Nullable Object value) {
    byte[] bytes;
    switch (value) {
      case byte[] given -> bytes = given;
      case ByteBuffer buffer -> {
        bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
      }
      case null, default -> {
        return UNFIT;
      }
    }
    return type == byte[].class
        ? bytes
        : type == ByteBuffer.class ? ByteBuffer.wrap(bytes) : new ByteArrayInputStream(bytes);
  }

  private static Object optionalNumber(
      Class<?> type, @Nullable Object value, Object empty, Function<Object, Object> present) {
    if (value == null) {
      return empty;
    }
    Object made = number(type, value);
    return made == UNFIT ? UNFIT : present.apply(made);
  }

  private static Object number(Class<?> type, @Nullable Object value) {
    if (!(value instanceof Number number)) {
      return UNFIT;
    }
    if (type == double.class || type == Double.class) {
      return number instanceof BigDecimal ? UNFIT : (Object) number.doubleValue();
    }
    if (type == float.class || type == Float.class) {
      return number instanceof Float || (float) number.doubleValue() == number.doubleValue()
          ? (Object) number.floatValue()
          : UNFIT;
    }
    BigInteger whole = whole(number);
    if (whole == null) {
      // What a double prints is what its writer meant.
      return type == BigDecimal.class && number instanceof Double real && Double.isFinite(real)
          ? BigDecimal.valueOf(real)
          : UNFIT;
    }
    if (type == BigInteger.class) {
      return whole;
    }
    if (type == BigDecimal.class) {
      return new BigDecimal(whole);
    }
    if (type == BigInt.class) {
      return BigInt.fromBigInteger(whole);
    }
    int bits = whole.bitLength();
    if (type == long.class || type == Long.class) {
      return bits < Long.SIZE ? (Object) whole.longValue() : UNFIT;
    }
    if (type == int.class || type == Integer.class) {
      return bits < Integer.SIZE ? (Object) whole.intValue() : UNFIT;
    }
    if (type == short.class || type == Short.class) {
      return bits < Short.SIZE ? (Object) whole.shortValue() : UNFIT;
    }
    if (type == byte.class || type == Byte.class) {
      return bits < Byte.SIZE ? (Object) whole.byteValue() : UNFIT;
    }
    return UNFIT;
  }

  private static @Nullable BigInteger whole(Number number) {
    return switch (number) {
      case Long _, Integer _, Short _, Byte _ -> BigInteger.valueOf(number.longValue());
      case BigInteger big -> big;
      case BigInt big -> big.toBigInteger();
      default -> null;
    };
  }
}
