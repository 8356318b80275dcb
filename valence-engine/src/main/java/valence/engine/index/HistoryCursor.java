package valence.engine.index;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import valence.engine.value.ValueOrder;

/// Every assertion and retraction in a window of time: each row yields its assertion and, when it
/// is closed, its retraction. Within equal e, a and v the newest comes first.
final class HistoryCursor implements Cursor {
  private static final int BATCH_EVENTS = 1024;

  private final Cursor rows; // open and closed rows, older first within equal e, a, v
  private final TimeView view;
  private final Batch batch = new Batch();
  private boolean open;
  private int position;

  HistoryCursor(Cursor rows, TimeView view) {
    this.rows = rows;
    this.view = view;
    advance();
  }

  private void advance() {
    open = rows.next();
    position = open ? rows.batch().start : 0;
  }

  @Override
  public boolean next() {
    Events events = new Events();
    while (open && events.count < BATCH_EVENTS) {
      appendGroup(events);
    }
    if (events.count == 0) {
      return false;
    }
    batch.set(events.rows(), 0, events.count);
    batch.added = events.added;
    return true;
  }

  /// Takes the rows of one fact, oldest first, and turns their events round.
  private void appendGroup(Events events) {
    int first = events.count;
    Rows group = rows.batch().rows;
    int groupRow = position;
    do {
      Rows columns = rows.batch().rows;
      long to = columns.to() == null ? RowBuffer.OPEN : columns.to()[position];
      if (view.hasSaid(columns.from()[position])) {
        events.append(columns, position, columns.from()[position], true);
      }
      if (to != RowBuffer.OPEN && view.hasSaid(to)) {
        events.append(columns, position, to, false);
      }
      if (++position == rows.batch().end) {
        advance();
      }
    } while (open && sameFact(group, groupRow, rows.batch().rows, position));
    events.reverse(first);
  }

  private static boolean sameFact(Rows x, int i, Rows y, int j) {
    return x.e()[i] == y.e()[j]
        && x.a()[i] == y.a()[j]
        && ValueOrder.compare(x.v()[i], x.object(i), y.v()[j], y.object(j)) == 0;
  }

  @Override
  public Batch batch() {
    return batch;
  }

  private static final class Events {
    private long[] e = new long[BATCH_EVENTS + 2];
    private int[] a = new int[BATCH_EVENTS + 2];
    private long[] v = new long[BATCH_EVENTS + 2];
    private @Nullable Object[] o = new Object[BATCH_EVENTS + 2];
    private long[] t = new long[BATCH_EVENTS + 2];
    private boolean[] added = new boolean[BATCH_EVENTS + 2];
    private int count;

    void append(Rows rows, int row, long when, boolean assertion) {
      if (count == e.length) {
        int capacity = count * 2;
        e = Arrays.copyOf(e, capacity);
        a = Arrays.copyOf(a, capacity);
        v = Arrays.copyOf(v, capacity);
        o = Arrays.copyOf(o, capacity);
        t = Arrays.copyOf(t, capacity);
        added = Arrays.copyOf(added, capacity);
      }
      e[count] = rows.e()[row];
      a[count] = rows.a()[row];
      v[count] = rows.v()[row];
      o[count] = rows.object(row);
      t[count] = when;
      added[count] = assertion;
      count++;
    }

    /// Events of one fact differ in t and kind alone.
    void reverse(int first) {
      for (int i = first, j = count - 1; i < j; i++, j--) {
        long when = t[i];
        t[i] = t[j];
        t[j] = when;
        boolean kind = added[i];
        added[i] = added[j];
        added[j] = kind;
      }
    }

    Rows rows() {
      return new Rows(count, e, a, v, o, t, null);
    }
  }
}
