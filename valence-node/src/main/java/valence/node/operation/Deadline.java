package valence.node.operation;

import java.time.Duration;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.node.http.Lane;

/// Until when a request is worth working on: its `:timeout`, from its arrival on.
record Deadline(Duration timeout, long nanos) {
  static Deadline after(Duration timeout) {
    return new Deadline(timeout, System.nanoTime() + timeout.toNanos());
  }

  /// What is left; `unavailable` when that is nothing.
  Duration left() {
    long left = nanos - System.nanoTime();
    if (left <= 0) {
      throw passed();
    }
    return Duration.ofNanos(left);
  }

  /// Fails when the time is up, or when the thread was interrupted because the call was cancelled.
  void check() {
    if (Thread.interrupted()) {
      throw Anomaly.of(Anomaly.Category.INTERRUPTED, "The call was cancelled.").toException();
    }
    left();
  }

  private AnomalyException passed() {
    return Anomaly.of(
            Anomaly.Category.UNAVAILABLE,
            "The " + timeout.toMillis() + " ms that the request was given are over.",
            "Ask for less, or give it more time with :timeout.")
        .withError(Lane.TIMED_OUT)
        .toException();
  }
}
