package valence.node.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import valence.api.AnomalyException;
import valence.wire.access.AccessKey;
import valence.wire.access.Signature;

final class NoncesTest {
  private static final AccessKey KEY = AccessKey.random();
  private static final long NOW = 1_700_000_000_000L;

  private static Signature at(long millis) {
    return Signature.of(KEY, millis, "POST", "/x", "", "0".repeat(64));
  }

  @Test
  void eachIsTakenOnceAtAnyTimeAtWhichItWouldBeTaken() {
    Nonces nonces = new Nonces(100_000);
    List<Signature> all = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      Signature signature = at(NOW + i * 7L);
      all.add(signature);
      assertThat(nonces.add(signature, NOW + i)).isTrue();
    }
    for (Signature each : all) {
      for (long offset : new long[] {-1, 0, 1}) {
        long now = each.timeMillis() + offset * Signature.SKEW_MILLIS_MAX;
        assertThat(now <= NOW + Signature.SKEW_MILLIS_MAX && nonces.add(each, now))
            .isFalse();
      }
    }
  }

  @Test
  void whatIsTooOldIsForgottenAndTheRestIsBounded() {
    Nonces nonces = new Nonces(10);
    for (int i = 0; i < 10; i++) {
      assertThat(nonces.add(at(NOW), NOW)).isTrue();
    }
    assertThatThrownBy(() -> nonces.add(at(NOW), NOW))
        .isInstanceOf(AnomalyException.class)
        .hasMessageContaining("as many as it may");
    long later = NOW + 3 * Signature.SKEW_MILLIS_MAX;
    assertThat(nonces.add(at(later), later)).isTrue();
  }
}
