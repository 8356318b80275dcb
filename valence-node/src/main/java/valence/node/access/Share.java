package valence.node.access;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// A principal's part of a node: so many requests at once, so many that wait, so many streams that
/// last. Safe for many threads.
final class Share {
  /// Answers that may last at once, for each request that may be worked on.
  private static final int LASTING_PER_RUNNING = 4;

  private final String principal;
  private final Limits limits;
  private final Duration patience;
  private final Semaphore running;
  private final AtomicInteger admitted = new AtomicInteger();
  private final AtomicInteger lasting = new AtomicInteger();

  /// @param patience how long a request waits for its turn
  Share(String principal, Limits limits, Duration patience) {
    this.principal = principal;
    this.limits = limits;
    this.patience = patience;
    this.running = new Semaphore(limits.running(), true);
  }

  Limits limits() {
    return limits;
  }

  int admitted() {
    return admitted.get();
  }

  /// A request under way, which counts as running until its answer turns out to last. For one
  /// thread.
  final class Turn {
    private boolean lasts;

    private Turn() {}

    /// Counts it among the answers that last, beside the requests that end; `busy` when the
    /// principal has as many of them as it may.
    void last() {
      if (lasts) {
        return;
      }
      int lastingMax = limits.running() * LASTING_PER_RUNNING;
      if (lasting.incrementAndGet() > lastingMax) {
        lasting.decrementAndGet();
        throw Anomaly.of(
                Anomaly.Category.BUSY,
                principal + " reads " + lastingMax
                    + " streams (live queries, feeds, events), as many as it may.",
                "End one of them, or try again later.")
            .withError("access.error/over-limit")
            .toException();
      }
      lasts = true;
      leave();
    }

    private void end() {
      if (lasts) {
        lasting.decrementAndGet();
      } else {
        leave();
      }
    }

    private void leave() {
      running.release();
      admitted.decrementAndGet();
    }
  }

  /// What is done for a request.
  @FunctionalInterface
  interface Work<T> {
    T call(Turn turn) throws Exception;
  }

  /// Runs a request when it's its turn; `busy` when too many wait, or its turn doesn't come.
  <T> T run(Work<T> request) throws Exception {
    if (admitted.incrementAndGet() > limits.running() + limits.waiting()) {
      admitted.decrementAndGet();
      throw busy();
    }
    boolean begun = false;
    try {
      begun = running.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      if (!begun) {
        admitted.decrementAndGet();
      }
    }
    if (!begun) {
      throw busy();
    }
    Turn turn = new Turn();
    try {
      return request.call(turn);
    } finally {
      turn.end();
    }
  }

  private AnomalyException busy() {
    return Anomaly.of(
            Anomaly.Category.BUSY,
            principal + " has " + limits.running()
                + " requests under way, as many as it may, and up" + " to " + limits.waiting()
                + " that wait.",
            "Try again, more slowly.")
        .withError("access.error/over-limit")
        .toException();
  }
}
