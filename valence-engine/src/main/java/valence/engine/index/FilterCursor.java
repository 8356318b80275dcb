package valence.engine.index;

import org.jspecify.annotations.Nullable;

/// The rows of another cursor that are true in a window of time.
final class FilterCursor implements Cursor {
  private final Cursor source;
  private final TimeView view;
  private final Batch batch = new Batch();

  FilterCursor(Cursor source, TimeView view) {
    this.source = source;
    this.view = view;
  }

  @Override
  public boolean next() {
    while (source.next()) {
      Batch from = source.batch();
      int kept = 0;
      for (int i = from.start; i < from.end; i++) {
        if (isTrue(from.rows, i)) {
          kept++;
        }
      }
      if (kept == from.count()) {
        batch.set(from.rows, from.start, from.end);
        return true;
      }
      if (kept > 0) {
        batch.set(kept(from, kept), 0, kept);
        return true;
      }
    }
    return false;
  }

  private boolean isTrue(Rows rows, int i) {
    return view.hasSaid(rows.from()[i]) && (rows.to() == null || rows.to()[i] > view.asOf());
  }

  private Rows kept(Batch from, int count) {
    Rows rows = from.rows;
    long[] e = new long[count];
    int[] a = new int[count];
    long[] v = new long[count];
    @Nullable Object[] o = rows.o() == null ? null : new Object[count];
    long[] t = new long[count];
    int kept = 0;
    for (int i = from.start; i < from.end; i++) {
      if (isTrue(rows, i)) {
        e[kept] = rows.e()[i];
        a[kept] = rows.a()[i];
        v[kept] = rows.v()[i];
        if (o != null) {
          o[kept] = rows.object(i);
        }
        t[kept] = rows.from()[i];
        kept++;
      }
    }
    return new Rows(count, e, a, v, o, t, null);
  }

  @Override
  public Batch batch() {
    return batch;
  }
}
