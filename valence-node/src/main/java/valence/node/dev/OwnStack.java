package valence.node.dev;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A stack trace as its developer wants it: down to the last frame of the application, without
/// those of the node that called it.
final class OwnStack {
  /// Begins the name of the loader of each revision, which is the revision's.
  static final String LOADER = "dev/";

  private static final int FRAMES_MAX = 60;
  private static final int CAUSES_MAX = 8;

  private OwnStack() {}

  static String of(Throwable thrown) {
    StringBuilder text = new StringBuilder();
    Set<Throwable> told = Collections.newSetFromMap(new IdentityHashMap<>());
    @Nullable Throwable next = thrown;
    for (int depth = 0; next != null && depth < CAUSES_MAX && told.add(next); depth++) {
      text.append(depth == 0 ? "" : "Caused by: ").append(next).append('\n');
      frames(next.getStackTrace(), text);
      next = next.getCause();
    }
    return text.toString();
  }

  private static void frames(StackTraceElement[] frames, StringBuilder text) {
    int end = frames.length;
    while (end > 0 && !isOwn(frames[end - 1])) {
      end--;
    }
    // Thrown by the node itself, before it came to the application or about what that answered.
    int shown = Math.min(end, FRAMES_MAX);
    for (int i = 0; i < shown; i++) {
      StackTraceElement frame = frames[i];
      text.append("    at ")
          .append(frame.getClassName())
          .append('.')
          .append(frame.getMethodName())
          .append('(')
          .append(frame.getFileName() == null ? "no source" : frame.getFileName());
      if (frame.getLineNumber() > 0) {
        text.append(':').append(frame.getLineNumber());
      }
      text.append(")\n");
    }
    if (end > shown) {
      text.append("    … ").append(end - shown).append(" more\n");
    }
  }

  private static boolean isOwn(StackTraceElement frame) {
    String loader = frame.getClassLoaderName();
    return loader != null && loader.startsWith(LOADER);
  }
}
