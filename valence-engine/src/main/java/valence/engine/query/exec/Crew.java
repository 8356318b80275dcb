package valence.engine.query.exec;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The threads that do the parts of one operator: what is left to do, what they hold together, and
/// whether they are to stop.
final class Crew {
  /// Ends the work of a thread, since its query is stopped. Never leaves the crew.
  private static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;

    Stopped() {
      super(null, null, false, false);
    }
  }

  private final int parts;
  private final Workers.Part work;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger threads = new AtomicInteger(); // that did a part
  private final AtomicLong bytes = new AtomicLong();
  private volatile boolean isStopped;
  private int failedPart = Integer.MAX_VALUE; // guarded by this
  private @Nullable Throwable failure; // guarded by this
  private @Nullable String excess; // guarded by this

  Crew(int parts, Workers.Part work) {
    this.parts = parts;
    this.work = work;
  }

  /// Does parts until there are none left.
  ///
  /// @param isOver whether this thread is needed elsewhere; asked between parts
  void work(Budget budget, BooleanSupplier isOver) {
    boolean isFirst = true;
    while (!isStopped && (isFirst || !isOver.getAsBoolean())) {
      int part = next.getAndIncrement();
      if (part >= parts) {
        return;
      }
      if (isFirst) {
        threads.incrementAndGet();
      }
      isFirst = false;
      try {
        budget.beginPart();
        work.run(part, budget);
      } catch (Stopped stopped) {
        isStopped = true;
      } catch (RuntimeException | Error thrown) {
        fail(part, thrown);
      }
    }
  }

  private synchronized void fail(int part, Throwable thrown) {
    isStopped = true;
    if (part < failedPart) {
      failedPart = part;
      failure = thrown;
    }
  }

  void stop() {
    isStopped = true;
  }

  boolean isStopped() {
    return isStopped;
  }

  /// What a thread throws that is to stop.
  RuntimeException stopped() {
    isStopped = true;
    return new Stopped();
  }

  /// What a thread throws that needs more than its query may hold.
  RuntimeException tooMuch(String what) {
    synchronized (this) {
      excess = what;
    }
    return stopped();
  }

  /// Notes that a thread holds more.
  ///
  /// @return what all hold, in bytes
  long hold(long more) {
    return bytes.addAndGet(more);
  }

  /// How many threads did something.
  int threadCount() {
    return threads.get();
  }

  /// Fails as a thread did.
  ///
  /// @param budget of the query
  void finish(Budget budget) {
    if (!isStopped) {
      return;
    }
    Throwable thrown;
    String what;
    synchronized (this) {
      thrown = failure;
      what = excess;
    }
    switch (thrown) {
      case null -> {}
      case RuntimeException runtime -> throw runtime;
      case Error error -> throw error;
      default -> throw new AssertionError(thrown);
    }
    if (what != null) {
      throw budget.full(what);
    }
    budget.check(); // fails: the time is over, or the thread was interrupted
    throw new AssertionError("stopped without a reason");
  }
}
