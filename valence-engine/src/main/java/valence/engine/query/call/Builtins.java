package valence.engine.query.call;

import clojure.lang.Symbol;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;
import valence.edn.Persistent;
import valence.engine.function.Invocable;

/// The functions that queries have beside the curated core functions, by unqualified name.
public final class Builtins {
  private static final Map<String, Invocable> FUNCTIONS = Map.of(
      "ground",
      args -> one("ground", args),
      "instance?",
      Builtins::isInstance,
      "tuple",
      Persistent::vector,
      "untuple",
      args -> one("untuple", args));

  private Builtins() {}

  /// The function of that name; null when queries define none.
  public static @Nullable Invocable find(Symbol name) {
    return name.getNamespace() == null ? FUNCTIONS.get(name.getName()) : null;
  }

  /// Whether a call can't fail, so that it may see rows which other clauses would have rejected.
  public static boolean isTotal(Symbol name, int argCount) {
    return name.getNamespace() == null
        && switch (name.getName()) {
          case "<", "<=", ">", ">=", "!=" -> argCount == 2;
          case "=", "not=" -> argCount > 0;
          case "identity", "ground" -> argCount == 1;
          case "tuple" -> true;
          default -> false;
        };
  }

  private static @Nullable Object one(String name, @Nullable Object[] args) {
    Arity.check(name, args.length, args.length == 1);
    return args[0];
  }

  private static Object isInstance(@Nullable Object... args) {
    Arity.check("instance?", args.length, args.length == 2);
    return Members.isInstance(args[0], args[1]);
  }

  /// The elements of a collection, array or map; null when the value has none.
  public static @Nullable Iterable<?> elements(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> map -> map.entrySet();
      case Collection<?> collection -> Arrays.asList(Persistent.items(collection));
      case Iterable<?> iterable -> iterable;
      case Object[] array -> Arrays.asList(array);
      case null, default -> null;
    };
  }

  /// The elements by position; null when the value has none.
  public static @Nullable List<?> positions(@Nullable Object value) {
    return switch (value) {
      case List<?> list ->
        list instanceof RandomAccess ? list : Arrays.asList(Persistent.items(list));
      case Map.Entry<?, ?> entry -> Arrays.asList(entry.getKey(), entry.getValue());
      case Object[] array -> Arrays.asList(array);
      case null, default -> null;
    };
  }
}
