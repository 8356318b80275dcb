package valence.node;

import java.util.concurrent.CountDownLatch;

/// How far a node is in its life. Safe for many threads.
final class Life {
  /// The stages, in their order; a node never goes back.
  enum Stage {
    STARTING,
    UP,
    DRAINING
  }

  private final CountDownLatch ending = new CountDownLatch(1);
  private volatile Stage stage = Stage.STARTING;

  Stage stage() {
    return stage;
  }

  synchronized void serve() {
    if (stage == Stage.STARTING) {
      stage = Stage.UP;
    }
  }

  /// Begins the end.
  synchronized void drain() {
    stage = Stage.DRAINING;
    ending.countDown();
  }

  void awaitDrain() throws InterruptedException {
    ending.await();
  }
}
