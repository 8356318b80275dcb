package valence.ion.spi;

import valence.api.Anomaly;

/// What a node lets its application call instead of some methods of the JDK: those that would end
/// or hold the whole process. Calls are redirected here when the application's classes are loaded;
/// nobody calls this by hand.
public final class Contained {
  private static final StackWalker FRAMES =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  /// A class loader that keeps what its code has to give back when it is unloaded.
  public interface Keeper {
    /// Keeps an executor or a timer, weakly.
    void opened(Object resource);

    /// Keeps note of a thread that is about to start; false when too many run.
    boolean starting(Thread thread);

    /// Keeps a hook to be run when the code is unloaded; false when it is kept already.
    boolean hooked(Thread hook);

    /// Forgets a hook; false when it wasn't kept.
    boolean unhooked(Thread hook);
  }

  private Contained() {}

  /// In place of `System.exit`.
  public static void exit(int status) {
    throw Anomaly.of(
            Anomaly.Category.FORBIDDEN,
            "The application tried to end the process, with status " + status + ".",
            "The process is the node's, and others work in it.",
            "Return, or throw an exception.")
        .withError("ion.error/exit")
        .toException();
  }

  /// In place of `Runtime.exit` and `Runtime.halt`.
  public static void exit(Runtime runtime, int status) {
    exit(status);
  }

  /// In place of `Runtime.addShutdownHook`: the hook is run when the code is unloaded.
  public static void addShutdownHook(Runtime runtime, Thread hook) {
    if (FRAMES.getCallerClass().getClassLoader() instanceof Keeper keeper) {
      if (!keeper.hooked(hook)) {
        throw new IllegalArgumentException("Hook previously registered");
      }
    } else {
      runtime.addShutdownHook(hook);
    }
  }

  /// In place of `Runtime.removeShutdownHook`.
  public static boolean removeShutdownHook(Runtime runtime, Thread hook) {
    return FRAMES.getCallerClass().getClassLoader() instanceof Keeper keeper
        ? keeper.unhooked(hook)
        : runtime.removeShutdownHook(hook);
  }

  /// In place of `Thread.start`; fails as the JDK does when no thread is to be had, so that the
  /// code that begins threads without end is stopped, not the process.
  public static void start(Thread thread) {
    if (FRAMES.getCallerClass().getClassLoader() instanceof Keeper keeper
        && !keeper.starting(thread)) {
      throw new OutOfMemoryError("the application has too many threads that run");
    }
    thread.start();
  }

  /// After an executor or a timer was made.
  public static void opened(Object resource) {
    if (FRAMES.getCallerClass().getClassLoader() instanceof Keeper keeper) {
      keeper.opened(resource);
    }
  }
}
