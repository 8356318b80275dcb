package valence.api;

import clojure.lang.Keyword;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import valence.api.record.Ident;
import valence.api.spi.Naming;

/// What a record component holds, from its declared type.
sealed interface ValueForm {
  /// How many slots a tuple may have.
  int TUPLE_SLOTS_MIN = 2;

  int TUPLE_SLOTS_MAX = 8;

  /// What a component of this form takes, for messages.
  String expected();

  /// What a single value is, whether or not there may be none or many.
  sealed interface Single extends ValueForm {}

  /// A value that a database has as such.
  record One(Scalar scalar) implements Single {
    @Override
    public String expected() {
      return "a value of " + scalar.valueType() + " that fits in "
          + scalar.type().getSimpleName();
    }
  }

  /// A constant of an enum, in the database an ident.
  record Constant(Class<?> type, Map<Keyword, Enum<?>> constants) implements Single {
    @Override
    public String expected() {
      return "an ident that names a constant of " + type.getSimpleName() + ", one of "
          + constants.keySet();
    }

    /// The ident of a constant.
    Keyword ident(Object constant) {
      return constants.entrySet().stream()
          .filter(entry -> entry.getValue() == constant)
          .findFirst()
          .orElseThrow()
          .getKey();
    }
  }

  /// Another record, in the database another entity.
  record Nested(Class<? extends Record> type) implements Single {
    @Override
    public String expected() {
      return "an entity for record " + type.getSimpleName();
    }
  }

  /// A tuple whose slots are the components of a record.
  record Slots(Class<? extends Record> type) implements Single {
    @Override
    public String expected() {
      return "a tuple for record " + type.getSimpleName();
    }

    List<Field> fields() {
      return RecordForm.of(type).fields();
    }
  }

  /// A tuple whose slots are alike.
  record Alike(Scalar slot) implements Single {
    @Override
    public String expected() {
      return "a tuple without gaps, each slot a value of " + slot.valueType() + " that fits in "
          + slot.type().getSimpleName();
    }
  }

  /// Something that may be absent, in one of the four types that say so.
  ///
  /// @param present the optional of a value
  /// @param empty   the optional of none
  /// @param value   what an optional holds, or null
  record Maybe(
      Single form,
      Function<Object, Object> present,
      Object empty,
      Function<Object, @Nullable Object> value)
      implements ValueForm {
    @Override
    public String expected() {
      return form.expected() + ", or nothing";
    }
  }

  /// Any number of values.
  record Many(Single element, boolean set) implements ValueForm {
    @Override
    public String expected() {
      return "any number of values, each " + element.expected();
    }
  }

  /// The form of a type, or a failure that names the place.
  static ValueForm of(Type type, String place) {
    if (type instanceof ParameterizedType generic) {
      Type argument = generic.getActualTypeArguments()[0];
      if (generic.getRawType() == Optional.class) {
        return maybe(single(argument, place));
      }
      if (generic.getRawType() == List.class || generic.getRawType() == Collection.class) {
        return new Many(single(argument, place), false);
      }
      if (generic.getRawType() == Set.class) {
        return new Many(single(argument, place), true);
      }
    }
    Maybe number = type instanceof Class<?> plain ? optionalNumber(plain) : null;
    return number == null ? single(type, place) : number;
  }

  /// The form of what is annotated as a tuple, or a failure that names the place.
  static ValueForm ofTuple(Type type, String place) {
    if (type instanceof ParameterizedType generic) {
      Type argument = generic.getActualTypeArguments()[0];
      if (generic.getRawType() == Optional.class) {
        return maybe(tuple(argument, place));
      }
      if (generic.getRawType() == Set.class) {
        return new Many(tuple(argument, place), true);
      }
    }
    return tuple(type, place);
  }

  private static Single tuple(Type type, String place) {
    if (type instanceof Class<?> plain && plain.isRecord()) {
      Slots slots = new Slots(plain.asSubclass(Record.class));
      int count = slots.fields().size();
      if (count >= TUPLE_SLOTS_MIN
          && count <= TUPLE_SLOTS_MAX
          && slots.fields().stream()
              .allMatch(
                  field -> field.single() instanceof One && !(field.form() instanceof Many))) {
        return slots;
      }
    }
    if (type instanceof ParameterizedType generic
        && generic.getRawType() == List.class
        && generic.getActualTypeArguments()[0] instanceof Class<?> element
        && Scalar.of(element) instanceof Scalar slot) {
      return new Alike(slot);
    }
    throw Mismatch.declaration(
        place + " is declared as a tuple, " + type.getTypeName() + ".",
        "Expected a record of " + TUPLE_SLOTS_MIN + " to " + TUPLE_SLOTS_MAX
            + " values, or a List of values of one type.",
        "Change the type of the component, or remove @Tuple.");
  }

  private static Maybe maybe(Single form) {
    return new Maybe(
        form, Optional::of, Optional.empty(), optional -> ((Optional<?>) optional).orElse(null));
  }

  private static Single single(Type type, String place) {
    if (type instanceof Class<?> plain) {
      Scalar scalar = Scalar.of(plain);
      if (scalar != null) {
        return new One(scalar);
      }
      if (plain.isEnum()) {
        return new Constant(plain, constants(plain));
      }
      if (plain.isRecord()) {
        return new Nested(plain.asSubclass(Record.class));
      }
    }
    throw Mismatch.declaration(
        place + " is declared as " + type.getTypeName() + ".",
        "Expected a type whose values a database has (String, long, double, boolean, BigDecimal,"
            + " BigInteger, Instant, Date, UUID, URI, byte[], Keyword, Symbol), an enum, a record,"
            + " or a List, Set or Optional of one of these.",
        "Change the type of the component.");
  }

  private static @Nullable Maybe optionalNumber(Class<?> type) {
    if (type == OptionalLong.class) {
      return new Maybe(
          single(long.class, ""),
          value -> OptionalLong.of((Long) value),
          OptionalLong.empty(),
          optional -> {
            var number = (OptionalLong) optional;
            return number.isPresent() ? (Long) number.getAsLong() : null;
          });
    }
    if (type == OptionalInt.class) {
      return new Maybe(
          single(int.class, ""),
          value -> OptionalInt.of((Integer) value),
          OptionalInt.empty(),
          optional -> {
            var number = (OptionalInt) optional;
            return number.isPresent() ? (Integer) number.getAsInt() : null;
          });
    }
    if (type == OptionalDouble.class) {
      return new Maybe(
          single(double.class, ""),
          value -> OptionalDouble.of((Double) value),
          OptionalDouble.empty(),
          optional -> {
            var number = (OptionalDouble) optional;
            return number.isPresent() ? (Double) number.getAsDouble() : null;
          });
    }
    return null;
  }

  private static Map<Keyword, Enum<?>> constants(Class<?> type) {
    Map<Keyword, Enum<?>> constants = new LinkedHashMap<>();
    for (Object each : type.getEnumConstants()) {
      Enum<?> constant = (Enum<?>) each;
      Ident declared = annotation(type, constant);
      Keyword ident = declared == null
          ? Keyword.intern(Naming.namespace(type), Naming.kebab(constant.name()))
          : Names.keyword(declared.value(), type.getSimpleName() + "." + constant.name());
      if (constants.put(ident, constant) != null) {
        throw Mismatch.declaration(
            "Two constants of enum " + type.getSimpleName() + " have the ident " + ident + ".",
            "Expected one ident for each.",
            "Give one of them another with @Ident.");
      }
    }
    return constants;
  }

  private static @Nullable Ident annotation(Class<?> type, Enum<?> constant) {
    try {
      return type.getField(constant.name()).getAnnotation(Ident.class);
    } catch (NoSuchFieldException e) {
      throw new AssertionError("each constant of an enum is a public field of it", e);
    }
  }
}
