package valence.engine.code;

import clojure.lang.BigInt;
import clojure.lang.Symbol;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Date;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;

/// Fits the data of a call to the parameter types of a Java method.
///
/// A number fits a type that can hold it exactly, except that a whole number also fits a
/// floating-point type; an instant fits `Date` and `Instant`; everything else fits what it is.
/// Nothing is ever parsed or rounded.
final class Arguments {
  private static final Object UNFIT = new Object();

  private Arguments() {}

  static @Nullable Object[] convert(Symbol name, Method method, @Nullable Object[] given) {
    Class<?>[] types = method.getParameterTypes();
    int fixed = method.isVarArgs() ? types.length - 1 : types.length;
    if (given.length < fixed || (given.length > fixed && !method.isVarArgs())) {
      throw wrongCount(name, method, given.length);
    }
    @Nullable Object[] converted = new @Nullable Object[types.length];
    for (int i = 0; i < fixed; i++) {
      converted[i] = convert(name, method, i, types[i], given[i]);
    }
    if (method.isVarArgs()) {
      Class<?> type = types[fixed].getComponentType();
      Object rest = Array.newInstance(type, given.length - fixed);
      for (int i = fixed; i < given.length; i++) {
        Array.set(rest, i - fixed, convert(name, method, i, type, given[i]));
      }
      converted[fixed] = rest;
    }
    return converted;
  }

  private static @Nullable Object convert(
      Symbol name, Method method, int index, Class<?> type, @Nullable Object value) {
    Object fitted = value == null ? (type.isPrimitive() ? UNFIT : null) : fit(type, value);
    if (fitted == UNFIT) {
      throw wrongType(name, method, index, type, value);
    }
    return fitted;
  }

  private static Object fit(Class<?> type, Object value) {
    if (type.isInstance(value)) {
      return value;
    }
    if (value instanceof Number number) {
      return fitNumber(type, number);
    }
    if (type == boolean.class) {
      return value instanceof Boolean ? value : UNFIT;
    }
    if (type == char.class) {
      return value instanceof Character ? value : UNFIT;
    }
    if (type == Instant.class) {
      return value instanceof Date date ? date.toInstant() : UNFIT;
    }
    if (type == Date.class) {
      return value instanceof Instant instant ? Date.from(instant) : UNFIT;
    }
    return UNFIT;
  }

  private static Object fitNumber(Class<?> type, Number number) {
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
      return UNFIT;
    }
    if (type == BigInteger.class) {
      return whole;
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

  private static AnomalyException wrongCount(Symbol name, Method method, int given) {
    return Anomaly.incorrect(
            "db.error/wrong-arguments",
            Names.text(name) + " was given " + given + " arguments.",
            "Expected " + signature(method) + ".")
        .toException();
  }

  private static AnomalyException wrongType(
      Symbol name, Method method, int index, Class<?> type, @Nullable Object value) {
    String shown =
        value instanceof valence.api.Db db ? "database " + db.dbName() : Edn.printShort(value);
    return Anomaly.incorrect(
            "db.error/wrong-arguments",
            Names.text(name) + " was given " + shown + " as argument " + (index + 1) + ".",
            "Expected " + type.getSimpleName() + ", as in " + signature(method) + ".")
        .toException();
  }

  private static String signature(Method method) {
    StringBuilder text = new StringBuilder(method.getName()).append('(');
    String separator = "";
    for (var parameter : method.getParameters()) {
      text.append(separator).append(parameter.getType().getSimpleName());
      if (parameter.isNamePresent()) {
        text.append(' ').append(parameter.getName());
      }
      separator = ", ";
    }
    return text.append(')').toString();
  }
}
