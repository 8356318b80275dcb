package valence.node.http;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// Work of one kind: so many calls run at once, so many wait, the next is refused with `busy`.
///
/// A lane may also bound how long calls wait, as its calls take at the moment: when those that wait
/// would take longer, the next is refused, too. A queue is for bursts; when it doesn't get shorter
/// it makes every answer late and none more.
///
/// A call that passes its limit of time is interrupted and its caller told so at once; its place is
/// free only when it really ends, so that calls that don't heed the interrupt can't pile up.
public final class Lane {
  /// The `:db/error` of a call that passed its limit of time.
  public static final String TIMED_OUT = "db.error/timed-out";

  /// The `:db/error` of what was refused before anything was done for it.
  public static final String OVERLOADED = "node.error/overloaded";

  private final String name;
  private final int runningMax;
  private final int waitingMax;
  private final long waitNanosMax;
  private final Pace pace = new Pace();
  private final Semaphore running;
  private final AtomicInteger admitted = new AtomicInteger();

  /// How fast a lane goes while calls wait.
  private static final class Pace {
    private long endNanos; // guarded by this, like what follows; 0 unless calls have waited since
    private long nanosPerCall;

    /// A call ended, while others waited or not.
    synchronized void ended(boolean othersWait) {
      long now = System.nanoTime();
      if (endNanos != 0) {
        nanosPerCall += (now - endNanos - nanosPerCall) / 8;
      }
      endNanos = othersWait ? now : 0;
    }

    synchronized long nanosPerCall() {
      return nanosPerCall;
    }
  }

  /// However slowly a lane went lately, so many may wait: they find out whether it still does.
  private static final int WAITING_ALWAYS = 8;

  /// @param name of the work, for messages and thread names
  public Lane(String name, int runningMax, int waitingMax) {
    this(name, runningMax, waitingMax, Duration.ofDays(1));
  }

  /// @param waitMax how long calls may have to wait, as far as can be told
  public Lane(String name, int runningMax, int waitingMax, Duration waitMax) {
    this.waitNanosMax = waitMax.toNanos();
    this.name = name;
    this.runningMax = runningMax;
    this.waitingMax = waitingMax;
    this.running = new Semaphore(runningMax, true);
  }

  /// Whether one more call would be refused now.
  public boolean full() {
    return isFull(admitted.get() + 1);
  }

  private boolean isFull(int calls) {
    int waiting = calls - runningMax;
    return waiting > waitingMax
        || waiting > WAITING_ALWAYS && waiting * pace.nanosPerCall() > waitNanosMax;
  }

  /// Refuses with `busy` when one more call would be, before anything is done for it.
  public void requireRoom() {
    if (full()) {
      throw busy();
    }
  }

  /// Runs a call on a thread of its own and gives its result; what it throws is thrown as it is.
  ///
  /// `busy` when the lane is full; `unavailable` with [#TIMED_OUT] past the limit, which counts the
  /// waiting.
  public <T> T call(Duration limit, Callable<T> call) throws Exception {
    FutureTask<T> task = start(call);
    try {
      return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      task.cancel(true);
      throw timedOut(limit, e);
    } catch (InterruptedException e) {
      task.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      throw unwrapped(e);
    } catch (CancellationException e) {
      throw timedOut(limit, e);
    }
  }

  /// Lets a task run without waiting for it; `busy` when the lane is full.
  public void post(Runnable task) {
    start(() -> {
      task.run();
      return true;
    });
  }

  private <T> FutureTask<T> start(Callable<T> call) {
    if (isFull(admitted.incrementAndGet())) {
      admitted.decrementAndGet();
      throw busy();
    }
    var task = new FutureTask<T>(() -> {
      running.acquire();
      try {
        return call.call();
      } finally {
        running.release();
      }
    });
    Thread.ofVirtual().name(name).start(() -> {
      try {
        task.run();
      } finally {
        pace.ended(admitted.getAndDecrement() > runningMax);
      }
    });
    return task;
  }

  private AnomalyException busy() {
    return Anomaly.of(
            Anomaly.Category.BUSY,
            "Too much to do: " + runningMax + " calls of " + name + " run and "
                + Math.max(0, admitted.get() - runningMax) + " wait.",
            "Try again, more slowly.")
        .withError(OVERLOADED)
        .toException();
  }

  private AnomalyException timedOut(Duration limit, Exception cause) {
    return Anomaly.of(
            Anomaly.Category.UNAVAILABLE,
            "A call of " + name + " took longer than " + limit.toMillis() + " ms and was given up;"
                + " what it did until then is unknown.")
        .withError(TIMED_OUT)
        .toException(cause);
  }

  private static Exception unwrapped(ExecutionException e) {
    return switch (e.getCause()) {
      case Exception cause -> cause;
      case Error cause -> throw cause;
      case null, default -> e;
    };
  }
}
