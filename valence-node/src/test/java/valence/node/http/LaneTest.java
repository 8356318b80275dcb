package valence.node.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import valence.api.Anomaly;
import valence.api.AnomalyException;

final class LaneTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @Test
  void soManyRunSoManyWaitAndTheNextIsBusy() throws Exception {
    var lane = new Lane("test", 2, 3);
    var goOn = new CountDownLatch(1);
    var running = new AtomicInteger();
    var runningMost = new AtomicInteger();
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> calls = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        int number = i;
        calls.add(tasks.submit(() -> lane.call(LONG, () -> {
          runningMost.accumulateAndGet(running.incrementAndGet(), Math::max);
          goOn.await();
          running.decrementAndGet();
          return number;
        })));
      }
      while (!lane.full() || running.get() < 2) {
        Thread.onSpinWait();
      }
      assertThatThrownBy(() -> lane.call(LONG, () -> 0))
          .isInstanceOfSatisfying(
              AnomalyException.class,
              e -> assertThat(e.anomaly().category()).isEqualTo(Anomaly.Category.BUSY));
      goOn.countDown();
      for (int i = 0; i < 5; i++) {
        assertThat(calls.get(i).get()).isEqualTo(i);
      }
    }
    assertThat(runningMost).hasValue(2);
    assertThat(lane.call(LONG, () -> "free again")).isEqualTo("free again");
  }

  @Test
  void aCallPastItsTimeIsInterruptedAndItsCallerToldAtOnce() throws Exception {
    var lane = new Lane("test", 1, 0);
    var interrupted = new CountDownLatch(1);
    assertThatThrownBy(() -> lane.call(Duration.ofMillis(20), () -> {
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
          }
          return 0;
        }))
        .hasMessageContaining("took longer than 20 ms");
    interrupted.await();
  }

  @Test
  void aCallThatDoesntHeedTheInterruptKeepsItsPlace() throws Exception {
    var lane = new Lane("test", 1, 0);
    var goOn = new CountDownLatch(1);
    assertThatThrownBy(() -> lane.call(Duration.ofMillis(20), () -> {
          while (goOn.getCount() > 0) {
            Thread.onSpinWait();
          }
          return 0;
        }))
        .hasMessageContaining("took longer");
    assertThatThrownBy(() -> lane.call(LONG, () -> 0)).hasMessageContaining("Too much to do");
    goOn.countDown();
    while (lane.full()) {
      Thread.onSpinWait();
    }
    assertThat(lane.call(LONG, () -> 1)).isEqualTo(1);
  }

  @Test
  void aQueueThatWouldTakeTooLongIsRefusedEarly() throws Exception {
    var lane = new Lane("test", 1, 1_000, Duration.ofMillis(1));
    var ended = new CountDownLatch(10);
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> calls = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        calls.add(tasks.submit(() -> lane.call(LONG, () -> {
          long begin = System.nanoTime();
          while (System.nanoTime() - begin < 3_000_000) {
            Thread.onSpinWait();
          }
          ended.countDown();
          return 0;
        })));
      }
      ended.await();
      assertThat(lane.full()).isTrue(); // 1000 may wait, but not for so long
      assertThatThrownBy(() -> lane.call(LONG, () -> 0)).hasMessageContaining("Too much to do");
    }
    assertThat(lane.call(LONG, () -> "free again")).isEqualTo("free again");
  }

  @Test
  void whatACallThrowsIsThrownAsItIs() {
    var lane = new Lane("test", 1, 0);
    var mine = new IllegalStateException("mine");
    assertThatThrownBy(() -> lane.call(LONG, () -> {
          throw mine;
        }))
        .isSameAs(mine);
  }
}
