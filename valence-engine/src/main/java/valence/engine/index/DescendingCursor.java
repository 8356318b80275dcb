package valence.engine.index;

import org.jspecify.annotations.Nullable;

/// A range read from its end, in chunks: each is read forwards and turned round.
///
/// A chunk begins at a row so near to the end of the rest that no run has more than [#CHUNK_ROWS]
/// rows from there on, save those of one fact, which stay together. So the work of a chunk is
/// bounded whatever the length of the range.
final class DescendingCursor implements Cursor {
  private static final int CHUNK_ROWS = 512;

  private final Indexes indexes;
  private final Run[] runs;
  private final Order order;
  private final TimeView view;
  private final Batch batch = new Batch();
  private Range rest;
  private boolean open = true;

  DescendingCursor(Indexes indexes, Order order, Range range, TimeView view) {
    this.indexes = indexes;
    this.runs = indexes.runs(order, range, view);
    this.order = order;
    this.view = view;
    this.rest = range;
  }

  @Override
  public boolean next() {
    while (open) {
      Bound begin = null;
      for (Run run : runs) {
        begin = later(begin, begin(run));
      }
      Range chunk = begin == null ? rest : new Range(begin, true, rest.high(), rest.highIn());
      if (begin == null) {
        open = false;
      } else {
        rest = new Range(rest.low(), rest.lowIn(), begin, false);
      }
      if (fill(chunk)) {
        return true;
      }
    }
    return false;
  }

  /// Where a run's last rows begin; null when the rest has no more than those.
  private @Nullable Bound begin(Run run) {
    if (run.count(rest) <= CHUNK_ROWS) {
      return null;
    }
    Cursor row = run.fromEnd(rest, CHUNK_ROWS);
    boolean found = row.next();
    assert found : "a range with rows has a row";
    Batch at = row.batch();
    int i = at.start;
    return Bound.eav(at.e[i], at.a[i], at.v[i], at.object(i));
  }

  private @Nullable Bound later(@Nullable Bound x, @Nullable Bound y) {
    if (x == null || y == null) {
      return x == null ? y : x;
    }
    return one(x).compare(order, 0, y) < 0 ? y : x;
  }

  private static Rows one(Bound bound) {
    return new Rows(
        1,
        new long[] {bound.e()},
        new int[] {bound.a()},
        new long[] {bound.v()},
        bound.o() == null ? null : new @Nullable Object[] {bound.o()},
        new long[1],
        null);
  }

  /// Reads a chunk and turns it round; false when the view shows none of its rows.
  private boolean fill(Range chunk) {
    int capacity = (int) indexes.countMax(order, chunk, view);
    long[] e = new long[capacity];
    int[] a = new int[capacity];
    long[] v = new long[capacity];
    @Nullable Object[] o = new Object[capacity];
    long[] t = new long[capacity];
    boolean[] added = new boolean[capacity];
    int first = capacity;
    Cursor rows = indexes.cursor(order, chunk, view);
    while (rows.next()) {
      Batch from = rows.batch();
      for (int i = from.start; i < from.end; i++) {
        first--;
        e[first] = from.e[i];
        a[first] = from.a[i];
        v[first] = from.v[i];
        o[first] = from.object(i);
        t[first] = from.t[i];
        added[first] = from.added(i);
      }
    }
    batch.show(new Rows(capacity, e, a, v, o, t, null), first, capacity);
    batch.added = added;
    return first < capacity;
  }

  @Override
  public Batch batch() {
    return batch;
  }
}
