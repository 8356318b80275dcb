package valence.node.telemetry;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import valence.ion.AppInfo;

/// What loads the code of a revision: how a thread that the code began itself is known to be its.
public interface Hosted {
  AppInfo appInfo();

  /// Where what the code says goes.
  Telemetry telemetry();

  /// By the context of the calling thread, which threads inherit.
  static Optional<Hosted> current() {
    for (@Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();
        loader != null;
        loader = loader.getParent()) {
      if (loader instanceof Hosted hosted) {
        return Optional.of(hosted);
      }
    }
    return Optional.empty();
  }
}
