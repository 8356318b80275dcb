package valence.storage.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import valence.storage.contract.CellHistory.Call;
import valence.storage.contract.CellHistory.Deed;

class CellHistoryTest {
  private static boolean holds(Call... calls) {
    return new CellHistory(List.of(calls)).isLinearizable();
  }

  private static Call set(long begin, long end, int expected, int value, boolean done) {
    return new Call(begin, end, new Deed.Set(expected, value, done));
  }

  private static Call get(long begin, long end, int seen) {
    return new Call(begin, end, new Deed.Get(seen));
  }

  @Test
  void whatOverlapsMayHaveHappenedInAnyOrder() {
    assertThat(holds(set(0, 9, 0, 1, true), get(1, 2, 0), get(3, 4, 1))).isTrue();
    assertThat(holds(set(0, 9, 0, 1, true), set(0, 9, 1, 2, true), get(1, 2, 2)))
        .isTrue();
  }

  @Test
  void aStaleReadIsFound() {
    assertThat(holds(set(0, 1, 0, 1, true), get(2, 3, 0))).isFalse();
    assertThat(holds(set(0, 9, 0, 1, true), get(1, 2, 1), get(3, 4, 0))).isFalse();
  }

  @Test
  void twoWinnersAndALostUpdateAreFound() {
    assertThat(holds(set(0, 9, 0, 1, true), set(0, 9, 0, 2, true))).isFalse();
    assertThat(holds(set(0, 1, 0, 1, true), set(2, 3, 1, 2, false))).isFalse();
    assertThat(holds(set(0, 1, 0, 1, true), new Call(2, 3, new Deed.Delete(1, true)), get(4, 5, 1)))
        .isFalse();
  }
}
