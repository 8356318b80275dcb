package valence.engine.segment;

import org.jspecify.annotations.Nullable;
import valence.engine.index.Batch;
import valence.engine.index.Order;

/// Arrays that a cursor decodes rows of a block into. For one thread.
final class Chunk implements Batch.Objects {
  /// Few enough that the columns stay in the nearest caches.
  static final int ROWS_MAX = 1024;

  final long[] e;
  final int[] a;
  final long[] v;
  final long[] from;
  final long @Nullable [] to;

  /// The place of each row's attribute among those of the block.
  final long[] attributeCodes;

  /// What the values of each row's attribute make its object of.
  final int[] objectCodes;

  final long[] dealtKeys;
  final int[] dealtCodes;
  private RowBlock block;

  Chunk(RowBlock block, int rows, boolean closed) {
    this.block = block;
    e = new long[rows];
    a = new int[rows];
    v = new long[rows];
    from = new long[rows];
    to = closed ? new long[rows] : null;
    attributeCodes = new long[rows];
    objectCodes = new int[rows];
    int dealt = block.order == Order.EAVT ? rows : 0; // a cursor reads blocks of one order
    dealtKeys = new long[dealt];
    dealtCodes = new int[dealt];
  }

  int capacity() {
    return e.length;
  }

  /// Fills the batch with rows [low, high) of a block, at most [#capacity].
  void fill(RowBlock source, int low, int high, Batch batch) {
    block = source;
    source.read(low, high, this);
    batch.show(0, high - low, e, a, v, this, from, to);
  }

  @Override
  public @Nullable Object object(int row) {
    return block.object(this, row);
  }
}
