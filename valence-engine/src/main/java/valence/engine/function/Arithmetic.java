package valence.engine.function;

import clojure.lang.BigInt;
import clojure.lang.Ratio;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/// Arithmetic on numbers of any kind: the wider kind wins (integer, decimal, floating); integers of
/// 64 bits overflow with an exception unless the operation promotes.
public final class Arithmetic {
  /// The kinds of numbers, narrow to wide.
  public enum Kind {
    INTEGER,
    DECIMAL,
    FLOATING
  }

  /// The operations that both widths of integers know.
  public enum Operation {
    ADD,
    SUBTRACT,
    MULTIPLY;

    /// Fails with ArithmeticException on overflow.
    public long apply(long x, long y) {
      return switch (this) {
        case ADD -> Math.addExact(x, y);
        case SUBTRACT -> Math.subtractExact(x, y);
        case MULTIPLY -> Math.multiplyExact(x, y);
      };
    }

    public double apply(double x, double y) {
      return switch (this) {
        case ADD -> x + y;
        case SUBTRACT -> x - y;
        case MULTIPLY -> x * y;
      };
    }
  }

  private Arithmetic() {}

  public static Kind kind(Number number) {
    return switch (number) {
      case Double d -> Kind.FLOATING;
      case Float f -> Kind.FLOATING;
      case BigDecimal d -> Kind.DECIMAL;
      case Ratio r -> Kind.DECIMAL;
      default -> Kind.INTEGER;
    };
  }

  private static Kind wider(Number x, Number y) {
    Kind left = kind(x);
    Kind right = kind(y);
    return left.compareTo(right) >= 0 ? left : right;
  }

  /// The value as a number; ClassCastException when it is none.
  public static Number number(@Nullable Object value) {
    if (value instanceof Number number) {
      return number;
    }
    throw new ClassCastException(
        (value == null ? "nil" : "a " + value.getClass().getSimpleName()) + " is not a number");
  }

  private static boolean isBig(Number number) {
    return number instanceof BigInteger || number instanceof BigInt;
  }

  static BigInteger big(Number number) {
    return switch (number) {
      case BigInteger big -> big;
      case BigInt big -> big.toBigInteger();
      default -> BigInteger.valueOf(number.longValue());
    };
  }

  static BigDecimal decimal(Number number) {
    return switch (number) {
      case BigDecimal decimal -> decimal;
      case Double d -> BigDecimal.valueOf(d);
      case Float f -> BigDecimal.valueOf(f);
      case Ratio ratio -> ratio.decimalValue(MathContext.DECIMAL128);
      default -> new BigDecimal(big(number));
    };
  }

  /// Numerically, across kinds.
  public static int compare(Number x, Number y) {
    if (x instanceof Long left && y instanceof Long right) {
      return Long.compare(left, right);
    }
    if (wider(x, y) == Kind.FLOATING) {
      double left = x.doubleValue();
      double right = y.doubleValue();
      return left == right ? 0 : Double.compare(left, right);
    }
    return wider(x, y) == Kind.DECIMAL
        ? decimal(x).compareTo(decimal(y))
        : big(x).compareTo(big(y));
  }

  /// `==`: of one magnitude, across kinds; NaN is like nothing.
  static boolean same(Number x, Number y) {
    return wider(x, y) == Kind.FLOATING ? x.doubleValue() == y.doubleValue() : compare(x, y) == 0;
  }

  public static Number add(Number x, Number y) {
    return apply(Operation.ADD, x, y, false);
  }

  public static Number subtract(Number x, Number y) {
    return apply(Operation.SUBTRACT, x, y, false);
  }

  public static Number multiply(Number x, Number y) {
    return apply(Operation.MULTIPLY, x, y, false);
  }

  /// @param promotes whether a result beyond 64 bits becomes big instead of failing
  static Number apply(Operation operation, Number x, Number y, boolean promotes) {
    return switch (wider(x, y)) {
      case FLOATING -> operation.apply(x.doubleValue(), y.doubleValue());
      case DECIMAL ->
        switch (operation) {
          case ADD -> decimal(x).add(decimal(y));
          case SUBTRACT -> decimal(x).subtract(decimal(y));
          case MULTIPLY -> decimal(x).multiply(decimal(y));
        };
      case INTEGER -> integers(operation, x, y, promotes);
    };
  }

  private static Number integers(Operation operation, Number x, Number y, boolean promotes) {
    if (isBig(x) || isBig(y)) {
      return integers(operation, big(x), big(y));
    }
    if (promotes) {
      BigInteger result = integers(operation, big(x), big(y));
      return result.bitLength() < Long.SIZE ? (Number) result.longValue() : result;
    }
    return operation.apply(x.longValue(), y.longValue());
  }

  private static BigInteger integers(Operation operation, BigInteger x, BigInteger y) {
    return switch (operation) {
      case ADD -> x.add(y);
      case SUBTRACT -> x.subtract(y);
      case MULTIPLY -> x.multiply(y);
    };
  }

  /// `/` of queries: of integers the truncated quotient.
  public static Number divide(Number x, Number y) {
    return switch (wider(x, y)) {
      case FLOATING -> {
        checkDivisor(y.doubleValue() == 0 ? 0 : 1);
        yield x.doubleValue() / y.doubleValue();
      }
      case DECIMAL -> {
        checkDivisor(decimal(y).signum());
        yield exactQuotient(decimal(x), decimal(y));
      }
      case INTEGER -> quotient(x, y);
    };
  }

  private static BigDecimal exactQuotient(BigDecimal x, BigDecimal y) {
    try {
      return x.divide(y);
    } catch (ArithmeticException endless) {
      return x.divide(y, MathContext.DECIMAL128);
    }
  }

  /// `quot`: truncated towards zero.
  static Number quotient(Number x, Number y) {
    return switch (wider(x, y)) {
      case FLOATING -> {
        checkDivisor(y.doubleValue() == 0 ? 0 : 1);
        double quotient = x.doubleValue() / y.doubleValue();
        yield quotient < 0 ? Math.ceil(quotient) : Math.floor(quotient);
      }
      case DECIMAL -> {
        checkDivisor(decimal(y).signum());
        yield decimal(x).divide(decimal(y), 0, RoundingMode.DOWN);
      }
      case INTEGER -> {
        checkDivisor(big(y).signum());
        yield isBig(x) || isBig(y)
            ? big(x).divide(big(y))
            : (Number) Math.divideExact(x.longValue(), y.longValue());
      }
    };
  }

  /// `rem`: has the sign of the dividend.
  static Number remainder(Number x, Number y) {
    Number whole = multiply(quotient(x, y), y);
    return subtract(x, whole);
  }

  /// `mod`: has the sign of the divisor.
  static Number modulo(Number x, Number y) {
    Number remainder = remainder(x, y);
    boolean opposite =
        compare(remainder, 0L) != 0 && compare(remainder, 0L) > 0 != compare(y, 0L) > 0;
    return opposite ? add(remainder, y) : remainder;
  }

  private static void checkDivisor(int sign) {
    if (sign == 0) {
      throw new ArithmeticException("Divide by zero");
    }
  }
}
