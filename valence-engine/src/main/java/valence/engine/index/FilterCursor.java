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
        if (isTrue(from, i)) {
          kept++;
        }
      }
      if (kept == from.count()) {
        batch.show(from, from.start, from.end);
        return true;
      }
      if (kept > 0) {
        batch.show(kept(from, kept), 0, kept);
        return true;
      }
    }
    return false;
  }

  private boolean isTrue(Batch rows, int i) {
    long to = rows.to(i);
    return view.hasSaid(rows.t[i]) && (to == RowBuffer.OPEN || to > view.asOf());
  }

  private Rows kept(Batch from, int count) {
    long[] e = new long[count];
    int[] a = new int[count];
    long[] v = new long[count];
    @Nullable Object[] o = null;
    long[] t = new long[count];
    int kept = 0;
    for (int i = from.start; i < from.end; i++) {
      if (isTrue(from, i)) {
        e[kept] = from.e[i];
        a[kept] = from.a[i];
        v[kept] = from.v[i];
        Object object = from.object(i);
        if (object != null) {
          o = o == null ? new Object[count] : o;
          o[kept] = object;
        }
        t[kept] = from.t[i];
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
