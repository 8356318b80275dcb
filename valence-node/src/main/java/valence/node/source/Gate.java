package valence.node.source;

import java.time.Duration;

/// Lets a source's threads work, wait, or end. Safe for many threads.
final class Gate {
  private boolean isPaused; // guarded by this, like what follows
  private boolean isEnding;
  private int wakes;

  Gate(boolean isPaused) {
    this.isPaused = isPaused;
  }

  synchronized boolean isPaused() {
    return isPaused;
  }

  synchronized boolean isEnding() {
    return isEnding;
  }

  synchronized void pause(boolean pause) {
    isPaused = pause;
    wake();
  }

  synchronized void end() {
    isEnding = true;
    wake();
  }

  /// Ends the waits of [#await].
  synchronized void wake() {
    wakes++;
    notifyAll();
  }

  /// Waits while the source is paused; false when it is to end.
  synchronized boolean pass() throws InterruptedException {
    while (isPaused && !isEnding) {
      wait();
    }
    return !isEnding;
  }

  /// Waits for a time, or until something changes.
  synchronized void await(Duration time) throws InterruptedException {
    long deadline = System.nanoTime() + time.toNanos();
    int before = wakes;
    while (wakes == before && !isEnding) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return;
      }
      wait(left / 1_000_000, (int) (left % 1_000_000));
    }
  }
}
