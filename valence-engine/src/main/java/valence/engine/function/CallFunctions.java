package valence.engine.function;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Functions that call functions or make them, and what Clojure has as macros where all arguments
/// may as well be evaluated.
final class CallFunctions {
  private CallFunctions() {}

  static void addTo(Registry to) {
    calls(to);
    folds(to);
    makers(to);
    connectives(to);
  }

  private static List<@Nullable Object> elements(@Nullable Object value) {
    return Sequences.elements(value);
  }

  private static void calls(Registry to) {
    to.add("apply", 2, Registry.ANY, args -> {
      List<@Nullable Object> all = new ArrayList<>(Arrays.asList(args).subList(1, args.length - 1));
      all.addAll(elements(args[args.length - 1]));
      return Invocation.call(args[0], all.toArray());
    });
    to.add("max-key", 2, Registry.ANY, args -> extreme(args, 1));
    to.add("min-key", 2, Registry.ANY, args -> extreme(args, -1));
  }

  private static @Nullable Object extreme(@Nullable Object[] args, int sign) {
    Object best = args[1];
    Number key = Arithmetic.number(Invocation.call(args[0], best));
    for (int i = 2; i < args.length; i++) {
      Number other = Arithmetic.number(Invocation.call(args[0], args[i]));
      if (Arithmetic.compare(other, key) * sign >= 0) {
        best = args[i];
        key = other;
      }
    }
    return best;
  }

  private static void folds(Registry to) {
    to.add("reduce", 2, 3, args -> {
      List<@Nullable Object> elements = elements(args[args.length - 1]);
      if (args.length == 2 && elements.isEmpty()) {
        return Invocation.call(args[0]);
      }
      Object result = args.length == 3 ? args[1] : elements.get(0);
      for (Object element : elements.subList(args.length == 3 ? 0 : 1, elements.size())) {
        result = Invocation.call(args[0], result, element);
      }
      return result;
    });
    to.add("reductions", 2, 3, args -> {
      List<@Nullable Object> elements = elements(args[args.length - 1]);
      List<@Nullable Object> results = new ArrayList<>();
      if (args.length == 3 || elements.isEmpty()) {
        results.add(args.length == 3 ? args[1] : Invocation.call(args[0]));
      }
      for (Object element : elements) {
        results.add(
            results.isEmpty() ? element : Invocation.call(args[0], results.getLast(), element));
      }
      return Sequences.list(results);
    });
    to.add("reduce-kv", 3, args -> {
      Object result = args[1];
      for (Object entry : elements(args[2])) {
        List<@Nullable Object> pair = elements(entry);
        result = Invocation.call(args[0], result, pair.get(0), pair.get(1));
      }
      return result;
    });
  }

  private static Object function(CoreFunction function) {
    return function;
  }

  private static void makers(Registry to) {
    to.add("constantly", 1, args -> function(ignored -> args[0]));
    to.add(
        "complement",
        1,
        args -> function(inner -> !Invocation.truthy(Invocation.call(args[0], inner))));
    to.add(
        "partial",
        1,
        Registry.ANY,
        args -> function(inner -> {
          List<@Nullable Object> all = new ArrayList<>(Arrays.asList(args).subList(1, args.length));
          all.addAll(Arrays.asList(inner));
          return Invocation.call(args[0], all.toArray());
        }));
    to.add(
        "comp",
        0,
        Registry.ANY,
        args -> function(inner -> {
          Object result =
              args.length == 0 ? inner[0] : Invocation.call(args[args.length - 1], inner);
          for (int i = args.length - 2; i >= 0; i--) {
            result = Invocation.call(args[i], result);
          }
          return result;
        }));
    to.add(
        "juxt",
        1,
        Registry.ANY,
        args -> function(inner -> {
          List<@Nullable Object> results = new ArrayList<>();
          for (Object each : args) {
            results.add(Invocation.call(each, inner));
          }
          return Sequences.vector(results);
        }));
    to.add(
        "fnil",
        2,
        args -> function(inner -> {
          @Nullable Object[] filled = inner.clone();
          if (filled.length > 0 && filled[0] == null) {
            filled[0] = args[1];
          }
          return Invocation.call(args[0], filled);
        }));
    to.add(
        "every-pred",
        1,
        Registry.ANY,
        args -> function(inner -> Arrays.stream(args)
            .allMatch(predicate -> Arrays.stream(inner)
                .allMatch(each -> Invocation.truthy(Invocation.call(predicate, each))))));
    to.add(
        "some-fn",
        1,
        Registry.ANY,
        args -> function(inner -> {
          Object result = null;
          for (Object predicate : args) {
            for (Object each : inner) {
              result = Invocation.call(predicate, each);
              if (Invocation.truthy(result)) {
                return result;
              }
            }
          }
          return result;
        }));
  }

  private static void connectives(Registry to) {
    to.add("and", 0, Registry.ANY, args -> {
      Object last = true;
      for (Object arg : args) {
        last = arg;
        if (!Invocation.truthy(arg)) {
          break;
        }
      }
      return last;
    });
    to.add("or", 0, Registry.ANY, args -> {
      Object last = null;
      for (Object arg : args) {
        last = arg;
        if (Invocation.truthy(arg)) {
          break;
        }
      }
      return last;
    });
    to.add(
        "if",
        2,
        3,
        args -> Invocation.truthy(args[0]) ? args[1] : args.length == 3 ? args[2] : null);
  }
}
