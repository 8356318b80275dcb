package valence.storage;

import java.util.concurrent.locks.ReentrantReadWriteLock;
import valence.api.Anomaly;

/// Lets calls in until it is closed; closing waits for those inside.
///
/// A directory must not be given to another process while a call of this one still writes to it.
public final class Gate {
  private final String store;
  private final Runnable afterClose;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed; // guarded by lock

  /// @param store      what is closed, for the message
  /// @param afterClose run once, when nobody is inside any more
  public Gate(String store, Runnable afterClose) {
    this.store = store;
    this.afterClose = afterClose;
  }

  /// To be followed by [#leave] in a `finally`; `unavailable` when closed.
  public void enter() {
    lock.readLock().lock();
    if (closed) {
      lock.readLock().unlock();
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              "The " + store + " is closed.",
              "Open the storage again to use it.")
          .toException();
    }
  }

  public void leave() {
    lock.readLock().unlock();
  }

  /// No effect when closed before.
  public void close() {
    lock.writeLock().lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
    } finally {
      lock.writeLock().unlock();
    }
    afterClose.run();
  }
}
