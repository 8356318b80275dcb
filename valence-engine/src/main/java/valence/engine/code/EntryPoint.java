package valence.engine.code;

import clojure.lang.ArityException;
import clojure.lang.IDeref;
import clojure.lang.IFn;
import clojure.lang.Symbol;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// A function of an application that may be called from outside, found by its qualified symbol: a
/// public static method, `package.Class/method`, or a function of a Clojure namespace,
/// `my.ns/f`. Safe for many threads.
public final class EntryPoint {
  private static final ScopedValue<Symbol> RUNNING = ScopedValue.newInstance();

  private final Symbol name;
  private final ClassLoader code;
  private final Callee callee;

  private EntryPoint(Symbol name, ClassLoader code, Callee callee) {
    this.name = name;
    this.code = code;
    this.callee = callee;
  }

  /// What a name stands for.
  private sealed interface Callee {}

  /// @param overloads never empty, the most specific first
  private record Methods(List<Arguments> overloads) implements Callee {
    static Methods of(List<Method> methods) {
      List<Arguments> overloads = methods.stream().map(Arguments::of).toList();
      return new Methods(overloads.stream()
          .sorted(Comparator.comparingLong(
              one -> -overloads.stream().filter(one::isMoreSpecificThan).count()))
          .toList());
    }
  }

  /// The var is asked at each call, so that a function defined anew has effect at once.
  private record ClojureVar(ClojureRuntime runtime, IFn var) implements Callee {
    /// Whether an exception is about this function, not about one that it calls.
    boolean isOf(ArityException e) {
      return var instanceof IDeref holder
          && holder.deref() instanceof IFn function
          && e.name.equals(function.getClass().getName());
    }
  }

  /// Finds a function in loaded code; `incorrect` with the symbol and the reason when it can't be
  /// called. The class is initialised, or the namespace loaded, so that a failure to load shows
  /// here, not in the first call.
  public static EntryPoint find(ClassLoader code, Symbol name) {
    if (isClojure(code, name)) {
      ClojureRuntime runtime = ClojureRuntime.of(code);
      return runtime
          .load(name)
          .map(var -> new EntryPoint(name, code, new ClojureVar(runtime, var)))
          .orElseThrow(() -> unusable(
              name,
              "Namespace " + name.getNamespace() + " has no function " + name.getName() + ".",
              null));
    }
    Class<?> holder = holder(code, name);
    List<Method> methods = new ArrayList<>();
    for (Method method : holder.getDeclaredMethods()) {
      if (method.getName().equals(name.getName()) && callable(method)) {
        methods.add(method);
      }
    }
    if (methods.isEmpty()) {
      throw unusable(
          name,
          "Class " + holder.getName() + " has no public static method " + name.getName() + ".",
          null);
    }
    methods.sort((one, other) -> one.toString().compareTo(other.toString()));
    return new EntryPoint(name, code, Methods.of(methods));
  }

  /// A namespace may also be compiled to a class of its name, which then has the methods that
  /// `:gen-class` gave it.
  private static boolean isClojure(ClassLoader code, Symbol name) {
    return !exists(code, name) && ClojureRuntime.hasNamespace(code, name.getNamespace());
  }

  /// Whether there is such a function, found without running any code of its class: whoever asks
  /// may be anybody.
  public static boolean exists(ClassLoader code, Symbol name) {
    try {
      for (Method method : Class.forName(name.getNamespace(), false, code).getDeclaredMethods()) {
        int modifiers = method.getModifiers();
        if (method.getName().equals(name.getName())
            && Modifier.isStatic(modifiers)
            && Modifier.isPublic(modifiers)) {
          return true;
        }
      }
      return false;
    } catch (ClassNotFoundException | LinkageError e) {
      return false; // no such class, or none that could ever be called
    }
  }

  /// Every function of a class or a namespace, for an entry such as `shop.Stock/*`.
  public static List<EntryPoint> findAll(ClassLoader code, Symbol wildcard) {
    if (isClojure(code, wildcard)) {
      return findAllOfNamespace(code, wildcard);
    }
    Class<?> holder = holder(code, wildcard);
    List<EntryPoint> all = new ArrayList<>();
    for (Method method : holder.getDeclaredMethods()) {
      Symbol name = Symbol.intern(wildcard.getNamespace(), method.getName());
      if (callable(method) && all.stream().noneMatch(found -> found.name.equals(name))) {
        all.add(find(code, name));
      }
    }
    if (all.isEmpty()) {
      throw unusable(wildcard, "Class " + holder.getName() + " has no public static method.", null);
    }
    return all;
  }

  private static List<EntryPoint> findAllOfNamespace(ClassLoader code, Symbol wildcard) {
    ClojureRuntime runtime = ClojureRuntime.of(code);
    List<EntryPoint> all = new ArrayList<>();
    for (Symbol name : runtime.loadAll(wildcard)) {
      runtime
          .function(name)
          .ifPresent(var -> all.add(new EntryPoint(name, code, new ClojureVar(runtime, var))));
    }
    if (all.isEmpty()) {
      throw unusable(
          wildcard, "Namespace " + wildcard.getNamespace() + " has no public function.", null);
    }
    return all;
  }

  /// The function that the calling thread is in; empty in a thread that the code began itself.
  public static Optional<Symbol> running() {
    return RUNNING.isBound() ? Optional.of(RUNNING.get()) : Optional.empty();
  }

  /// The qualified symbol that it is called by.
  public Symbol name() {
    return name;
  }

  /// Whether it is a function of Clojure, which takes and gives data as it is: a Lambda handler one
  /// map, an HTTP handler the map of a request.
  public boolean isClojure() {
    return callee instanceof ClojureVar;
  }

  /// The argument lists that a function of Clojure was defined with, such as `[db sku & more]`;
  /// none when it doesn't say, as a function made by another, and none in Java.
  public List<List<?>> argumentLists() {
    return callee instanceof ClojureVar clojure
        ? clojure.runtime().argumentLists(clojure.var())
        : List.of();
  }

  /// Whether the code that this function is of has a function in a namespace that is loaded.
  public boolean sees(Symbol other) {
    return other.getNamespace() != null
        && callee instanceof ClojureVar clojure
        && clojure.runtime().function(other).isPresent();
  }

  /// Whether an overload takes exactly these types and gives the type. Never so in Clojure, which
  /// has no types to go by.
  public boolean takes(Class<?> result, List<Class<?>> parameters) {
    if (callee instanceof Methods methods) {
      for (Arguments overload : methods.overloads()) {
        Method method = overload.method();
        if (List.of(method.getParameterTypes()).equals(parameters)
            && result.isAssignableFrom(method.getReturnType())) {
          return true;
        }
      }
    }
    return false;
  }

  /// Calls the function with its code's loader as the thread's context.
  ///
  /// `incorrect` when it doesn't take the arguments. What the function throws is thrown as it is.
  public @Nullable Object call(@Nullable Object... arguments) throws Exception {
    return within(() -> invoke(arguments));
  }

  /// Does what the function left to be done, such as writing the body of its answer, as if the
  /// function did it.
  public <T extends @Nullable Object, X extends Throwable> T within(
      ScopedValue.CallableOp<T, X> work) throws X {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    Object bindings = isClojure() ? ClojureRuntime.bindings(code) : null;
    thread.setContextClassLoader(code);
    try {
      return ScopedValue.where(RUNNING, name).call(work);
    } finally {
      thread.setContextClassLoader(before);
      if (bindings != null) {
        ClojureRuntime.forgetBindings(code, bindings);
      }
    }
  }

  /// Calls the function as [#call] does; what it answers becomes data, see [Answers]. What a
  /// function of Clojure answers is data.
  public @Nullable Object answer(@Nullable Object... arguments) throws Exception {
    return isClojure() ? call(arguments) : Answers.data(call(arguments));
  }

  /// The declared parameter types of each overload, the most specific first; none in Clojure.
  public List<List<Class<?>>> parameters() {
    return switch (callee) {
      case Methods methods ->
        methods.overloads().stream()
            .map(overload -> List.of(overload.method().getParameterTypes()))
            .toList();
      case ClojureVar _ -> List.of();
    };
  }

  private @Nullable Object invoke(@Nullable Object[] arguments) throws Exception {
    return switch (callee) {
      case Methods methods -> invoke(methods.overloads(), arguments);
      case ClojureVar clojure -> invoke(clojure, arguments);
    };
  }

  private @Nullable Object invoke(ClojureVar clojure, @Nullable Object[] arguments) {
    try {
      return ClojureRuntime.apply(clojure.var(), arguments);
    } catch (ArityException e) {
      if (e.actual == arguments.length && clojure.isOf(e)) {
        throw Anomaly.incorrect(
                "db.error/wrong-arguments",
                Names.text(name) + " was given " + arguments.length + " arguments.",
                "Expected " + clojure.runtime().arities(clojure.var()) + ".")
            .toException(e);
      }
      throw e;
    }
  }

  private @Nullable Object invoke(List<Arguments> methods, @Nullable Object[] arguments)
      throws Exception {
    Arguments called = methods.getFirst();
    @Nullable Object[] made = called.fit(arguments);
    if (methods.size() > 1) {
      int distance = made == null ? Integer.MAX_VALUE : called.distance(arguments, made);
      for (Arguments overload : methods.subList(1, methods.size())) {
        @Nullable Object[] others = overload.fit(arguments);
        if (others != null && overload.distance(arguments, others) < distance) {
          distance = overload.distance(arguments, others);
          called = overload;
          made = others;
        }
      }
    }
    if (made == null) {
      throw refusal(methods, arguments);
    }
    try {
      return called.method().invoke(null, made);
    } catch (InvocationTargetException e) {
      switch (e.getCause()) {
        case Exception thrown -> throw thrown;
        case Error thrown -> throw thrown;
        case null, default -> throw e;
      }
    }
  }

  /// That of an overload with so many arguments, if there is one: it says most.
  private AnomalyException refusal(List<Arguments> methods, @Nullable Object[] arguments) {
    return methods.stream()
        .filter(overload -> overload.takes(arguments.length))
        .findFirst()
        .orElse(methods.getFirst())
        .refusal(name, arguments);
  }

  private static boolean callable(Method method) {
    int modifiers = method.getModifiers();
    return Modifier.isPublic(modifiers)
        && Modifier.isStatic(modifiers)
        && !method.isSynthetic()
        && method.trySetAccessible();
  }

  private static Class<?> holder(ClassLoader code, Symbol name) {
    try {
      return Class.forName(name.getNamespace(), true, code);
    } catch (ClassNotFoundException e) {
      throw unusable(
          name,
          "There is no class " + name.getNamespace() + " in the revision, and no namespace.",
          e);
    } catch (LinkageError e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw unusable(name, "Class " + name.getNamespace() + " doesn't load: " + cause + ".", e);
    }
  }

  /// `incorrect` with the symbol and the reason.
  public static AnomalyException unusable(Symbol name, String why, @Nullable Throwable cause) {
    Anomaly anomaly = Anomaly.incorrect(
            "ion.error/entry-point",
            Names.text(name) + " can't be called.",
            why,
            "Correct the name in ion-config.edn, or the code.")
        .with("ion/function", name);
    return cause == null ? anomaly.toException() : anomaly.toException(cause);
  }
}
