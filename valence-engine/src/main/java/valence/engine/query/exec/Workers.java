package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import valence.engine.index.Reads;

/// Threads that help queries with large operators, when nobody else needs the cores. Safe for many
/// threads.
///
/// A query always works itself, and takes along as many helpers as there are cores that neither a
/// query nor a helper uses at the moment; it never waits for one. So one query alone has all cores,
/// and as many queries as there are cores have one each, as if there were no helpers. A helper
/// looks after each part that it has done whether it is still to spare, and ends with the operator
/// at the latest.
///
/// An operator is cut into parts by the number of its rows and what one takes. Which thread runs
/// which part is nobody's matter: what the parts make is put together in their order.
public final class Workers {
  /// None to help.
  public static final Workers NONE = new Workers(1, Integer.MAX_VALUE);

  /// Work that takes less isn't cut off for another thread: to wake one takes about as long.
  private static final int PART_NANOS = 150_000;

  /// Parts for each thread, at most: so that one that is slow doesn't keep the others waiting, and
  /// a helper soon sees that it is needed elsewhere.
  private static final int PARTS_PER_THREAD = 16;

  private static final long IDLE_SECONDS = 10;

  /// Those of this process.
  public static final Workers SHARED =
      new Workers(Runtime.getRuntime().availableProcessors(), PART_NANOS);

  private final int threadCount;
  private final int partNanos;
  private final Executor executor;
  private final LongAdder queries = new LongAdder(); // that run
  private final AtomicInteger helpers = new AtomicInteger(); // that work

  /// @param threadCount how many threads may work, of queries and helpers together
  /// @param partNanos   of work that are worth a thread
  public Workers(int threadCount, int partNanos) {
    this.threadCount = threadCount;
    this.partNanos = partNanos;
    // Bounded by the number of helpers. Threads are daemons that end when they are idle, so that
    // nobody has to close them.
    executor = new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        Workers::thread);
  }

  /// A thread that is nobody's: it may be begun by code that is unloaded long before it ends.
  private static Thread thread(Runnable task) {
    Thread thread = Thread.ofPlatform().daemon().name("valence-query").unstarted(task);
    thread.setContextClassLoader(Workers.class.getClassLoader());
    return thread;
  }

  /// Says that a query begins on this thread. Whoever calls this calls [#ended].
  public void began() {
    queries.increment();
  }

  public void ended() {
    queries.decrement();
  }

  /// Into how many parts an operator is to be cut; 1 for one that is small, or when nobody is free.
  ///
  /// @param rows  that it reads or makes, at least
  /// @param nanos that a row takes, about
  public int parts(long rows, int nanos) {
    if (rows < (2L * partNanos + nanos - 1) / nanos) {
      return 1;
    }
    int free = threadCount - helpers.get() - Math.max(1, queries.intValue());
    return free <= 0
        ? 1
        : (int) Math.min(rows / Math.max(1, partNanos / nanos), (free + 1L) * PARTS_PER_THREAD);
  }

  private int acquire(int wanted) {
    while (true) {
      int used = helpers.get();
      int granted = Math.min(wanted, threadCount - used - Math.max(1, queries.intValue()));
      if (granted <= 0) {
        return 0;
      }
      if (helpers.compareAndSet(used, used + granted)) {
        return granted;
      }
    }
  }

  /// What is done for a part of an operator.
  public interface Part {
    /// @param part   from 0
    /// @param budget of the thread that does it
    void run(int part, Budget budget);
  }

  /// Does all parts, and returns when that is done. When one fails the others are stopped; the
  /// failure is the first in their order.
  public void run(Budget budget, int parts, Part work) {
    int helping = parts == 1 ? 0 : acquire(parts - 1);
    if (helping == 0) {
      for (int part = 0; part < parts; part++) {
        work.run(part, budget);
      }
      return;
    }
    Crew crew = new Crew(parts, work);
    Reads reads = Reads.counting();
    List<Budget> budgets = new ArrayList<>();
    List<Reads> counts = new ArrayList<>();
    CountDownLatch end = new CountDownLatch(helping);
    for (int i = 0; i < helping; i++) {
      Budget own = budget.of(crew);
      Reads ownReads = reads == null ? null : new Reads();
      budgets.add(own);
      if (ownReads != null) {
        counts.add(ownReads);
      }
      start(() -> help(crew, own, ownReads), end);
    }
    Budget own = budget.of(crew);
    budgets.add(own);
    crew.work(own, () -> false);
    await(end, crew);
    budgets.forEach(budget::add);
    if (reads != null) {
      counts.forEach(reads::add);
    }
    budget.operator().workedBy(crew.threadCount());
    crew.finish(budget);
  }

  private void start(Runnable help, CountDownLatch end) {
    boolean isStarted = false;
    try {
      executor.execute(() -> {
        try {
          help.run();
        } finally {
          helpers.decrementAndGet();
          end.countDown();
        }
      });
      isStarted = true;
    } finally {
      if (!isStarted) { // there is no memory for a thread
        helpers.decrementAndGet();
        end.countDown();
      }
    }
  }

  private void help(Crew crew, Budget budget, @Nullable Reads reads) {
    Reads.during(reads, () -> {
      crew.work(budget, () -> queries.intValue() + helpers.get() > threadCount);
      return true;
    });
  }

  /// Waits for the helpers, who are in the middle of a part at most.
  private static void await(CountDownLatch end, Crew crew) {
    boolean isInterrupted = false;
    while (true) {
      try {
        end.await();
        break;
      } catch (InterruptedException e) {
        isInterrupted = true; // what they write to is in use until they end
        crew.stop();
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
