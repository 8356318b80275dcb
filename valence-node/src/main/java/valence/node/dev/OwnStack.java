package valence.node.dev;

import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
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
    // None if the node itself threw it, before it came to the application or about its answer.
    List<StackTraceElement> own =
        Arrays.stream(frames, 0, end).filter(frame -> !isMachinery(frame)).toList();
    own.stream().limit(FRAMES_MAX).forEach(frame -> {
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
    });
    if (own.size() > FRAMES_MAX) {
      text.append("    … ").append(own.size() - FRAMES_MAX).append(" more\n");
    }
  }

  /// Whether a frame is of Clojure's compiler and core, through which all of its code is called.
  private static boolean isMachinery(StackTraceElement frame) {
    return frame.getClassName().startsWith("clojure.lang.")
        || frame.getClassName().startsWith("clojure.core$");
  }

  private static boolean isOwn(StackTraceElement frame) {
    String loader = frame.getClassLoaderName();
    return loader != null && loader.startsWith(LOADER);
  }
}
