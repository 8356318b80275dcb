package valence.engine.function;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Calls of what may stand in call position: functions, and the keywords, maps, sets and vectors
/// that act as functions.
public final class Invocation {
  /// The order of `sort` and `sort-by` when none is given.
  static final Comparator<@Nullable Object> NATURAL_ORDER = Comparison::compareAlike;

  private Invocation() {}

  /// Calls a value; a symbol stands for the core function of that name.
  public static @Nullable Object call(@Nullable Object function, @Nullable Object... args) {
    CallLimit.tick();
    return switch (function) {
      case CoreFunction core -> core.call(args);
      case Symbol name -> {
        CoreFunction core = CoreFunctions.find(name);
        if (core == null) {
          throw new IllegalArgumentException("Unable to resolve symbol: " + name);
        }
        yield core.call(args);
      }
      case Keyword key -> {
        arity(key, args, 1, 2);
        yield Sequences.lookup(args[0], key, args.length == 2 ? args[1] : null);
      }
      case Map<?, ?> map -> {
        arity("a map", args, 1, 2);
        yield Sequences.lookup(map, args[0], args.length == 2 ? args[1] : null);
      }
      case Set<?> set -> {
        arity("a set", args, 1, 2);
        yield Sequences.lookup(set, args[0], args.length == 2 ? args[1] : null);
      }
      case List<?> list -> {
        arity("a vector", args, 1, 1);
        yield Sequences.elements(list).get(Arithmetic.number(args[0]).intValue());
      }
      case null, default ->
        throw new ClassCastException(
            (function == null ? "nil" : function.getClass().getName()) + " can't be called");
    };
  }

  /// The order that a function makes: a predicate says whether one comes before the other, another
  /// function gives a number below, at or above zero.
  static Comparator<@Nullable Object> order(@Nullable Object function) {
    return (x, y) -> {
      Object result = call(function, x, y);
      if (result instanceof Number number) {
        return Integer.signum(Arithmetic.compare(number, 0L));
      }
      return truthy(result) ? -1 : truthy(call(function, y, x)) ? 1 : 0;
    };
  }

  private static void arity(Object what, @Nullable Object[] args, int min, int max) {
    if (args.length < min || args.length > max) {
      throw new IllegalArgumentException(
          "Wrong number of args (" + args.length + ") passed to: " + what);
    }
  }

  /// Whether a result counts as true: neither nil nor false.
  public static boolean truthy(@Nullable Object value) {
    return value != null && !Boolean.FALSE.equals(value);
  }
}
