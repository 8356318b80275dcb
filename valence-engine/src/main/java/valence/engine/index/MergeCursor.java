package valence.engine.index;

import org.jspecify.annotations.Nullable;

/// The rows of two cursors of one order, merged.
///
/// Where one side has a long stretch before the other's next row, the stretch is handed out as it
/// is; only rows that truly alternate are copied.
final class MergeCursor implements Cursor {
  private static final int BATCH_ROWS_FIRST = 64;
  private static final int BATCH_ROWS_GROWTH = 4;
  private static final int BATCH_ROWS_MAX = 1024;
  private static final int STRETCH_ROWS_MIN = 32;

  private final Order order;
  private final Input left;
  private final Input right;
  private final int columns;
  private final boolean hasTimes;
  private final Batch batch = new Batch();

  // Copied rows.
  private long[] e = new long[0];
  private int[] a = new int[0];
  private long[] v = new long[0];
  private @Nullable Object[] o = new Object[0];
  private long[] from = new long[0];
  private long[] to = new long[0];
  private int count;

  /// @param columns that both cursors have, those that lead in the order among them; that of times
  ///     too, if both may have a row of one fact
  MergeCursor(Order order, Cursor left, Cursor right, int columns) {
    this.order = order;
    this.columns = columns | Batch.V;
    this.hasTimes = (columns & Batch.T) != 0;
    this.left = new Input(left);
    this.right = new Input(right);
  }

  /// A cursor and the position in its batch, which stays valid until [#hasRow] is asked.
  private static final class Input {
    private final Cursor cursor;
    private int position;
    private boolean open = true;

    /// Whether the batch hasn't been asked yet for what is copied.
    private boolean unread = true;

    Input(Cursor cursor) {
      this.cursor = cursor;
      position = cursor.batch().end;
    }

    /// Whether there is a row at the position, after moving to the next batch if need be.
    boolean hasRow() {
      if (open && position == cursor.batch().end) {
        open = cursor.next();
        position = open ? cursor.batch().start : 0;
        unread = true;
      }
      return open;
    }

    void seek(Order along, Bound bound) {
      if (open) {
        cursor.batch().start = position;
        open = cursor.seek(along, bound);
        position = open ? cursor.batch().start : 0;
        unread = true;
      }
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
    return compare(left.rows(), left.position, right.rows(), right.position) <= 0;
  }

  /// Without times both have different facts.
  private int compare(Batch rows, int row, Batch others, int otherRow) {
    return hasTimes
        ? rows.compare(order, row, others, otherRow)
        : rows.compareFacts(order, row, others, otherRow);
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
        && compare(rows, low + step - 1, other.rows(), other.position) < limit) {
      low += step;
      step *= 2;
    }
    int high = Math.min(low + step - 1, rows.end);
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (compare(rows, middle, other.rows(), other.position) < limit) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// Copies rows that alternate.
  private boolean merge() {
    if (e.length == 0 || count == e.length) {
      grow();
    }
    batch.start = batch.end;
    count = 0;
    boolean objects = false;
    boolean ends = false;
    int capacity = e.length;
    while (count < capacity && left.hasRow() && right.hasRow()) {
      Input input = precedes() ? left : right;
      Batch rows = input.rows();
      int row = input.position++;
      if (input.unread) { // of this batch
        rows.need(columns);
        input.unread = false;
      }
      e[count] = rows.e[row];
      a[count] = rows.a[row];
      v[count] = rows.v[row];
      if (rows.hasObjects()) {
        o[count] = rows.object(row);
        objects |= o[count] != null;
      } else {
        o[count] = null;
      }
      if (hasTimes) {
        from[count] = rows.t[row];
        to[count] = rows.to(row);
        ends |= to[count] != RowBuffer.OPEN;
      }
      count++;
    }
    batch.show(new Rows(count, e, a, v, objects ? o : null, from, ends ? to : null), 0, count);
    return true;
  }

  /// Starts small, so that a short range doesn't pay for the arrays of a long one.
  private void grow() {
    int capacity =
        e.length == 0 ? BATCH_ROWS_FIRST : Math.min(e.length * BATCH_ROWS_GROWTH, BATCH_ROWS_MAX);
    if (capacity > e.length) {
      e = new long[capacity];
      a = new int[capacity];
      v = new long[capacity];
      o = new Object[capacity];
      from = hasTimes ? new long[capacity] : e;
      to = hasTimes ? new long[capacity] : e;
    }
  }

  @Override
  public boolean seek(Order along, Bound bound) {
    if (batch.start < batch.end) {
      int found = batch.seek(along, bound);
      if (found < batch.end) {
        batch.start = found;
        return true;
      }
    }
    batch.start = batch.end;
    left.seek(along, bound);
    right.seek(along, bound);
    return next();
  }

  @Override
  public Batch batch() {
    return batch;
  }
}
