package valence.engine.index;

import org.jspecify.annotations.Nullable;

/// The rows of two cursors of one order, merged.
///
/// Where one side has a long stretch before the other's next row, the stretch is handed out as it
/// is; only rows that truly alternate are copied.
final class MergeCursor implements Cursor {
  private static final int BATCH_ROWS_FIRST = 64;
  private static final int BATCH_ROWS_MAX = 1024;
  private static final int STRETCH_ROWS_MIN = 32;

  private final Order order;
  private final Input left;
  private final Input right;
  private final Batch batch = new Batch();

  /// Grows, so that a short range doesn't pay for the arrays of a long one.
  private int batchRows = BATCH_ROWS_FIRST;

  MergeCursor(Order order, Cursor left, Cursor right) {
    this.order = order;
    this.left = new Input(left);
    this.right = new Input(right);
  }

  /// A cursor and the position in its batch, which stays valid until [#hasRow] is asked.
  private static final class Input {
    private final Cursor cursor;
    private int position;
    private boolean open = true;

    Input(Cursor cursor) {
      this.cursor = cursor;
      position = cursor.batch().end;
    }

    /// Whether there is a row at the position, after moving to the next batch if need be.
    boolean hasRow() {
      if (open && position == cursor.batch().end) {
        open = cursor.next();
        position = open ? cursor.batch().start : 0;
      }
      return open;
    }

    Batch rows() {
      return cursor.batch();
    }
  }

  @Override
  public boolean next() {
    boolean hasLeft = left.hasRow();
    boolean hasRight = right.hasRow();
    if (!hasLeft || !hasRight) {
      Input rest = hasLeft ? left : right;
      return (hasLeft || hasRight) && pass(rest, rest.rows().end);
    }
    boolean leftFirst = precedes();
    Input first = leftFirst ? left : right;
    int end = stretchEnd(first, leftFirst ? right : left, leftFirst);
    return end - first.position >= STRETCH_ROWS_MIN ? pass(first, end) : merge();
  }

  /// Equal rows come from the left first.
  private boolean precedes() {
    return left.rows().compare(order, left.position, right.rows(), right.position) <= 0;
  }

  private boolean pass(Input input, int end) {
    batch.show(input.rows(), input.position, end);
    input.position = end;
    return true;
  }

  /// The end of the rows of one input that come before the other's next; gallops.
  private int stretchEnd(Input input, Input other, boolean orEqual) {
    Batch rows = input.rows();
    int limit = orEqual ? 1 : 0;
    int low = input.position + 1;
    int step = 1;
    while (low + step <= rows.end
        && rows.compare(order, low + step - 1, other.rows(), other.position) < limit) {
      low += step;
      step *= 2;
    }
    int high = Math.min(low + step - 1, rows.end);
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (rows.compare(order, middle, other.rows(), other.position) < limit) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private boolean merge() {
    int capacity = batchRows;
    batchRows = Math.min(capacity * 4, BATCH_ROWS_MAX);
    long[] e = new long[capacity];
    int[] a = new int[capacity];
    long[] v = new long[capacity];
    @Nullable Object[] o = null;
    long[] from = new long[capacity];
    long[] to = new long[capacity];
    int count = 0;
    while (count < capacity && left.hasRow() && right.hasRow()) {
      Input input = precedes() ? left : right;
      Batch rows = input.rows();
      int row = input.position++;
      e[count] = rows.e[row];
      a[count] = rows.a[row];
      v[count] = rows.v[row];
      Object object = rows.object(row);
      if (object != null) {
        o = o == null ? new Object[capacity] : o;
        o[count] = object;
      }
      from[count] = rows.t[row];
      to[count] = rows.to(row);
      count++;
    }
    batch.show(new Rows(count, e, a, v, o, from, to), 0, count);
    return true;
  }

  @Override
  public Batch batch() {
    return batch;
  }
}
