package valence.node.app;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import valence.node.telemetry.Samples;

/// Holds the application that serves now. Safe for many threads.
///
/// The one before it stays loaded until the next swap, for what its code still does on threads of
/// its own.
public final class Serving implements AutoCloseable {
  private static final Duration DRAIN_POLL = Duration.ofMillis(2);

  private final AtomicReference<@Nullable Application> current = new AtomicReference<>();
  private final Duration drainTimeout;
  private @Nullable Application previous; // guarded by this
  private volatile Consumer<Application> expected = _ -> {};

  /// @param drainTimeout how long [#close] waits for calls under way
  public Serving(Duration drainTimeout) {
    this.drainTimeout = drainTimeout;
  }

  /// An application that a call is on, until closed.
  public record Call(Application application) implements AutoCloseable {
    /// A second hold on the same application, for work that goes on when this call has ended. Only
    /// while this one is open.
    public Call again() {
      boolean entered = application.enter();
      assert entered : "an open call keeps its application";
      return new Call(application);
    }

    @Override
    public void close() {
      application.leave();
    }
  }

  /// The application that serves now; empty when none was ever deployed.
  public Optional<Application> current() {
    return Optional.ofNullable(current.get());
  }

  /// Begins a call on the application that serves now; empty when none was ever deployed.
  public Optional<Call> begin() {
    while (true) {
      Application application = current.get();
      if (application == null) {
        return Optional.empty();
      }
      if (application.enter()) {
        return Optional.of(new Call(application));
      }
      Thread.onSpinWait(); // swapped twice since we looked
    }
  }

  /// Tells somebody of each application right before it serves.
  public void beforeServing(Consumer<Application> told) {
    expected = told;
  }

  /// Lets an application serve from now on; calls under way stay on theirs.
  public void swap(Application next) {
    expected.accept(next);
    synchronized (this) {
      Application before = current.getAndSet(next);
      if (previous != null) {
        previous.retire();
      }
      previous = before;
    }
  }

  /// Lets the application before this one serve again, and this one go; false when there is none.
  public synchronized boolean back() {
    Application before = previous;
    Application failed = current.get();
    if (before == null || failed == null) {
      return false;
    }
    current.set(before);
    previous = null;
    failed.retire();
    return true;
  }

  /// Waits until the calls have ended that are on the application before this one, for a time at
  /// most; how many haven't.
  public int drain(Duration wait) throws InterruptedException {
    Application before;
    synchronized (this) {
      before = previous;
    }
    long deadlineNanos = System.nanoTime() + wait.toNanos();
    // Asked again and again, so that calls themselves pay nothing for it.
    while (before != null && before.callsUnderWay() > 0 && System.nanoTime() < deadlineNanos) {
      Thread.sleep(DRAIN_POLL);
    }
    return before == null ? 0 : before.callsUnderWay();
  }

  /// What the applications do now.
  public void tell(Samples samples) {
    Application now = current.get();
    Application before;
    synchronized (this) {
      before = previous;
    }
    for (Application each : Arrays.asList(now, before)) {
      if (each != null) {
        each.tell(samples);
      }
    }
  }

  /// Begins no more calls, and waits for those under way.
  @Override
  public synchronized void close() {
    Application last = current.getAndSet(null);
    long deadlineNanos = System.nanoTime() + drainTimeout.toNanos();
    for (Application application : Arrays.asList(previous, last)) {
      if (application != null) {
        application.retire();
        application.awaitEnd(deadlineNanos);
      }
    }
    previous = null;
  }
}
