package valence.engine.function;

import clojure.lang.Symbol;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The curated set: pure functions of `clojure.core` (unqualified or qualified), `clojure.string`
/// and `clojure.set` (qualified), which any query may call, with the meaning they have there. `/`
/// is the one of queries: the quotient of two integers is an integer.
public final class CoreFunctions {
  private static final Map<String, CoreFunction> FUNCTIONS;

  static {
    Registry registry = new Registry();
    NumberFunctions.addTo(registry);
    TextFunctions.addTo(registry);
    CollectionFunctions.addTo(registry);
    MapFunctions.addTo(registry);
    SequenceFunctions.addTo(registry);
    CallFunctions.addTo(registry);
    FUNCTIONS = registry.functions();
  }

  private CoreFunctions() {}

  /// The function of that name; null when the set has none.
  public static @Nullable CoreFunction find(Symbol name) {
    String namespace = name.getNamespace();
    return FUNCTIONS.get(
        namespace == null || namespace.equals("clojure.core")
            ? name.getName()
            : namespace + "/" + name.getName());
  }
}
