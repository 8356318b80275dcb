package valence.node.http;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
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

  private static final Keyword TIMED_OUT_ERROR = Keyword.intern("db.error", "timed-out");

  /// The `:db/error` of what was refused before anything was done for it.
  public static final String OVERLOADED = "node.error/overloaded";

  /// A thread that has had nothing to do for so long ends.
  private static final int IDLE_SECONDS = 30;

  /// What a thread does before it looks whether it is to end.
  private static final int TASKS_PER_THREAD = 1_000;

  /// The threads of all lanes that have none of their own.
  private static final ThreadPoolExecutor SHARED = threads(Lane::thread);

  private final String name;
  private final int runningMax;
  private final int waitingMax;
  private final long waitNanosMax;
  private final Executor threads;
  private final Pace pace = new Pace();
  private final Deque<Runnable> waiting = new ArrayDeque<>(); // guarded by itself
  private final AtomicInteger admitted = new AtomicInteger(); // that run or wait
  private int running; // guarded by waiting
  private final LongAdder refused = new LongAdder();

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

  /// @param name of the work, for messages
  public Lane(String name, int runningMax, int waitingMax) {
    this(name, runningMax, waitingMax, Duration.ofDays(1));
  }

  /// @param waitMax how long calls may have to wait, as far as can be told
  public Lane(String name, int runningMax, int waitingMax, Duration waitMax) {
    this(name, runningMax, waitingMax, waitMax, SHARED);
  }

  /// @param threads where calls run, made by [#threads]
  public Lane(String name, int runningMax, int waitingMax, Executor threads) {
    this(name, runningMax, waitingMax, Duration.ofDays(1), threads);
  }

  private Lane(String name, int runningMax, int waitingMax, Duration waitMax, Executor threads) {
    this.waitNanosMax = waitMax.toNanos();
    this.name = name;
    this.runningMax = runningMax;
    this.waitingMax = waitingMax;
    this.threads = threads;
  }

  private static Thread thread(Runnable task) {
    Thread thread = Thread.ofPlatform().daemon().name("valence-lane").unstarted(task);
    thread.setContextClassLoader(Lane.class.getClassLoader());
    return thread;
  }

  /// Threads for lanes, as many as their calls need. They are the operating system's, which lets
  /// others have the cores as well: a call that computes without end would keep one of the few
  /// carriers of virtual threads from all of them.
  public static ThreadPoolExecutor threads(ThreadFactory factory) {
    return new ThreadPoolExecutor(
        0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), factory);
  }

  /// Lets the threads of all lanes end that have nothing to do, and those that are busy when they
  /// are through: what code that is unloaded has left in their thread-locals ends with them.
  public static void renewThreads() {
    SHARED.setKeepAliveTime(1, TimeUnit.MILLISECONDS);
    CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS)
        .execute(() -> SHARED.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS));
  }

  /// What the work is.
  public String name() {
    return name;
  }

  /// How many calls run.
  public int running() {
    synchronized (waiting) {
      return running;
    }
  }

  /// How many calls wait to run.
  public int queued() {
    synchronized (waiting) {
      return waiting.size();
    }
  }

  /// How many calls were refused with `busy` since the lane was made.
  public long refused() {
    return refused.sum();
  }

  /// Whether an anomaly says that a call passed its limit of time.
  public static boolean isTimeout(Anomaly anomaly) {
    return anomaly.error().filter(TIMED_OUT_ERROR::equals).isPresent();
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
      giveUp(task);
      throw timedOut(limit, e);
    } catch (InterruptedException e) {
      giveUp(task);
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

  /// Interrupts a task, or takes it out of those that wait.
  private void giveUp(FutureTask<?> task) {
    task.cancel(true);
    synchronized (waiting) {
      if (!waiting.remove(task)) {
        return;
      }
    }
    admitted.decrementAndGet();
  }

  private <T> FutureTask<T> start(Callable<T> call) {
    if (isFull(admitted.incrementAndGet())) {
      admitted.decrementAndGet();
      throw busy();
    }
    var task = new FutureTask<T>(call);
    synchronized (waiting) {
      if (running == runningMax) {
        waiting.add(task);
        return task;
      }
      running++;
    }
    try {
      threads.execute(() -> work(task));
    } catch (RejectedExecutionException e) {
      leave();
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              "No more calls of " + name + " are taken.",
              "Try again.")
          .withError(OVERLOADED)
          .toException(e);
    } catch (OutOfMemoryError e) { // no thread is to be had
      leave();
      throw e;
    }
    return task;
  }

  private void leave() {
    synchronized (waiting) {
      running--;
    }
    admitted.decrementAndGet();
  }

  /// Does a task, and then those that wait.
  private void work(Runnable first) {
    int done = 0;
    for (Runnable task = first; task != null; task = release()) {
      if (++done > TASKS_PER_THREAD) {
        Runnable next = task;
        threads.execute(() -> work(next)); // so that this one may end
        return;
      }
      try {
        task.run(); // what it throws is kept for who waits
      } finally {
        pace.ended(admitted.getAndDecrement() > runningMax);
      }
      Thread.interrupted(); // was meant for the task
    }
  }

  /// Gives up a place, unless another task takes it.
  private @Nullable Runnable release() {
    synchronized (waiting) {
      Runnable next = waiting.poll();
      if (next == null) {
        running--;
      }
      return next;
    }
  }

  private AnomalyException busy() {
    refused.increment();
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
