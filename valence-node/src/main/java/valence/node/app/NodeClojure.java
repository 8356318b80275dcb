package valence.node.app;

import clojure.lang.AFn;
import clojure.lang.IFn;
import clojure.lang.RT;
import clojure.lang.Var;
import org.jspecify.annotations.Nullable;

/// The Clojure of the node itself. It has no namespace but Clojure's own, and nobody's functions
/// run in it: it is there because the data that all share asks it to walk, to compare and to print.
///
/// It takes most of a second to start, so it is started with the first application that uses
/// Clojure, and never without one. How something is printed is the business of the revision whose
/// code prints it, which may know types and print methods of its own.
final class NodeClojure {
  private static boolean started; // guarded by the class

  private NodeClojure() {}

  /// Starts it unless it runs.
  static synchronized void start() {
    if (started) {
      return;
    }
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(NodeClojure.class.getClassLoader());
    try {
      Var context = RT.var("clojure.core", "*use-context-classloader*");
      context.bindRoot(false); // an application's threads have the application's
      Var print = RT.var("clojure.core", "pr-on");
      print.bindRoot(new Printing((IFn) print.getRawRoot()));
      started = true;
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /// What data prints itself by.
  private static final class Printing extends AFn {
    private final IFn nodes;

    Printing(IFn nodes) {
      this.nodes = nodes;
    }

    @Override
    public @Nullable Object invoke(@Nullable Object value, @Nullable Object writer) {
      return CodeLoader.current().flatMap(CodeLoader::printing).orElse(nodes).invoke(value, writer);
    }
  }
}
