package valence.engine.query.exec;

import clojure.lang.BigInt;
import clojure.lang.ISeq;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;
import valence.edn.Persistent;

/// When values of queries are the same.
///
/// Integers are equal by their number, whatever their width; long, double, float and decimal never
/// equal each other, and decimals of different scale differ; byte arrays are equal by content,
/// lists element by element. Distinct rows are told apart more strictly: a big integer isn't a
/// long.
public final class Values {
  private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

  private Values() {}

  /// The value in the one form that columns hold.
  public static @Nullable Object normalize(@Nullable Object value) {
    return switch (value) {
      case Integer number -> number.longValue();
      case Short number -> number.longValue();
      case Byte number -> number.longValue();
      case BigInt number -> number.toBigInteger();
      case Instant instant -> Date.from(instant);
      case Date date when date.getClass() != Date.class -> new Date(date.getTime());
      // Lists of Clojure's own, whose first use would start clojure.core.
      case ISeq list
      when !(list instanceof RandomAccess) && list instanceof List<?> items ->
        Persistent.list(items);
      case null, default -> value;
    };
  }

  static boolean fitsLong(BigInteger number) {
    return number.compareTo(LONG_MIN) >= 0 && number.compareTo(LONG_MAX) <= 0;
  }

  public static boolean equal(@Nullable Object x, @Nullable Object y) {
    if (x == y) {
      return true;
    }
    if (x == null || y == null) {
      return false;
    }
    return switch (x) {
      case Long a when y instanceof Long b -> a.longValue() == b.longValue();
      case Number a
      when isInteger(a) -> y instanceof Number b && isInteger(b) && big(a).equals(big(b));
      case byte[] a -> y instanceof byte[] b && Arrays.equals(a, b);
      case List<?> a -> y instanceof List<?> b && equal(a, b);
      default -> x.equals(y);
    };
  }

  private static boolean equal(List<?> x, List<?> y) {
    if (x.size() != y.size()) {
      return false;
    }
    for (int i = 0; i < x.size(); i++) {
      if (!equal(x.get(i), y.get(i))) {
        return false;
      }
    }
    return true;
  }

  /// Equality of values in distinct rows.
  static boolean same(@Nullable Object x, @Nullable Object y) {
    return equal(x, y) && (x instanceof BigInteger) == (y instanceof BigInteger);
  }

  private static boolean isInteger(Number number) {
    return number instanceof Long
        || number instanceof BigInteger
        || number instanceof Integer
        || number instanceof BigInt
        || number instanceof Short
        || number instanceof Byte;
  }

  private static BigInteger big(Number number) {
    return switch (number) {
      case BigInteger integer -> integer;
      case BigInt integer -> integer.toBigInteger();
      default -> BigInteger.valueOf(number.longValue());
    };
  }

  /// Equal values have equal hashes, those of keys included.
  static long hash(@Nullable Object value) {
    return switch (value) {
      case null -> 0;
      case Number number
      when isInteger(number) -> {
        BigInteger integer = big(number);
        yield fitsLong(integer) ? Kind.LONG.hash(integer.longValue()) : integer.hashCode();
      }
      case Date instant -> Kind.INSTANT.hash(instant.getTime());
      case Boolean bool -> Kind.BOOLEAN.hash(bool ? 1 : 0);
      case Double number -> Kind.DOUBLE.hash(Kind.DOUBLE.key(number));
      case Float number -> Kind.FLOAT.hash(Kind.FLOAT.key(number));
      case byte[] bytes -> Arrays.hashCode(bytes);
      case List<?> list -> {
        long h = 1;
        for (Object element : list) {
          h = 31 * h + hash(element);
        }
        yield h;
      }
      default -> Kind.OBJECT.hash(value.hashCode());
    };
  }
}
