package valence.engine.live;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import valence.api.LiveChange;
import valence.api.LiveQuery;

/// Somebody who watches: what was seen last, and nothing else.
final class LiveSubscription implements LiveQuery {
  private final Watched watched;
  private final Consumer<LiveSubscription> left;
  private volatile long seenT; // changed by the reader alone; -1 before the first
  private @Nullable Snapshot base; // what the reader had when it came; the reader's alone
  private volatile boolean closed;

  /// @param base what is known to the reader
  /// @param left told once when it is closed
  LiveSubscription(Watched watched, @Nullable Snapshot base, Consumer<LiveSubscription> left) {
    this.watched = watched;
    this.base = base;
    this.seenT = base == null ? -1 : base.t();
    this.left = left;
  }

  Watched watched() {
    return watched;
  }

  long seenT() {
    return seenT;
  }

  @Nullable Snapshot base() {
    return base;
  }

  void saw(long t) {
    seenT = t;
    base = null;
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public Optional<LiveChange> next(Duration wait) {
    return watched.next(this, wait);
  }

  @Override
  public OptionalLong t() {
    long t = seenT;
    return t < 0 ? OptionalLong.empty() : OptionalLong.of(t);
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    watched.wake();
    left.accept(this);
  }
}
