package valence.engine.query.exec;

import clojure.lang.Symbol;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.function.AppFunction;
import valence.engine.function.CoreFunction;
import valence.engine.function.CoreFunctions;
import valence.engine.function.FunctionResolver;
import valence.engine.function.Invocable;
import valence.engine.query.call.Builtins;
import valence.engine.query.call.Members;
import valence.engine.query.syntax.Forms;

/// Finds what a name in the place of a function means: a function of queries, of a database, of the
/// curated core, a member of a Java class, or a function of the application; nothing else.
public final class Functions {
  private static final Set<String> RANDOM =
      Set.of("rand", "rand-int", "rand-nth", "random-uuid", "shuffle");

  private final FunctionResolver application;
  private final NestedQuery nested;
  private final Budget budget;

  public Functions(FunctionResolver application, NestedQuery nested, Budget budget) {
    this.application = application;
    this.nested = nested;
    this.budget = budget;
  }

  /// The function; fails with `incorrect`, `not-found` or `forbidden`.
  public Invocable find(Symbol name) {
    Invocable known = known(name);
    if (known != null) {
      return known;
    }
    if (name.getNamespace() == null) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "No function is called '" + name.getName() + "'.",
              "Unqualified names are functions of queries and of clojure.core, as far as they are"
                  + " offered here.",
              "Call functions of your own by namespace/name.")
          .toException();
    }
    AppFunction function = application.resolve(name, FunctionResolver.Use.QUERY);
    return function::invoke;
  }

  /// The function that Valence itself has under the name; null when it has none.
  public @Nullable Invocable known(Symbol name) {
    Invocable builtin = Builtins.find(name);
    if (builtin == null) {
      builtin = DatabaseFunctions.find(name);
    }
    if (builtin != null) {
      return builtin;
    }
    if (name.getNamespace() == null && name.getName().equals("q")) {
      return this::query;
    }
    CoreFunction core = CoreFunctions.find(name);
    return core != null ? core : member(name);
  }

  /// Whether a name means the same function in every run of every query.
  static boolean isFixed(Symbol name) {
    return Builtins.find(name) != null
        || DatabaseFunctions.find(name) != null
        || !(name.getNamespace() == null && name.getName().equals("q"))
            && (CoreFunctions.find(name) != null || member(name) != null);
  }

  /// Whether equal arguments have equal results, however often a function is called. Nobody knows
  /// that of the application's.
  static boolean isRepeatable(Symbol name) {
    return !RANDOM.contains(name.getName())
        && (Builtins.find(name) != null
            || CoreFunctions.find(name) != null
            || name.getNamespace() == null && name.getName().startsWith("."));
  }

  private static @Nullable Invocable member(Symbol symbol) {
    String name = symbol.getName();
    String namespace = symbol.getNamespace();
    if (namespace != null) {
      return Members.staticMethod(namespace.equals("clojure.math") ? "Math" : namespace, name);
    }
    if (name.length() > 1 && name.startsWith(".")) {
      return Members.method(name.substring(1));
    }
    return name.length() > 1 && name.endsWith(".")
        ? Members.constructor(name.substring(0, name.length() - 1))
        : null;
  }

  private @Nullable Object query(@Nullable Object[] args) {
    if (args.length == 0 || args[0] == null) {
      throw new IllegalArgumentException("q takes a quoted query and its inputs");
    }
    List<@Nullable Object> inputs = Arrays.asList(args).subList(1, args.length);
    return nested.run(args[0], inputs, budget);
  }

  /// Calls a function for a clause; what it throws becomes an `incorrect` anomaly that shows the
  /// clause.
  public static @Nullable Object call(Invocable function, @Nullable Object[] args, Object clause) {
    try {
      return Values.normalize(function.call(args));
    } catch (AnomalyException anomaly) {
      throw anomaly;
    } catch (Exception | StackOverflowError thrown) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "processing clause: " + Forms.show(clause) + ", message: " + reason(thrown))
          .toException(thrown);
    }
  }

  private static String reason(Throwable thrown) {
    return thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
  }
}
