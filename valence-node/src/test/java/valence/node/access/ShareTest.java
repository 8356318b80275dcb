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
        all.add(tasks.submit(() -> share.run(_ -> {
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
      assertThatThrownBy(() -> share.run(_ -> 0))
          .isInstanceOf(AnomalyException.class)
          .hasMessageContaining("ann has 2 requests under way");
      end.countDown();
      for (Future<Integer> each : all) {
        assertThat(each.get()).isLessThanOrEqualTo(2);
      }
      assertThat((int) share.run(_ -> 7)).isEqualTo(7);
    }
  }

  @Test
  void aTurnThatDoesntComeIsBusy() throws Exception {
    Share share = new Share("ann", new Limits(1, 1, 1, 1), Duration.ofMillis(50));
    var begun = new CountDownLatch(1);
    var end = new CountDownLatch(1);
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> first = tasks.submit(() -> share.run(_ -> {
        begun.countDown();
        end.await();
        return 1;
      }));
      begun.await();
      assertThatThrownBy(() -> share.run(_ -> 2)).isInstanceOf(AnomalyException.class);
      end.countDown();
      assertThat(first.get()).isEqualTo(1);
    }
  }

  @Test
  void whatLastsFreesItsPlaceAmongThoseThatRun() throws Exception {
    Share share = new Share("ann", new Limits(1, 1, 1, 0), Duration.ofMillis(50));
    List<Share.Turn> turns = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      nested(share, turns, i);
    }
    assertThat((int) share.run(_ -> 7)).as("nothing lasts any more").isEqualTo(7);
  }

  /// Requests that last, one within the other, up to so many.
  private static void nested(Share share, List<Share.Turn> turns, int depth) throws Exception {
    share.run(turn -> {
      turn.last();
      turn.last(); // which counts once
      turns.add(turn);
      assertThat((int) share.run(_ -> 1)).isEqualTo(1);
      if (depth > 0) {
        nested(share, turns, depth - 1);
      } else if (turns.size() == 10) {
        assertThatThrownBy(() -> share.run(each -> {
              each.last();
              return 0;
            }))
            .hasMessageContaining("reads 4 streams");
        assertThat((int) share.run(_ -> 2))
            .as("a refused one gives its place back")
            .isEqualTo(2);
      }
      return depth;
    });
  }
}
