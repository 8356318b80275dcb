package valence.engine.code;

import clojure.lang.Namespace;
import clojure.lang.Symbol;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.function.AppFunction;
import valence.engine.function.FunctionResolver;

/// The functions of a class path: public static methods of Java, `com.acme.Fns/f`, and functions of
/// Clojure namespaces, `my.ns/f`, which are loaded on demand.
///
/// What the JDK and Clojure have themselves is forbidden unless it is listed: a query's text may
/// come from anywhere, and `java.lang.System/exit` is a static method, too. Safe for many threads.
public final class ClassPathFunctions implements FunctionResolver {
  private static final List<String> SOURCES = List.of(".clj", ".cljc", "__init.class");

  private final ClassLoader code;
  private final AllowList allowed;
  private final Map<Symbol, AppFunction> found = new ConcurrentHashMap<>();

  /// @param code sees the class path
  public ClassPathFunctions(ClassLoader code, AllowList allowed) {
    this.code = code;
    this.allowed = allowed;
  }

  @Override
  public AppFunction resolve(Symbol name, Use use) {
    AppFunction known = found.get(name);
    if (known != null) {
      return known;
    }
    if (name.getNamespace() == null || !allowed.allows(name)) {
      throw forbidden(name);
    }
    AppFunction function = find(name, use);
    found.putIfAbsent(name, function);
    return function;
  }

  private AppFunction find(Symbol name, Use use) {
    if (EntryPoint.exists(code, name)) {
      return EntryPoint.find(code, name)::answer;
    }
    String path = name.getNamespace().replace('.', '/');
    boolean source = SOURCES.stream().anyMatch(end -> isThere(path.replace('-', '_') + end));
    // A namespace without source was made by the running program. To ask for it starts nothing.
    if (source || Namespace.find(Symbol.intern(name.getNamespace())) != null) {
      return ClojureFunction.find(code, name, source).orElseThrow(() -> unresolved(name, use));
    }
    throw isThere(path + ".class")
        ? unresolved(name, use)
        : missing(use, "Unable to load namespace for " + Names.text(name) + ".");
  }

  /// Whether the class path has a file; found without running any code.
  private boolean isThere(String path) {
    return code.getResource(path) != null;
  }

  private static AnomalyException unresolved(Symbol name, Use use) {
    return missing(use, "Unable to resolve '" + Names.text(name) + "'.");
  }

  private static AnomalyException missing(Use use, String what) {
    // What a pull may not call and what isn't there are one to the reference.
    return Anomaly.of(
            use == Use.XFORM ? Anomaly.Category.FORBIDDEN : Anomaly.Category.NOT_FOUND,
            what,
            "Expected a public static method, package.Class/method, or a function, namespace/name.",
            "Check its name, and that the code is on the class path.")
        .toException();
  }

  private static AnomalyException forbidden(Symbol name) {
    return Anomaly.of(
            Anomaly.Category.FORBIDDEN,
            "'" + Names.text(name) + "' is not allowed.",
            name.getNamespace() == null
                ? "A function is named by a qualified symbol, such as my.app/" + name.getName()
                    + "."
                : "The client was made without it in its :functions.",
            "List " + Names.text(name) + ", or all of its namespace with *, under :functions of the"
                + " client map.")
        .toException();
  }
}
