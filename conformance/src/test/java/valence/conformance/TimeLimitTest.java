package valence.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import valence.api.Anomaly;

final class TimeLimitTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @Test
  void workThatNeverEndsIsABreakdown() {
    CountDownLatch never = new CountDownLatch(1);
    Outcome outcome = TimeLimit.outcome("hang", Duration.ofMillis(50), () -> {
      never.await();
      return new Outcome.Answer(Map.of());
    });
    assertThat(outcome).isInstanceOf(Outcome.Breakdown.class);
    assertThat(((Outcome.Breakdown) outcome).cause()).isInstanceOf(TimeoutException.class);
  }

  @Test
  void anAnomalyIsARefusalAndAnythingElseABreakdown() {
    assertThat(TimeLimit.outcome("refuse", LONG, () -> {
          throw Anomaly.fault("Broken.").toException();
        }))
        .isInstanceOf(Outcome.Refusal.class);
    assertThat(TimeLimit.outcome("overflow", LONG, () -> {
          throw new StackOverflowError();
        }))
        .isInstanceOf(Outcome.Breakdown.class);
    assertThat(TimeLimit.outcome("answer", LONG, () -> new Outcome.Answer(Map.of())))
        .isEqualTo(new Outcome.Answer(Map.of()));
  }
}
