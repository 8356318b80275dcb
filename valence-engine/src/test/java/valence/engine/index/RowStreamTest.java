package valence.engine.index;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class RowStreamTest {
  private static final int LEAF_ROWS = 4;

  /// Leaves without end, the n-th with the entities from 4n on.
  private static final class Leaves implements Cursor {
    private final Batch batch = new Batch();
    private int read;

    @Override
    public boolean next() {
      RowBuffer rows = new RowBuffer(LEAF_ROWS);
      for (int i = 0; i < LEAF_ROWS; i++) {
        rows.add((long) read * LEAF_ROWS + i, 1, i, null, 1, RowBuffer.OPEN);
      }
      batch.show(rows.sorted(Order.EAVT, false, a -> true), 0, LEAF_ROWS);
      read++;
      return true;
    }

    @Override
    public Batch batch() {
      return batch;
    }
  }

  @Test
  void readsNoMoreLeavesThanConsumed() {
    Leaves leaves = new Leaves();
    var entities = RowStream.of(() -> leaves, (batch, row) -> batch.e[row]);
    assertEquals(0, leaves.read);
    assertEquals(List.of(0L, 1L, 2L, 3L, 4L, 5L), entities.limit(6).toList());
    assertEquals(2, leaves.read);
  }
}
