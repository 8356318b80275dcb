package valence.engine.code;

import static java.util.Objects.requireNonNull;

import clojure.lang.IDeref;
import clojure.lang.IExceptionInfo;
import clojure.lang.IFn;
import clojure.lang.Keyword;
import clojure.lang.PersistentVector;
import clojure.lang.Symbol;
import java.io.FileNotFoundException;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import valence.edn.Edn;

/// The Clojure that a class loader has, which may be another than ours: it is known here by the
/// names of its functions alone, and spoken to through `IFn`. Safe for many threads.
///
/// Classes of Clojure that hold state are never named here, since to this class they would be its
/// own loader's.
public final class ClojureRuntime {
  private static final List<String> SOURCES = List.of("__init.class", ".clj", ".cljc");
  private static final Keyword SOURCE = Keyword.intern("clojure.error", "source");
  private static final Keyword LINE = Keyword.intern("clojure.error", "line");
  private static final Keyword COLUMN = Keyword.intern("clojure.error", "column");
  private static final Keyword ARGUMENTS = Keyword.intern("arglists");
  private static final Keyword MACRO = Keyword.intern("macro");

  private final ClassLoader code;
  private final Class<?> api;

  private ClojureRuntime(ClassLoader code, Class<?> api) {
    this.code = code;
    this.api = api;
  }

  /// The runtime of a loader; starts it, which takes most of a second, unless it runs.
  public static ClojureRuntime of(ClassLoader code) {
    return within(code, () -> {
      try {
        var api = Class.forName("clojure.java.api.Clojure", true, code);
        return new ClojureRuntime(code, api);
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException("a loader without Clojure: " + code.getName(), e);
      }
    });
  }

  /// Whether a loader has a namespace; found without running any code.
  static boolean hasNamespace(ClassLoader code, String namespace) {
    String path = namespace.replace('.', '/').replace('-', '_');
    return SOURCES.stream().anyMatch(end -> code.getResource(path + end) != null);
  }

  /// A var as the function that it holds when it is called.
  public IFn var(String namespace, String name) {
    try {
      return (IFn) api.getMethod("var", Object.class, Object.class).invoke(null, namespace, name);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Clojure has an api", e);
    }
  }

  /// The function of a name, whose namespace is loaded unless it is; empty when the namespace has
  /// none. `incorrect` with the place and the cause when it doesn't load.
  Optional<IFn> load(Symbol name) {
    return within(code, () -> {
      require(name);
      return function(name);
    });
  }

  /// The names of all public functions of a namespace, in their order; loads it as [#load] does.
  List<Symbol> loadAll(Symbol wildcard) {
    return within(code, () -> {
      require(wildcard);
      return publics(Symbol.intern(wildcard.getNamespace()));
    });
  }

  /// @param wanted the function for which its namespace is loaded
  private void require(Symbol wanted) {
    Symbol namespace = Symbol.intern(wanted.getNamespace());
    try {
      core("serialized-require").invoke(namespace);
    } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
      throw EntryPoint.unusable(wanted, failure(namespace, e), e);
    }
  }

  /// The function of a loaded namespace, by its var.
  Optional<IFn> function(Symbol name) {
    Object namespace = core("find-ns").invoke(Symbol.intern(name.getNamespace()));
    if (namespace == null) {
      return Optional.empty();
    }
    Object interned = core("ns-interns").invoke(namespace);
    return interned instanceof Map<?, ?> vars
            && vars.get(Symbol.intern(name.getName())) instanceof IFn var
            && isFunction(var)
        ? Optional.of(var)
        : Optional.empty();
  }

  private List<Symbol> publics(Symbol namespace) {
    List<Symbol> names = new ArrayList<>();
    if (core("ns-publics").invoke(namespace) instanceof Map<?, ?> vars) {
      vars.forEach((name, var) -> {
        if (name instanceof Symbol symbol && var instanceof IFn function && isFunction(function)) {
          names.add(Symbol.intern(namespace.getName(), symbol.getName()));
        }
      });
    }
    names.sort((one, other) -> one.getName().compareTo(other.getName()));
    return names;
  }

  /// What arguments a function takes, for people, such as `[db sku] or [db sku & more]`.
  String arities(IFn var) {
    String text = argumentLists(var).stream().map(Edn::print).collect(Collectors.joining(" or "));
    return text.isEmpty() ? "another number" : text;
  }

  /// The argument lists that a function was defined with; none when it doesn't say.
  List<List<?>> argumentLists(IFn var) {
    List<List<?>> all = new ArrayList<>();
    if (core("meta").invoke(var) instanceof Map<?, ?> meta
        && meta.get(ARGUMENTS) instanceof Iterable<?> lists) {
      for (Object list : lists) {
        if (list instanceof List<?> arguments) {
          all.add(arguments);
        }
      }
    }
    return all;
  }

  private boolean isFunction(IFn var) {
    boolean macro =
        core("meta").invoke(var) instanceof Map<?, ?> meta && Boolean.TRUE.equals(meta.get(MACRO));
    return !macro
        && Boolean.TRUE.equals(core("bound?").invoke(var))
        && var instanceof IDeref holder
        && holder.deref() instanceof IFn;
  }

  /// Whether it is far enough in its start to print.
  public boolean prints() {
    return core("print-initialized") instanceof IDeref initialized
        && Boolean.TRUE.equals(initialized.deref());
  }

  /// `clojure.core/pr-on`, by which data prints itself.
  public IFn printing() {
    return core("pr-on");
  }

  /// The dynamic bindings that the calling thread is within, for [#forgetBindings].
  static Object bindings(ClassLoader code) {
    return frames(code).get();
  }

  /// Lets the calling thread forget its dynamic bindings, by which it would hold this runtime for
  /// as long as it lives; but those that it was within before, which are its caller's: a test in
  /// the same runtime, say.
  static void forgetBindings(ClassLoader code, Object before) {
    if (EntryPoint.running().isPresent()) {
      return; // on behalf of a call, which ends later
    }
    ThreadLocal<Object> frames = frames(code);
    if (isWithin(before)) {
      frames.set(before);
    } else {
      frames.remove();
    }
  }

  @SuppressWarnings("unchecked") // of the frames of this runtime, a class of its own
  private static ThreadLocal<Object> frames(ClassLoader code) {
    try {
      Field bindings = Class.forName("clojure.lang.Var", false, code).getDeclaredField("dvals");
      bindings.setAccessible(true);
      return (ThreadLocal<Object>) requireNonNull(bindings.get(null));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Clojure keeps bindings in Var.dvals", e);
    }
  }

  /// Whether a frame of bindings is another than the outermost, which binds nothing.
  private static boolean isWithin(Object frame) {
    try {
      Field outer = frame.getClass().getDeclaredField("prev");
      outer.setAccessible(true);
      return outer.get(frame) != null;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Clojure keeps the outer bindings in Frame.prev", e);
    }
  }

  /// Ends the threads that the runtime and its namespaces keep for work to come: of agents and
  /// futures, of executors that a var holds, and of core.async. What runs on them is interrupted.
  public void stop() {
    Object before = bindings(code);
    try {
      endThreads();
    } finally {
      forgetBindings(code, before);
    }
  }

  private void endThreads() {
    for (String pool : List.of("pooledExecutor", "soloExecutor")) {
      try {
        end(Class.forName("clojure.lang.Agent", true, code).getField(pool).get(null));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("Clojure keeps its threads in Agent." + pool, e);
      }
    }
    if (core("all-ns").invoke() instanceof Iterable<?> namespaces) {
      for (Object namespace : namespaces) {
        if (core("ns-interns").invoke(namespace) instanceof Map<?, ?> vars) {
          vars.values().forEach(this::endHeld);
        }
      }
    }
  }

  private void endHeld(@Nullable Object var) {
    if (!(var instanceof IDeref holder)) {
      return;
    }
    Object held = holder.deref();
    end(held);
    // core.async's pool of go blocks is a closure over an executor, in a delay.
    if (held instanceof IDeref delay
        && held.getClass().getName().equals("clojure.lang.Delay")
        && Boolean.TRUE.equals(core("realized?").invoke(held))) {
      endClosedOver(delay.deref());
    } else {
      endClosedOver(held);
    }
  }

  private static void endClosedOver(@Nullable Object closure) {
    if (closure == null || !closure.getClass().getName().contains(".async.impl.")) {
      return;
    }
    for (Field field : closure.getClass().getDeclaredFields()) {
      try {
        if (field.trySetAccessible()) {
          end(field.get(closure));
        }
      } catch (IllegalAccessException e) {
        throw new IllegalStateException("a field that is accessible", e);
      }
    }
  }

  private static void end(@Nullable Object held) {
    if (held instanceof ExecutorService executor) {
      executor.shutdownNow();
    }
  }

  private IFn core(String name) {
    return var("clojure.core", name);
  }

  /// Calls a function with the arguments, in order.
  static @Nullable Object apply(IFn function, @Nullable Object[] args) {
    return switch (args.length) {
      case 0 -> function.invoke();
      case 1 -> function.invoke(args[0]);
      case 2 -> function.invoke(args[0], args[1]);
      case 3 -> function.invoke(args[0], args[1], args[2]);
      default -> function.applyTo(PersistentVector.create(args).seq());
    };
  }

  /// Why a namespace doesn't load: the innermost place that Clojure names, and the innermost cause.
  private static String failure(Symbol namespace, Throwable thrown) {
    String place = "";
    Throwable cause = thrown;
    for (Throwable e = thrown; e != null; e = e.getCause()) {
      if (e instanceof IExceptionInfo info
          && info.getData() instanceof Map<?, ?> data
          && data.get(SOURCE) instanceof String source) {
        place = source + at(data.get(LINE)) + at(data.get(COLUMN)) + ": ";
      }
      cause = e;
    }
    String message = cause.getMessage() == null || !(cause instanceof Exception)
        ? String.valueOf(cause)
        : cause.getMessage();
    if (cause instanceof FileNotFoundException || cause instanceof RuntimeException) {
      message = message.replaceAll("[.\\s]+$", "");
    }
    return "Namespace " + namespace.getName() + " doesn't load: " + place + message + ".";
  }

  private static String at(@Nullable Object number) {
    return number == null ? "" : ":" + number;
  }

  private interface Action<T extends @Nullable Object> {
    T run();
  }

  private static <T extends @Nullable Object> T within(ClassLoader code, Action<T> action) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(code);
    Object bindings = bindings(code);
    try {
      return action.run();
    } finally {
      thread.setContextClassLoader(before);
      forgetBindings(code, bindings);
    }
  }
}
