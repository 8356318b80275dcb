package valence.node.http;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import valence.api.Anomaly;

/// What request bodies may take: of the memory, all those of a node together, and of time, each.
public final class BodyBudget {
  /// How long a body may take to arrive, however steadily it drips.
  public static final Duration TIMEOUT_DEFAULT = Duration.ofSeconds(30);

  private final long bytesMax;
  private final Duration timeout;
  private final AtomicLong bytes = new AtomicLong();

  public BodyBudget(long bytesMax, Duration timeout) {
    this.bytesMax = bytesMax;
    this.timeout = timeout;
  }

  Duration timeout() {
    return timeout;
  }

  /// Reserves bytes; `busy` when too many are in use. To be given back with [#release].
  void reserve(long count) {
    if (bytes.addAndGet(count) > bytesMax) {
      bytes.addAndGet(-count);
      throw Anomaly.of(
              Anomaly.Category.BUSY,
              "The bodies of the requests under way fill the " + bytesMax + " bytes kept for them.",
              "Try again, more slowly.")
          .withError(Lane.OVERLOADED)
          .toException();
    }
  }

  void release(long count) {
    bytes.addAndGet(-count);
  }
}
