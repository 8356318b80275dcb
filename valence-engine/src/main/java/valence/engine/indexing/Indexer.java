package valence.engine.indexing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Runs the indexing of all databases of a client, one job at a time, on one thread of low priority
/// that is started with the first.
///
/// A job that fails is tried again after a pause, which doubles with each failure up to a bound and
/// is spread by chance, so that processes that failed together don't try again together.
public final class Indexer implements AutoCloseable {
  /// What is to be done for one database.
  public interface Work {
    /// Does it once, and says when there is more: empty of reasons, it isn't called again before
    /// the next request. A failure is kept by the work, which says what it was.
    ///
    /// @return the pause before the next call; null when there is nothing more to do
    @Nullable Duration run();
  }

  private record Due(Work work, long nanos) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Due> queue = new ArrayList<>(); // guarded by lock; one for each work at most
  private @Nullable Work running; // guarded by lock
  private @Nullable Thread thread; // guarded by lock
  private boolean closed; // guarded by lock

  /// Has the work done as soon as the thread is free. A request that finds the work waiting, or
  /// under way, adds nothing to the first and a further run to the second.
  public void request(Work work) {
    schedule(work, Duration.ZERO);
  }

  /// Has the work done after a pause, unless it is asked for sooner.
  void requestLater(Work work, Duration pause) {
    lock.lock();
    try {
      if (queue.stream().noneMatch(each -> each.work() == work)) {
        schedule(work, pause);
      }
    } finally {
      lock.unlock();
    }
  }

  private void schedule(Work work, Duration pause) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      long nanos = System.nanoTime() + pause.toNanos();
      queue.removeIf(each -> each.work() == work);
      queue.add(new Due(work, nanos));
      if (thread == null) {
        thread = Thread.ofPlatform()
            .name("valence-indexer")
            .daemon()
            .priority(Thread.MIN_PRIORITY)
            .unstarted(this::runAll);
        // Whoever asks first may be code that is unloaded long before this ends.
        thread.setContextClassLoader(Indexer.class.getClassLoader());
        thread.start();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until the work is neither waiting nor under way, and keeps it so.
  public void forget(Work work) {
    lock.lock();
    try {
      queue.removeIf(each -> each.work() == work);
      while (running == work) {
        changed.awaitUninterruptibly();
        queue.removeIf(each -> each.work() == work);
      }
    } finally {
      lock.unlock();
    }
  }

  private void runAll() {
    for (Work work = next(); work != null; work = next()) {
      Duration pause = null;
      try {
        pause = work.run();
      } finally {
        done(work, pause);
      }
    }
  }

  private @Nullable Work next() {
    lock.lock();
    try {
      while (!closed) {
        long now = System.nanoTime();
        Due first = null;
        for (Due due : queue) {
          if (first == null || due.nanos() - first.nanos() < 0) {
            first = due;
          }
        }
        if (first == null) {
          changed.awaitUninterruptibly();
        } else if (first.nanos() - now > 0) {
          await(first.nanos() - now);
        } else {
          queue.remove(first);
          running = first.work();
          return running;
        }
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  private void await(long nanos) {
    try {
      changed.await(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      // nobody of ours interrupts this thread; whoever does gets a look at the queue
      assert !closed || running == null : "closed while at work";
    }
  }

  private void done(Work work, @Nullable Duration pause) {
    lock.lock();
    try {
      running = null;
      changed.signalAll();
      boolean requested = queue.stream().anyMatch(each -> each.work() == work);
      if (pause != null && !requested) {
        schedule(work, pause);
      }
    } finally {
      lock.unlock();
    }
  }

  /// The pause after some failures in a row.
  static Duration pause(int failures, Indexing indexing, RandomGenerator random) {
    long first = Math.max(1, indexing.retryFirst().toNanos());
    long full = first << Math.min(failures - 1, 20);
    long bounded = full <= 0
        ? indexing.retryMax().toNanos()
        : Math.min(full, Math.max(first, indexing.retryMax().toNanos()));
    return Duration.ofNanos(bounded / 2 + random.nextLong(bounded / 2 + 1));
  }

  /// Waits for the job under way, which its owner has told to stop.
  @Override
  public void close() {
    Thread last;
    lock.lock();
    try {
      closed = true;
      queue.clear();
      last = thread;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (last != null) {
      boolean interrupted = false;
      while (last.isAlive()) {
        try {
          last.join();
        } catch (InterruptedException e) {
          interrupted = true; // the storage may only be closed behind the job
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
