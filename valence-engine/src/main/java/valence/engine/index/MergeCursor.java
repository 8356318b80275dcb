package valence.engine.index;

import org.jspecify.annotations.Nullable;

/// The rows of two cursors of one order, merged.
final class MergeCursor implements Cursor {
  private static final int BATCH_ROWS = 1024;

  private final Order order;
  private final Input left;
  private final Input right;
  private final Batch batch = new Batch();

  MergeCursor(Order order, Cursor left, Cursor right) {
    this.order = order;
    this.left = new Input(left);
    this.right = new Input(right);
  }

  /// A cursor and the position in its batch.
  private static final class Input {
    private final Cursor cursor;
    private int position;
    private boolean open;

    Input(Cursor cursor) {
      this.cursor = cursor;
      advance();
    }

    private void advance() {
      open = cursor.next();
      position = open ? cursor.batch().start : 0;
    }

    void step() {
      if (++position == cursor.batch().end) {
        advance();
      }
    }

    Rows rows() {
      return cursor.batch().rows;
    }
  }

  @Override
  public boolean next() {
    if (!left.open && !right.open) {
      return false;
    }
    long[] e = new long[BATCH_ROWS];
    int[] a = new int[BATCH_ROWS];
    long[] v = new long[BATCH_ROWS];
    @Nullable Object[] o = null;
    long[] from = new long[BATCH_ROWS];
    long[] to = new long[BATCH_ROWS];
    int count = 0;
    while (count < BATCH_ROWS && (left.open || right.open)) {
      boolean takeLeft = !right.open
          || (left.open
              && Rows.compare(order, left.rows(), left.position, right.rows(), right.position)
                  <= 0);
      Input input = takeLeft ? left : right;
      Rows rows = input.rows();
      int row = input.position;
      e[count] = rows.e()[row];
      a[count] = rows.a()[row];
      v[count] = rows.v()[row];
      Object object = rows.object(row);
      if (object != null) {
        if (o == null) {
          o = new Object[BATCH_ROWS];
        }
        o[count] = object;
      }
      from[count] = rows.from()[row];
      to[count] = rows.to() == null ? RowBuffer.OPEN : rows.to()[row];
      count++;
      input.step();
    }
    batch.set(new Rows(count, e, a, v, o, from, to), 0, count);
    return true;
  }

  @Override
  public Batch batch() {
    return batch;
  }
}
