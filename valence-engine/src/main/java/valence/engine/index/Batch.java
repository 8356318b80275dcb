package valence.engine.index;

import org.jspecify.annotations.Nullable;

/// Consecutive rows of a range, as columns: the positions from [#start] to below [#end].
///
/// Belongs to its cursor: valid until the cursor moves, and not to be written to. Fields rather
/// than accessors, because these are the columns that every operator's inner loop reads.
public final class Batch {
  private static final Rows NO_ROWS = Rows.empty(true);

  public int start;
  public int end;
  public long[] e = NO_ROWS.e();
  public int[] a = NO_ROWS.a();

  /// Keys of the values.
  public long[] v = NO_ROWS.v();

  /// The values where a key doesn't say everything; null when all rows here are inline.
  public @Nullable Object @Nullable [] o;

  /// The t of the transaction that said it.
  public long[] t = NO_ROWS.from();

  /// False for retractions; null when all rows here are assertions.
  public boolean @Nullable [] added;

  /// The same columns, and the ends of closed rows.
  Rows rows = NO_ROWS;

  public int count() {
    return end - start;
  }

  public @Nullable Object object(int row) {
    return o == null ? null : o[row];
  }

  public boolean added(int row) {
    return added == null || added[row];
  }

  void set(Rows columns, int from, int to) {
    rows = columns;
    start = from;
    end = to;
    e = columns.e();
    a = columns.a();
    v = columns.v();
    o = columns.o();
    t = columns.from();
  }
}
