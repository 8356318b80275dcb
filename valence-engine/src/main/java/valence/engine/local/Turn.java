package valence.engine.local;

import java.util.concurrent.locks.ReentrantLock;

/// Takes a lock that is about to be free. To put a thread to sleep and to wake it takes longer than
/// a small transaction.
final class Turn {
  private static final int LOOKS_MAX = Runtime.getRuntime().availableProcessors() > 1 ? 400 : 1;

  private Turn() {}

  /// Whether the lock was taken, at once or within a few microseconds.
  static boolean soon(ReentrantLock lock) {
    for (int i = 0; i < LOOKS_MAX; i++) {
      if (!lock.isLocked() && lock.tryLock()) {
        return true;
      }
      Thread.onSpinWait();
    }
    return false;
  }
}
