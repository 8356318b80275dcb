package valence.test;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The time of a test system: that of the machine until it is set, and then it stands still until
/// it is moved. Safe for many threads.
///
/// Transactions are said at this time. It can't go back before the newest transaction of a
/// database, as no clock can.
public final class TestClock implements InstantSource {
  private final AtomicReference<@Nullable Instant> set = new AtomicReference<>();

  TestClock(@Nullable Instant now) {
    set.set(now);
  }

  @Override
  public Instant instant() {
    Instant now = set.get();
    return now == null ? Instant.now() : now;
  }

  /// Lets it be another time.
  public void set(Instant now) {
    set.set(now);
  }

  /// Lets time pass; from now on it passes by this alone.
  public void advance(Duration by) {
    set.updateAndGet(now -> (now == null ? Instant.now() : now).plus(by));
  }

  /// The same time, which goes its own way.
  TestClock copy() {
    return new TestClock(set.get());
  }
}
