package valence.node;

import java.util.logging.LogManager;

/// Keeps the log open while the process ends: the JDK's own closes it at once on SIGTERM, and a
/// node still has to say how it drained.
public final class LastingLogs extends LogManager {
  @Override
  public void reset() {
    // What is written is flushed with each line, so there is nothing to close.
  }
}
