package valence.engine.code;

import clojure.lang.Symbol;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// A function of an application that may be called from outside: a public static method, found by
/// its qualified symbol `package.Class/method`. Safe for many threads.
public final class EntryPoint {
  private static final ScopedValue<Symbol> RUNNING = ScopedValue.newInstance();

  private final Symbol name;
  private final List<Method> methods; // overloads, never empty

  private EntryPoint(Symbol name, List<Method> methods) {
    this.name = name;
    this.methods = methods;
  }

  /// Finds a function in loaded code; `incorrect` with the symbol and the reason when it can't be
  /// called. The class is initialised, so that a failure to load shows here, not in the first call.
  public static EntryPoint find(ClassLoader code, Symbol name) {
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
    return new EntryPoint(name, List.copyOf(methods));
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

  /// Every function of a class, for an entry such as `shop.Stock/*`.
  public static List<EntryPoint> findAll(ClassLoader code, Symbol wildcard) {
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

  /// The function that the calling thread is in; empty in a thread that the code began itself.
  public static Optional<Symbol> running() {
    return RUNNING.isBound() ? Optional.of(RUNNING.get()) : Optional.empty();
  }

  /// The qualified symbol that it is called by.
  public Symbol name() {
    return name;
  }

  /// Whether an overload takes exactly these types and gives the type.
  public boolean takes(Class<?> result, List<Class<?>> parameters) {
    for (Method method : methods) {
      if (List.of(method.getParameterTypes()).equals(parameters)
          && result.isAssignableFrom(method.getReturnType())) {
        return true;
      }
    }
    return false;
  }

  /// Calls the function with its code's loader as the thread's context.
  ///
  /// `incorrect` when no overload takes the arguments. What the function throws is thrown as it is.
  public @Nullable Object call(@Nullable Object... arguments) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(methods.getFirst().getDeclaringClass().getClassLoader());
    try {
      return ScopedValue.where(RUNNING, name).call(() -> invoke(arguments));
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private @Nullable Object invoke(@Nullable Object[] arguments) throws Exception {
    AnomalyException refused = null;
    for (Method method : methods) {
      @Nullable Object[] converted;
      try {
        converted = Arguments.convert(name, method, arguments);
      } catch (AnomalyException e) {
        refused = e;
        continue;
      }
      try {
        return method.invoke(null, converted);
      } catch (InvocationTargetException e) {
        switch (e.getCause()) {
          case Exception thrown -> throw thrown;
          case Error thrown -> throw thrown;
          case null, default -> throw e;
        }
      }
    }
    assert refused != null : "there is at least one overload";
    throw refused;
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
      throw unusable(name, "There is no class " + name.getNamespace() + " in the revision.", e);
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
