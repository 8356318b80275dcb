package valence.engine.function;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Collects functions by name and checks how many arguments they are called with.
final class Registry {
  static final int ANY = Integer.MAX_VALUE;

  private final Map<String, CoreFunction> functions = new HashMap<>();

  void add(String name, int argsMin, int argsMax, CoreFunction function) {
    CoreFunction checked = args -> {
      if (args.length < argsMin || args.length > argsMax) {
        throw new IllegalArgumentException(
            "Wrong number of args (" + args.length + ") passed to: " + name);
      }
      return function.call(args);
    };
    if (functions.put(name, checked) != null) {
      throw new IllegalStateException(name + " is defined twice");
    }
  }

  void add(String name, int args, CoreFunction function) {
    add(name, args, args, function);
  }

  /// A function of one argument that is true or false.
  void test(String name, Predicate<@Nullable Object> predicate) {
    add(name, 1, args -> predicate.test(args[0]));
  }

  Map<String, CoreFunction> functions() {
    return Map.copyOf(functions);
  }
}
