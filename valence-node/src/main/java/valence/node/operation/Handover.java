package valence.node.operation;

import org.jspecify.annotations.Nullable;

/// Hands what was made on another thread to whoever waits for it; closed when nobody does any more.
/// Safe for two threads.
final class Handover {
  private @Nullable AutoCloseable made; // guarded by this, as is the next
  private boolean givenUp;

  /// Gives what was made, on the thread that made it.
  synchronized <T extends AutoCloseable> T give(T something) throws Exception {
    if (givenUp) {
      something.close();
    }
    made = something;
    return something;
  }

  /// Nobody waits any more.
  synchronized void giveUp() throws Exception {
    givenUp = true;
    if (made != null) {
      made.close();
    }
  }
}
