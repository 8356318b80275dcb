package valence.engine.code;

import clojure.lang.ArraySeq;
import clojure.lang.IFn;
import clojure.lang.Keyword;
import clojure.lang.Namespace;
import clojure.lang.RT;
import clojure.lang.Symbol;
import clojure.lang.Var;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.engine.function.AppFunction;

/// A function of a Clojure namespace. The var is asked at each call, so that a namespace that is
/// loaded again has effect at once.
///
/// This class starts clojure.core, so nobody touches it before there is such a namespace.
final class ClojureFunction implements AppFunction {
  private static final ReentrantLock LOADING = new ReentrantLock(); // require isn't for two threads

  private final Var function;

  private ClojureFunction(Var function) {
    this.function = function;
  }

  /// The function of a namespace; empty when it has none of the name.
  ///
  /// Fails with `not-found` when the namespace doesn't load.
  ///
  /// @param source whether the class path has the namespace, which is loaded unless it is
  static Optional<AppFunction> find(ClassLoader code, Symbol name, boolean source) {
    Symbol namespace = Symbol.intern(name.getNamespace());
    LOADING.lock();
    try {
      if (source && Namespace.find(namespace) == null) {
        load(code, namespace);
      }
    } finally {
      LOADING.unlock();
    }
    Namespace loaded = Namespace.find(namespace);
    Var found = loaded == null ? null : loaded.findInternedVar(Symbol.intern(name.getName()));
    return found != null && found.isBound() && !found.isMacro() && found.deref() instanceof IFn
        ? Optional.of(new ClojureFunction(found))
        : Optional.empty();
  }

  private static void load(ClassLoader code, Symbol namespace) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(code);
    try {
      // Of one that failed to load, Clojure keeps that it was loaded.
      RT.var("clojure.core", "require").invoke(namespace, Keyword.intern("reload"));
    } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              "Unable to load namespace for " + Names.text(namespace) + ": " + cause.getMessage()
                  + ".",
              "Expected a Clojure namespace of the class path that compiles.",
              "Mend its source.")
          .toException(e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Override
  public @Nullable Object invoke(@Nullable Object... args) throws Exception {
    return function.applyTo(ArraySeq.create(args));
  }
}
