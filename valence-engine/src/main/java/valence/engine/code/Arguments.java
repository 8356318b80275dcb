package valence.engine.code;

import static valence.engine.code.Conversion.UNFIT;

import clojure.lang.Symbol;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Db;

/// One Java method, and how the data of a call becomes its arguments: each by the [Conversion] to
/// the declared type, those beyond the last fixed one into the array of a `...` parameter. A
/// database that is given first goes where the method declares its `Db`.
final class Arguments {
  /// How far an argument is from what was given, when overloads are compared.
  private static final int CONVERTED = 3;

  private static final int WIDENED = 2;
  private static final int SEEN_AS = 1;

  private final Method method;
  private final Class<?>[] types;
  private final Conversion[] conversions; // of a `...` parameter, to its members' type
  private final int fixedCount;
  private final int dbIndex; // where a database goes that is given first; 0 when it stays

  private Arguments(Method method) {
    this.method = method;
    this.types = method.getParameterTypes();
    this.fixedCount = method.isVarArgs() ? types.length - 1 : types.length;
    Type[] declared = method.getGenericParameterTypes();
    this.conversions = new Conversion[types.length];
    for (int i = 0; i < types.length; i++) {
      conversions[i] = Conversion.to(i < fixedCount ? declared[i] : types[i].getComponentType());
    }
    List<Class<?>> all = List.of(types);
    this.dbIndex = all.indexOf(Db.class) > 0 && all.indexOf(Db.class) == all.lastIndexOf(Db.class)
        ? all.indexOf(Db.class)
        : 0;
  }

  static Arguments of(Method method) {
    return new Arguments(method);
  }

  Method method() {
    return method;
  }

  /// The arguments; null when the data doesn't fit.
  @Nullable Object @Nullable [] fit(@Nullable Object[] given) {
    if (!takes(given.length)) {
      return null;
    }
    @Nullable Object[] values = dbIndex == 0 ? given : placed(given);
    @Nullable Object[] made = new @Nullable Object[types.length];
    for (int i = 0; i < fixedCount; i++) {
      Object one = conversions[i].of(values[i]);
      if (one == UNFIT) {
        return null;
      }
      made[i] = one;
    }
    if (fixedCount == types.length) {
      return made;
    }
    Object rest =
        Array.newInstance(types[fixedCount].getComponentType(), given.length - fixedCount);
    for (int i = fixedCount; i < values.length; i++) {
      Object one = conversions[fixedCount].of(values[i]);
      if (one == UNFIT) {
        return null;
      }
      Array.set(rest, i - fixedCount, one);
    }
    made[fixedCount] = rest;
    return made;
  }

  /// Whether it takes so many.
  boolean takes(int count) {
    return method.isVarArgs() ? count >= fixedCount : count == fixedCount;
  }

  private @Nullable Object[] placed(@Nullable Object[] given) {
    if (given.length <= dbIndex || !(given[0] instanceof Db) || given[dbIndex] instanceof Db) {
      return given;
    }
    @Nullable Object[] placed = given.clone();
    System.arraycopy(given, 1, placed, 0, dbIndex);
    placed[dbIndex] = given[0];
    return placed;
  }

  /// How far [#fit]ted arguments are from what was given; the overload with the least is called.
  int distance(@Nullable Object[] given, @Nullable Object[] made) {
    int distance = method.isVarArgs() ? 1_000 : 0;
    @Nullable Object[] values = dbIndex == 0 ? given : placed(given);
    for (int i = 0; i < fixedCount; i++) {
      distance = Math.max(distance, distance(types[i], values[i], made[i]));
    }
    for (int i = fixedCount; i < values.length; i++) {
      Object one = Array.get(java.util.Objects.requireNonNull(made[fixedCount]), i - fixedCount);
      distance = Math.max(distance, 1_000 + distance(types[fixedCount], values[i], one));
    }
    return distance;
  }

  private static int distance(Class<?> type, @Nullable Object given, @Nullable Object made) {
    if (given == null || made == null) {
      return 0;
    }
    if (given == made || given.getClass() == made.getClass() && given.equals(made)) {
      return type.isPrimitive() || type == given.getClass() ? 0 : SEEN_AS;
    }
    if (given instanceof Number && made instanceof Number) {
      boolean whole = isWhole(given) && isWhole(made);
      return whole ? SEEN_AS : WIDENED;
    }
    return CONVERTED;
  }

  private static boolean isWhole(Object number) {
    return number instanceof Long
        || number instanceof Integer
        || number instanceof Short
        || number instanceof Byte;
  }

  /// Whether a call that fits both overloads would rather have this one.
  boolean isMoreSpecificThan(Arguments other) {
    if (types.length != other.types.length) {
      return types.length > other.types.length;
    }
    for (int i = 0; i < types.length; i++) {
      if (!isNarrower(types[i], other.types[i])) {
        return false;
      }
    }
    return true;
  }

  private static final List<Class<?>> WIDENING =
      List.of(byte.class, short.class, int.class, long.class, float.class, double.class);

  private static boolean isNarrower(Class<?> one, Class<?> other) {
    return other.isAssignableFrom(one)
        || one.isPrimitive() && !other.isPrimitive()
        || WIDENING.contains(one) && WIDENING.indexOf(one) < WIDENING.indexOf(other);
  }

  /// Why the data doesn't fit.
  AnomalyException refusal(Symbol name, @Nullable Object[] given) {
    if (!takes(given.length)) {
      return Anomaly.incorrect(
              "db.error/wrong-arguments",
              Names.text(name) + " was given " + given.length + " arguments.",
              "Expected " + signature() + ".")
          .toException();
    }
    @Nullable Object[] values = placed(given);
    for (int i = 0; i < values.length; i++) {
      int at = Math.min(i, types.length - 1);
      if (conversions[at].of(values[i]) == UNFIT) {
        return wrongType(name, i, at, values[i]);
      }
    }
    throw new AssertionError("arguments that fit aren't refused");
  }

  private AnomalyException wrongType(Symbol name, int index, int at, @Nullable Object value) {
    Parameter parameter = method.getParameters()[at];
    Class<?> type = at < fixedCount ? types[at] : types[at].getComponentType();
    String known = parameter.isNamePresent() ? " (" + parameter.getName() + ")" : "";
    return Anomaly.incorrect(
            "db.error/wrong-arguments",
            Names.text(name) + " was given " + Found.text(value) + kind(value) + " as argument "
                + (index + 1) + known + ".",
            "Expected " + expected(type, at) + ", as in " + signature() + "." + within(type, value))
        .toException();
  }

  private static String kind(@Nullable Object value) {
    return value == null || value instanceof Db
        ? ""
        : ", a " + value.getClass().getSimpleName() + ",";
  }

  private String expected(Class<?> type, int at) {
    if (type.isEnum()) {
      return type.getSimpleName() + ", one of "
          + Stream.of(type.getEnumConstants())
              .map(each -> {
                var ident = EnumNames.keyword((Enum<?>) each);
                return ":" + ident.getNamespace() + "/" + ident.getName();
              })
              .collect(Collectors.joining(", "));
    }
    return at < fixedCount ? shown(method.getGenericParameterTypes()[at]) : shown(type);
  }

  /// Where in a map it fails that a record can't be made.
  private static String within(Class<?> type, @Nullable Object value) {
    return type.isRecord()
            && value instanceof Map<?, ?> map
            && RecordConversion.of(type) instanceof RecordConversion conversion
        ? conversion.mismatch(map).map(where -> " Of the map, " + where + ".").orElse("")
        : "";
  }

  private String signature() {
    StringBuilder text = new StringBuilder(method.getName()).append('(');
    String separator = "";
    Parameter[] parameters = method.getParameters();
    for (int i = 0; i < parameters.length; i++) {
      String type = shown(parameters[i].getParameterizedType());
      text.append(separator)
          .append(i < fixedCount ? type : shown(types[i].getComponentType()) + "...");
      if (parameters[i].isNamePresent()) {
        text.append(' ').append(parameters[i].getName());
      }
      separator = ", ";
    }
    return text.append(')').toString();
  }

  /// A type as code has it, packages left out.
  private static String shown(Type type) {
    return type instanceof Class<?> plain
        ? plain.getSimpleName()
        : type.getTypeName().replaceAll("[a-z_0-9]+\\.", "").replaceAll("[A-Za-z]+\\$", "");
  }
}
