package valence.engine.query.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;

/// Parts of an operator are each done once, by whoever is free, within the limits of the query.
@Timeout(60)
class WorkersTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final Workers workers = new Workers(3, 1);

  private Budget budget(Duration timeout) {
    return new Budget(timeout, OptionalLong.empty(), workers);
  }

  /// Waits, as somebody else's work that is in the way.
  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void eachPartIsDoneOnceAndThreadsDoThemBesideEachOther() {
    Budget budget = budget(LONG);
    AtomicIntegerArray done = new AtomicIntegerArray(100);
    CountDownLatch three = new CountDownLatch(3);
    workers.run(budget, 100, (part, own) -> {
      done.incrementAndGet(part);
      three.countDown();
      await(three); // goes on only when three threads are here
      own.check();
    });
    for (int part = 0; part < 100; part++) {
      assertEquals(1, done.get(part));
    }
    assertEquals(3, budget.operator().threadCount());
    assertEquals(3 * 16, workers.parts(1_000_000, 1), "helpers are free again");
  }

  @Test
  void whatIsSmallIsOnePart() {
    Workers measured = new Workers(4, 1000);
    assertEquals(1, measured.parts(199, 10));
    assertEquals(2, measured.parts(200, 10));
    assertEquals(4 * 16, measured.parts(1_000_000_000, 10));
    assertEquals(1, Workers.NONE.parts(Integer.MAX_VALUE, 1000));
  }

  @Test
  void asManyQueriesAsThreadsHaveNoHelpers() {
    workers.began();
    assertEquals(3 * 16, workers.parts(1_000_000, 1));
    workers.began();
    assertEquals(2 * 16, workers.parts(1_000_000, 1));
    workers.began();
    assertEquals(1, workers.parts(1_000_000, 1));
    Thread caller = Thread.currentThread();
    AtomicInteger mine = new AtomicInteger();
    workers.run(
        budget(LONG), 10, (part, own) -> mine.addAndGet(Thread.currentThread() == caller ? 1 : 0));
    assertEquals(10, mine.get());
    workers.ended();
    assertEquals(2 * 16, workers.parts(1_000_000, 1));
  }

  @Test
  void aHelperLeavesWhenQueriesComeThatNeedItsCore() {
    Budget budget = budget(LONG);
    Thread caller = Thread.currentThread();
    CountDownLatch all = new CountDownLatch(3);
    CountDownLatch needed = new CountDownLatch(1);
    AtomicInteger helped = new AtomicInteger();
    workers.run(budget, 50, (part, own) -> {
      if (part < 3) { // each thread has one
        all.countDown();
        await(all);
      }
      if (part == 0) {
        for (int i = 0; i < 3; i++) {
          workers.began();
        }
        needed.countDown();
      } else if (part < 3) {
        await(needed);
      }
      helped.addAndGet(Thread.currentThread() == caller || part < 3 ? 0 : 1);
    });
    assertEquals(0, helped.get());
    assertEquals(1, workers.parts(1_000_000, 1));
  }

  /// A heavy query that runs again and again beside small ones on two cores: while a small one
  /// runs, a helper ends what it is in the middle of, at most, and leaves the core.
  @Test
  void aHeavyQueryKeepsToItsOwnCoreWhileSmallOnesRun() throws Exception {
    Workers two = new Workers(2, 1);
    AtomicInteger own = new AtomicInteger();
    AtomicInteger helped = new AtomicInteger();
    AtomicBoolean isOver = new AtomicBoolean();
    Thread heavy = Thread.ofPlatform().start(() -> {
      Thread caller = Thread.currentThread();
      two.began();
      while (!isOver.get()) {
        two.run(new Budget(LONG, OptionalLong.empty(), two), 64, (part, budget) -> {
          (Thread.currentThread() == caller ? own : helped).incrementAndGet();
          Thread.yield();
        });
      }
      two.ended();
    });
    int most = 0;
    for (int small = 0; small < 200; small++) {
      two.began();
      int helpedBefore = helped.get();
      for (int goal = own.get() + 100; own.get() < goal; ) {
        Thread.yield(); // the small query's work, as long as a hundred parts of the heavy one
      }
      most = Math.max(most, helped.get() - helpedBefore);
      two.ended();
    }
    isOver.set(true);
    heavy.join();
    assertTrue(most <= 1, "a helper began " + most + " parts while a small query ran");
  }

  @Test
  void theFailureIsThatOfTheFirstPartAndNothingRunsAfterIt() {
    Budget budget = budget(LONG);
    CountDownLatch three = new CountDownLatch(3);
    AtomicInteger running = new AtomicInteger();
    IllegalStateException failure = assertThrows(
        IllegalStateException.class,
        () -> workers.run(budget, 1000, (part, own) -> {
          running.incrementAndGet();
          three.countDown();
          await(three);
          running.decrementAndGet();
          throw new IllegalStateException("part " + part);
        }));
    assertEquals("part 0", failure.getMessage());
    assertEquals(0, running.get());
  }

  @Test
  void allThreadsStopWhenTheTimeIsOver() {
    Budget budget = budget(Duration.ofMillis(20));
    AnomalyException stopped = assertThrows(
        AnomalyException.class,
        () -> workers.run(budget, 3, (part, own) -> {
          while (true) {
            own.tick();
          }
        }));
    assertEquals(Category.UNAVAILABLE, stopped.anomaly().category());
    assertTrue(stopped.anomaly().message().contains("20 ms"), stopped::getMessage);
    assertTrue(stopped.anomaly().message().contains("Most of its time"), stopped::getMessage);
  }

  @Test
  void allThreadsStopWhenTogetherTheyHoldTooMuch() {
    Budget budget = new Budget(LONG, OptionalLong.of(1 << 20), workers);
    CountDownLatch three = new CountDownLatch(3);
    AnomalyException stopped = assertThrows(
        AnomalyException.class,
        () -> workers.run(budget, 3, (part, own) -> {
          three.countDown();
          await(three);
          own.rows(50_000, 1, "a third of what the query may hold, and more");
        }));
    assertEquals(Category.BUSY, stopped.anomaly().category());
    assertTrue(stopped.anomaly().message().contains("1048576 bytes"), stopped::getMessage);
  }

  @Test
  void partsThatFitTogetherCountAsTheWholeWould() {
    Budget budget = new Budget(LONG, OptionalLong.of(1 << 20), workers);
    workers.run(budget, 100, (part, own) -> {
      for (int rows = 1; rows <= 1000; rows++) {
        own.rows(rows, 1, "a hundredth of most of it");
      }
    });
    assertEquals(100 * 1000 * 8, budget.peakBytes());
  }

  @Test
  void whoeverIsInterruptedStopsItsHelpersAndStaysInterrupted() throws Exception {
    CountDownLatch begun = new CountDownLatch(3);
    AtomicInteger stopped = new AtomicInteger();
    Future<Boolean> result;
    FutureTask<Boolean> task = new FutureTask<>(() -> {
      AnomalyException interrupted = assertThrows(
          AnomalyException.class,
          () -> workers.run(budget(LONG), 3, (part, own) -> {
            begun.countDown();
            try {
              while (true) {
                own.tick();
              }
            } finally {
              stopped.incrementAndGet();
            }
          }));
      assertEquals(Category.INTERRUPTED, interrupted.anomaly().category());
      assertEquals(3, stopped.get());
      return Thread.currentThread().isInterrupted();
    });
    result = task;
    Thread caller = Thread.ofVirtual().start(task);
    begun.await();
    caller.interrupt();
    assertTrue(result.get());
    caller.join();
  }

  @Test
  void manyQueriesAtOnceShareTheHelpersAndLoseNone() throws Exception {
    List<Thread> threads = new ArrayList<>();
    AtomicInteger sum = new AtomicInteger();
    for (int i = 0; i < 8; i++) {
      threads.add(Thread.ofPlatform().start(() -> {
        for (int round = 0; round < 200; round++) {
          workers.began();
          workers.run(budget(LONG), 10, (part, own) -> sum.incrementAndGet());
          workers.ended();
        }
      }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(8 * 200 * 10, sum.get());
    workers.began();
    assertEquals(3 * 16, workers.parts(1_000_000, 1));
  }
}
