package valence.node.hosted;

import java.util.Optional;
import valence.node.app.CodeLoader;

/// Finds the revision whose code is asking.
final class Asking {
  private static final StackWalker FRAMES =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  private Asking() {}

  /// By the thread's context, which threads inherit, else by the code on the stack.
  static Optional<CodeLoader> code() {
    for (ClassLoader loader = Thread.currentThread().getContextClassLoader();
        loader != null;
        loader = loader.getParent()) {
      if (loader instanceof CodeLoader code) {
        return Optional.of(code);
      }
    }
    return FRAMES.walk(frames -> frames
        .map(frame -> frame.getDeclaringClass().getClassLoader())
        .filter(CodeLoader.class::isInstance)
        .map(CodeLoader.class::cast)
        .findFirst());
  }
}
