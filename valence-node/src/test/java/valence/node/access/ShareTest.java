package valence.node.access;

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
import valence.api.AnomalyException;

final class ShareTest {
  @Test
  void soManyRunSoManyWaitTheNextIsToldBusy() throws Exception {
    Share share = new Share("ann", new Limits(1, 1, 2, 3), Duration.ofSeconds(60));
    var running = new CountDownLatch(2);
    var end = new CountDownLatch(1);
    AtomicInteger atOnce = new AtomicInteger();
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> all = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        all.add(tasks.submit(() -> share.run(() -> {
          int now = atOnce.incrementAndGet();
          running.countDown();
          end.await();
          atOnce.decrementAndGet();
          return now;
        })));
      }
      running.await();
      while (share.admitted() < 5) {
        Thread.onSpinWait();
      }
      assertThatThrownBy(() -> share.run(() -> 0))
          .isInstanceOf(AnomalyException.class)
          .hasMessageContaining("ann has 2 requests under way");
      end.countDown();
      for (Future<Integer> each : all) {
        assertThat(each.get()).isLessThanOrEqualTo(2);
      }
      assertThat(share.run(() -> 7)).isEqualTo(7);
    }
  }

  @Test
  void aTurnThatDoesntComeIsBusy() throws Exception {
    Share share = new Share("ann", new Limits(1, 1, 1, 1), Duration.ofMillis(50));
    var begun = new CountDownLatch(1);
    var end = new CountDownLatch(1);
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> first = tasks.submit(() -> share.run(() -> {
        begun.countDown();
        end.await();
        return 1;
      }));
      begun.await();
      assertThatThrownBy(() -> share.run(() -> 2)).isInstanceOf(AnomalyException.class);
      end.countDown();
      assertThat(first.get()).isEqualTo(1);
    }
  }
}
