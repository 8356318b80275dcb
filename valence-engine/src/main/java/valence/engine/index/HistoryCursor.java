package valence.engine.index;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import valence.engine.value.ValueOrder;

/// Every assertion and retraction in a window of time: each row yields its assertion and, when it
/// is closed, its retraction. Within equal e, a and v the newest comes first.
final class HistoryCursor implements Cursor {
  private static final int BATCH_EVENTS = 1024;

  /// Arrays grow from this, so that a short range doesn't pay for those of a long one.
  private static final int EVENTS_FIRST = 64;

  private final Cursor rows; // open and closed rows, older first within equal e, a, v
  private final TimeView view;
  private final Batch batch = new Batch();
  private boolean open;
  private int position;
  private int capacity = EVENTS_FIRST;

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
    Events events = new Events(capacity);
    capacity = BATCH_EVENTS;
    while (open && events.count < BATCH_EVENTS) {
      appendGroup(events);
    }
    if (events.count == 0) {
      return false;
    }
    batch.show(events.rows(), 0, events.count);
    batch.added = events.added;
    return true;
  }

  /// Takes the rows of one fact, oldest first, and turns their events round.
  private void appendGroup(Events events) {
    int first = events.count;
    Batch from = rows.batch();
    long e = from.e[position];
    int a = from.a[position];
    long v = from.v[position];
    Object o = from.object(position);
    do {
      Batch row = rows.batch();
      if (view.hasSaid(row.t[position])) {
        events.append(e, a, v, o, row.t[position], true);
      }
      long to = row.to(position);
      if (to != RowBuffer.OPEN && view.hasSaid(to)) {
        events.append(e, a, v, o, to, false);
      }
      if (++position == row.end) {
        advance();
      }
    } while (open && isNext(e, a, v, o));
    events.reverse(first);
  }

  /// Whether the next row is of a fact.
  private boolean isNext(long e, int a, long v, @Nullable Object o) {
    Batch row = rows.batch();
    return row.e[position] == e
        && row.a[position] == a
        && row.v[position] == v
        && ValueOrder.compare(v, row.object(position), v, o) == 0;
  }

  @Override
  public Batch batch() {
    return batch;
  }

  private static final class Events {
    private long[] e;
    private int[] a;
    private long[] v;
    private @Nullable Object[] o;
    private long[] t;
    private boolean[] added;
    private int count;

    Events(int capacity) {
      e = new long[capacity];
      a = new int[capacity];
      v = new long[capacity];
      o = new Object[capacity];
      t = new long[capacity];
      added = new boolean[capacity];
    }

    void append(
        long entity,
        int attribute,
        long key,
        @Nullable Object object,
        long when,
        boolean assertion) {
      if (count == e.length) {
        int capacity = count * 2;
        e = Arrays.copyOf(e, capacity);
        a = Arrays.copyOf(a, capacity);
        v = Arrays.copyOf(v, capacity);
        o = Arrays.copyOf(o, capacity);
        t = Arrays.copyOf(t, capacity);
        added = Arrays.copyOf(added, capacity);
      }
      e[count] = entity;
      a[count] = attribute;
      v[count] = key;
      o[count] = object;
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
