package valence.engine.db;

import clojure.lang.BigInt;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;
import valence.engine.index.Bound;
import valence.engine.schema.Attribute;
import valence.engine.value.ValueType;

/// Where a caller's value stands among the values of an attribute in AVET.
///
/// Numbers are compared as numbers, whatever their types: of a long attribute, the values from 1.5
/// on begin at 2. A value that can't be compared stands before all, as in the reference.
public final class ValueBound {
  private static final BigDecimal LONG_MIN = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final BigDecimal LONG_MAX = BigDecimal.valueOf(Long.MAX_VALUE);

  private ValueBound() {}

  /// The bound of the first value that isn't below the caller's.
  public static Bound atLeast(Database db, Attribute attribute, Object value) {
    int a = attribute.id();
    if (value instanceof Number number) {
      switch (attribute.type()) {
        case LONG -> {
          BigDecimal exact = exact(number);
          return exact == null
              ? Bound.a(a)
              : Bound.av(
                  a,
                  exact
                      .min(LONG_MAX)
                      .max(LONG_MIN)
                      .setScale(0, RoundingMode.CEILING)
                      .longValue(),
                  null);
        }
        case DOUBLE, FLOAT -> {
          return Bound.av(a, ValueType.keyOf(number.doubleValue()), null);
        }
        case BIGINT -> {
          BigDecimal exact = exact(number);
          return exact == null
              ? Bound.a(a)
              : Database.bound(
                  attribute, exact.setScale(0, RoundingMode.CEILING).toBigInteger());
        }
        case BIGDEC -> {
          BigDecimal exact = exact(number);
          return exact == null ? Bound.a(a) : Database.bound(attribute, exact);
        }
        default -> {
          // no number type
        }
      }
    }
    Object normalized = EntityRef.value(db, attribute, value);
    return normalized == null ? Bound.a(a) : Database.bound(attribute, normalized);
  }

  /// The number itself; null for NaN and infinities.
  private static @Nullable BigDecimal exact(Number number) {
    return switch (number) {
      case BigDecimal decimal -> decimal;
      case BigInteger integer -> new BigDecimal(integer);
      case BigInt integer -> new BigDecimal(integer.toBigInteger());
      case Double real -> Double.isFinite(real) ? new BigDecimal(real) : null;
      case Float real -> Float.isFinite(real) ? new BigDecimal(real) : null;
      default -> BigDecimal.valueOf(number.longValue());
    };
  }
}
