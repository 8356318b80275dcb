package valence.engine.function;

import clojure.lang.BigInt;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiPredicate;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;
import valence.edn.Edn;
import valence.engine.function.Arithmetic.Operation;

/// Numbers and comparisons.
final class NumberFunctions {
  private NumberFunctions() {}

  static void addTo(Registry to) {
    arithmetic(to);
    comparisons(to);
    conversions(to);
    tests(to);
    bits(to);
    to.add("rand", 0, 1, NumberFunctions::random);
    to.add(
        "rand-int",
        1,
        args -> ThreadLocalRandom.current().nextLong(Arithmetic.number(args[0]).longValue()));
    to.add("rand-nth", 1, args -> {
      List<@Nullable Object> elements = Sequences.elements(args[0]);
      return elements.get(ThreadLocalRandom.current().nextInt(elements.size()));
    });
  }

  private static void arithmetic(Registry to) {
    to.add("+", 0, Registry.ANY, args -> fold(args, 0L, Arithmetic::add));
    to.add("*", 0, Registry.ANY, args -> fold(args, 1L, Arithmetic::multiply));
    to.add("+'", 0, Registry.ANY, args -> fold(args, 0L, promoting(Operation.ADD)));
    to.add("*'", 0, Registry.ANY, args -> fold(args, 1L, promoting(Operation.MULTIPLY)));
    to.add("-", 1, Registry.ANY, args -> reduce(args, 0L, Arithmetic::subtract));
    to.add("-'", 1, Registry.ANY, args -> reduce(args, 0L, promoting(Operation.SUBTRACT)));
    to.add("/", 1, Registry.ANY, args -> reduce(args, 1L, Arithmetic::divide));
    binary(to, "quot", Arithmetic::quotient);
    binary(to, "rem", Arithmetic::remainder);
    binary(to, "mod", Arithmetic::modulo);
    to.add("inc", 1, args -> Arithmetic.add(Arithmetic.number(args[0]), 1L));
    to.add("dec", 1, args -> Arithmetic.subtract(Arithmetic.number(args[0]), 1L));
    to.add("inc'", 1, args -> promoting(Operation.ADD).apply(Arithmetic.number(args[0]), 1L));
    to.add("dec'", 1, args -> promoting(Operation.SUBTRACT).apply(Arithmetic.number(args[0]), 1L));
    to.add("abs", 1, args -> {
      Number number = Arithmetic.number(args[0]);
      return Arithmetic.compare(number, 0L) < 0 ? Arithmetic.subtract(0L, number) : number;
    });
    to.add("max", 1, Registry.ANY, args -> extreme(args, 1));
    to.add("min", 1, Registry.ANY, args -> extreme(args, -1));
  }

  private static BinaryOperator<Number> promoting(Operation operation) {
    return (x, y) -> Arithmetic.apply(operation, x, y, true);
  }

  private static void binary(Registry to, String name, BinaryOperator<Number> operator) {
    to.add(name, 2, args -> operator.apply(Arithmetic.number(args[0]), Arithmetic.number(args[1])));
  }

  private static Number fold(
      @Nullable Object[] args, Number start, BinaryOperator<Number> operator) {
    if (args.length == 0) {
      return start;
    }
    Number result = Arithmetic.number(args[0]);
    for (int i = 1; i < args.length; i++) {
      result = operator.apply(result, Arithmetic.number(args[i]));
    }
    return result;
  }

  /// As [#fold], except that a single argument is the right one of the neutral element.
  private static Number reduce(
      @Nullable Object[] args, Number neutral, BinaryOperator<Number> operator) {
    return args.length == 1
        ? operator.apply(neutral, Arithmetic.number(args[0]))
        : fold(args, neutral, operator);
  }

  private static Number extreme(@Nullable Object[] args, int sign) {
    Number result = Arithmetic.number(args[0]);
    for (int i = 1; i < args.length; i++) {
      Number other = Arithmetic.number(args[i]);
      boolean undefined = Double.isNaN(result.doubleValue());
      // As in Clojure, the later of two that are equal.
      if (!undefined
          && (Double.isNaN(other.doubleValue()) || Arithmetic.compare(other, result) * sign >= 0)) {
        result = other;
      }
    }
    return result;
  }

  private static void comparisons(Registry to) {
    to.add("<", 2, args -> Comparison.compare(args[0], args[1]) < 0);
    to.add("<=", 2, args -> Comparison.compare(args[0], args[1]) <= 0);
    to.add(">", 2, args -> Comparison.compare(args[0], args[1]) > 0);
    to.add(">=", 2, args -> Comparison.compare(args[0], args[1]) >= 0);
    chain(to, "=", Equality::equal);
    chain(to, "==", (x, y) -> Arithmetic.same(Arithmetic.number(x), Arithmetic.number(y)));
    to.add("not=", 1, Registry.ANY, args -> !chained(args, Equality::equal));
    to.add("!=", 2, args -> !Equality.equal(args[0], args[1]));
    to.add("compare", 2, args -> (long) Comparison.compareAlike(args[0], args[1]));
    to.add("identical?", 2, args -> args[0] == args[1]);
    to.add("distinct?", 1, Registry.ANY, args -> {
      for (int i = 0; i < args.length; i++) {
        for (int j = 0; j < i; j++) {
          if (Equality.equal(args[i], args[j])) {
            return false;
          }
        }
      }
      return true;
    });
  }

  private static void chain(
      Registry to, String name, BiPredicate<@Nullable Object, @Nullable Object> holds) {
    to.add(name, 1, Registry.ANY, args -> chained(args, holds));
  }

  private static boolean chained(
      @Nullable Object[] args, BiPredicate<@Nullable Object, @Nullable Object> holds) {
    for (int i = 1; i < args.length; i++) {
      if (!holds.test(args[i - 1], args[i])) {
        return false;
      }
    }
    return true;
  }

  private static void conversions(Registry to) {
    to.add("long", 1, args -> args[0] instanceof Character c ? (long) c : exactLong(args[0]));
    to.add(
        "int",
        1,
        args ->
            args[0] instanceof Character c ? (long) c : (long) Math.toIntExact(exactLong(args[0])));
    to.add("double", 1, args -> Arithmetic.number(args[0]).doubleValue());
    to.add("float", 1, args -> Arithmetic.number(args[0]).floatValue());
    to.add("bigdec", 1, args -> Arithmetic.decimal(Arithmetic.number(args[0])));
    to.add(
        "bigint",
        1,
        args -> Arithmetic.kind(Arithmetic.number(args[0])) == Arithmetic.Kind.INTEGER
            ? Arithmetic.big(Arithmetic.number(args[0]))
            : Arithmetic.decimal(Arithmetic.number(args[0])).toBigInteger());
    to.add(
        "biginteger", 1, args -> Arithmetic.decimal(Arithmetic.number(args[0])).toBigInteger());
    to.add("byte", 1, args -> inRange(exactLong(args[0]), Byte.MIN_VALUE, Byte.MAX_VALUE));
    to.add("short", 1, args -> inRange(exactLong(args[0]), Short.MIN_VALUE, Short.MAX_VALUE));
    to.add("num", 1, args -> Arithmetic.number(args[0]));
    to.add("parse-long", 1, args -> parse(args[0], Long::valueOf));
    to.add("parse-double", 1, args -> parse(args[0], Double::valueOf));
  }

  private static long inRange(long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException("Value out of range: " + value);
    }
    return value;
  }

  private static long exactLong(@Nullable Object value) {
    Number number = Arithmetic.number(value);
    return switch (Arithmetic.kind(number)) {
      case INTEGER -> Arithmetic.big(number).longValueExact();
      case DECIMAL -> Arithmetic.decimal(number).toBigInteger().longValueExact();
      case FLOATING -> new BigDecimal(number.doubleValue()).toBigInteger().longValueExact();
    };
  }

  private static @Nullable Object parse(@Nullable Object text, Function<String, Object> parser) {
    try {
      return parser.apply((String) Objects.requireNonNull(text));
    } catch (NumberFormatException notANumber) {
      return null; // as these functions promise
    }
  }

  private static void tests(Registry to) {
    to.test("number?", value -> value instanceof Number);
    to.test("integer?", NumberFunctions::isInteger);
    to.test("int?", value -> isInteger(value) && !isBig(value));
    to.test("nat-int?", value -> isInteger(value) && !isBig(value) && sign(value) >= 0);
    to.test("pos-int?", value -> isInteger(value) && !isBig(value) && sign(value) > 0);
    to.test("neg-int?", value -> isInteger(value) && !isBig(value) && sign(value) < 0);
    to.test("rational?", value -> isInteger(value) || value instanceof BigDecimal);
    to.test("ratio?", value -> false);
    to.test("decimal?", value -> value instanceof BigDecimal);
    to.test("float?", value -> value instanceof Double || value instanceof Float);
    to.test("double?", value -> value instanceof Double);
    to.test("zero?", value -> sign(value) == 0);
    to.test("pos?", value -> sign(value) > 0);
    to.test("neg?", value -> sign(value) < 0);
    to.test("even?", value -> !odd(value));
    to.test("odd?", NumberFunctions::odd);
    to.test("NaN?", value -> Double.isNaN(Arithmetic.number(value).doubleValue()));
    to.test("infinite?", value -> Double.isInfinite(Arithmetic.number(value).doubleValue()));
  }

  private static boolean isInteger(@Nullable Object value) {
    return value instanceof Number number && Arithmetic.kind(number) == Arithmetic.Kind.INTEGER;
  }

  private static boolean isBig(@Nullable Object value) {
    return value instanceof BigInteger || value instanceof BigInt;
  }

  private static int sign(@Nullable Object value) {
    return Arithmetic.compare(Arithmetic.number(value), 0L);
  }

  private static boolean odd(@Nullable Object value) {
    if (!isInteger(value)) {
      throw new IllegalArgumentException("Argument must be an integer: " + Edn.printShort(value));
    }
    return Arithmetic.big(Arithmetic.number(value)).testBit(0);
  }

  private static void bits(Registry to) {
    bits(to, "bit-and", (x, y) -> x & y);
    bits(to, "bit-or", (x, y) -> x | y);
    bits(to, "bit-xor", (x, y) -> x ^ y);
    bits(to, "bit-shift-left", (x, y) -> x << y);
    bits(to, "bit-shift-right", (x, y) -> x >> y);
    bits(to, "unsigned-bit-shift-right", (x, y) -> x >>> y);
    bits(to, "bit-and-not", (x, y) -> x & ~y);
    to.add("bit-set", 2, args -> exactLong(args[0]) | 1L << exactLong(args[1]));
    to.add("bit-clear", 2, args -> exactLong(args[0]) & ~(1L << exactLong(args[1])));
    to.add("bit-flip", 2, args -> exactLong(args[0]) ^ 1L << exactLong(args[1]));
    to.add("bit-not", 1, args -> ~exactLong(args[0]));
    to.add("bit-test", 2, args -> (exactLong(args[0]) >> exactLong(args[1]) & 1) == 1);
  }

  private static void bits(Registry to, String name, LongBinaryOperator operator) {
    to.add(name, 2, name.contains("shift") ? 2 : Registry.ANY, args -> {
      long result = exactLong(args[0]);
      for (int i = 1; i < args.length; i++) {
        result = operator.applyAsLong(result, exactLong(args[i]));
      }
      return result;
    });
  }

  private static Object random(@Nullable Object... args) {
    double random = ThreadLocalRandom.current().nextDouble();
    return args.length == 0 ? random : random * Arithmetic.number(args[0]).doubleValue();
  }
}
