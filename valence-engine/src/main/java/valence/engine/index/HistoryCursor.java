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

  private static final int EVENTS_GROWTH = 4;

  /// Rows that are taken at a time, at least.
  private static final int ROWS_MIN = 16;

  private final Cursor rows; // open and closed rows, older first within equal e, a, v
  private final long since;
  private final long asOf;
  private final Batch batch = new Batch();
  private boolean begun;
  private boolean open;
  private int position;

  // The events of the batch.
  private long[] e = {};
  private int[] a = {};
  private long[] v = {};
  private @Nullable Object @Nullable [] o; // null while there are none
  private long[] t = {};
  private boolean[] added = {};
  private int count;

  // The fact of the last row that was taken.
  private int group; // where its events begin
  private int groupRows; // none while no fact has begun
  private long groupEntity;
  private int groupAttribute;
  private long groupKey;
  private @Nullable Object groupObject;

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
    group = 0;
    groupRows = 0;
    while (open && !appendRows()) {
      if (position == rows.batch().end) {
        advance(); // the batch is the same object
      }
    }
    if (groupRows > 1) {
      reverse(group, count);
    }
    if (count == 0) {
      batch.start = batch.end;
      return false;
    }
    batch.show(new Rows(count, e, a, v, o, t, null), 0, count);
    batch.added = added;
    return true;
  }

  /// Takes some rows, at most as many as there are in the batch; true when there are enough events,
  /// and the next row begins a fact. The events of a fact stand the newest first while it has one
  /// row, and the oldest first while more come.
  private boolean appendRows() {
    Batch from = rows.batch();
    boolean hasObjects = from.hasObjects();
    int end = Math.min(from.end, position + Math.max(ROWS_MIN, (BATCH_EVENTS - count) / 2));
    if (count + 2 * (end - position) > e.length) {
      grow(count + 2 * (end - position));
    }
    long[] theirE = from.e;
    int[] theirA = from.a;
    long[] theirV = from.v;
    long[] said = from.t;
    long[] ends = from.to;
    int at = count;
    for (int i = position; i < end; i++) {
      long entity = theirE[i];
      int attribute = theirA[i];
      long key = theirV[i];
      Object object = hasObjects ? from.object(i) : null;
      boolean isNext = groupRows > 0
          && key == groupKey
          && entity == groupEntity
          && attribute == groupAttribute
          && (object == null || ValueOrder.compare(key, groupObject, key, object) == 0);
      if (isNext) {
        if (groupRows++ == 1) {
          reverse(group, at);
        }
      } else {
        if (at >= BATCH_EVENTS) {
          count = at;
          position = i;
          return true;
        }
        if (groupRows > 1) {
          reverse(group, at);
        }
        group = at;
        groupRows = 1;
        groupEntity = entity;
        groupAttribute = attribute;
        groupKey = key;
        groupObject = object;
      }
      long begin = said[i];
      long stop = ends == null ? RowBuffer.OPEN : ends[i];
      boolean isSaid = begin > since && begin <= asOf;
      boolean isEnded = stop != RowBuffer.OPEN && stop > since && stop <= asOf;
      if (isEnded && !isNext) {
        set(at++, entity, attribute, key, object, stop, false);
      }
      if (isSaid) {
        set(at++, entity, attribute, key, object, begin, true);
      }
      if (isEnded && isNext) {
        set(at++, entity, attribute, key, object, stop, false);
      }
    }
    count = at;
    position = end;
    return false;
  }

  private void set(
      int at,
      long entity,
      int attribute,
      long key,
      @Nullable Object object,
      long when,
      boolean assertion) {
    e[at] = entity;
    a[at] = attribute;
    v[at] = key;
    t[at] = when;
    added[at] = assertion;
    if (object != null || o != null) {
      o = o == null ? new Object[e.length] : o;
      o[at] = object;
    }
  }

  private void grow(int least) {
    int capacity = Math.max(Math.max(least, EVENTS_FIRST), e.length * EVENTS_GROWTH);
    e = Arrays.copyOf(e, capacity);
    a = Arrays.copyOf(a, capacity);
    v = Arrays.copyOf(v, capacity);
    o = o == null ? null : Arrays.copyOf(o, capacity);
    t = Arrays.copyOf(t, capacity);
    added = Arrays.copyOf(added, capacity);
  }

  /// Events of one fact differ in t and kind alone.
  private void reverse(int from, int to) {
    for (int i = from, j = to - 1; i < j; i++, j--) {
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
