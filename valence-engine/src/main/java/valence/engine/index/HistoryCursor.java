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
  private final long since;
  private final long asOf;
  private final Batch batch = new Batch();
  private boolean begun;
  private boolean open;
  private int position;

  // The events of the batch.
  private long[] e = new long[EVENTS_FIRST];
  private int[] a = new int[EVENTS_FIRST];
  private long[] v = new long[EVENTS_FIRST];
  private @Nullable Object @Nullable [] o; // null while there are none
  private long[] t = new long[EVENTS_FIRST];
  private boolean[] added = new boolean[EVENTS_FIRST];
  private int count;

  /// @param rows has all columns
  HistoryCursor(Cursor rows, TimeView view) {
    this.rows = rows;
    this.since = view.since();
    this.asOf = view.asOf();
  }

  private void advance() {
    open = rows.next();
    position = open ? rows.batch().start : 0;
  }

  @Override
  public boolean next() {
    if (!begun) {
      begun = true;
      advance();
    }
    count = 0;
    o = null;
    while (open && count < BATCH_EVENTS) {
      appendGroup();
    }
    if (count == 0) {
      batch.start = batch.end;
      return false;
    }
    batch.show(new Rows(count, e, a, v, o, t, null), 0, count);
    batch.added = added;
    return true;
  }

  /// Takes the rows of one fact, oldest first, and turns their events round.
  private void appendGroup() {
    int first = count;
    Batch from = rows.batch();
    long entity = from.e[position];
    int attribute = from.a[position];
    long key = from.v[position];
    Object object = from.hasObjects() ? from.object(position) : null;
    do {
      long said = from.t[position];
      if (said > since && said <= asOf) {
        append(entity, attribute, key, object, said, true);
      }
      long ended = from.to(position);
      if (ended != RowBuffer.OPEN && ended > since && ended <= asOf) {
        append(entity, attribute, key, object, ended, false);
      }
      if (++position == from.end) {
        advance(); // the batch is the same object
      }
    } while (open
        && from.v[position] == key
        && from.e[position] == entity
        && from.a[position] == attribute
        && (object == null || ValueOrder.compare(key, from.object(position), key, object) == 0));
    if (count - first > 1) {
      reverse(first);
    }
  }

  private void append(
      long entity, int attribute, long key, @Nullable Object object, long when, boolean assertion) {
    if (count == e.length) {
      grow();
    }
    e[count] = entity;
    a[count] = attribute;
    v[count] = key;
    if (object != null || o != null) {
      o = o == null ? new Object[e.length] : o;
      o[count] = object;
    }
    t[count] = when;
    added[count] = assertion;
    count++;
  }

  private void grow() {
    int capacity = count * 2;
    e = Arrays.copyOf(e, capacity);
    a = Arrays.copyOf(a, capacity);
    v = Arrays.copyOf(v, capacity);
    o = o == null ? null : Arrays.copyOf(o, capacity);
    t = Arrays.copyOf(t, capacity);
    added = Arrays.copyOf(added, capacity);
  }

  /// Events of one fact differ in t and kind alone.
  private void reverse(int first) {
    for (int i = first, j = count - 1; i < j; i++, j--) {
      long when = t[i];
      t[i] = t[j];
      t[j] = when;
      boolean kind = added[i];
      added[i] = added[j];
      added[j] = kind;
    }
  }

  @Override
  public boolean seek(Order order, Bound bound) {
    if (batch.start < batch.end) {
      int found = batch.seek(order, bound);
      if (found < batch.end) {
        batch.start = found;
        return true;
      }
    }
    batch.start = batch.end;
    if (begun && !open) {
      return false;
    }
    Batch from = rows.batch();
    if (begun) {
      from.start = position;
    }
    begun = true;
    open = rows.seek(order, bound);
    position = open ? from.start : 0;
    return open && next();
  }

  @Override
  public Batch batch() {
    return batch;
  }
}
