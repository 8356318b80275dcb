package valence.node.source;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait before what failed is tried again: twice as long each time, up to a limit, and
/// at random between half of that and all of it, so that what failed together isn't tried together.
///
/// @param first after the first failure
/// @param max   after any
public record Backoff(Duration first, Duration max) {
  public static final Backoff DEFAULT = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));

  private static final int DOUBLINGS_MAX = 30;

  /// @param failures so far, at least one
  Duration after(int failures, RandomGenerator random) {
    int doublings = Math.clamp(failures - 1, 0, DOUBLINGS_MAX);
    long millis = Math.min(max.toMillis(), first.toMillis() << doublings);
    if (millis <= 0) {
      millis = max.toMillis(); // past the range of a long
    }
    return Duration.ofMillis(millis - random.nextLong(millis / 2 + 1));
  }
}
