package valence.engine.index;

import org.jspecify.annotations.Nullable;

/// Says of a row whether it is shown. Asked once for each row that a cursor passes, in its order.
@FunctionalInterface
public interface RowFilter {
  boolean shows(Batch batch, int row);

  /// The rows of a cursor that the filter shows.
  static Cursor over(Cursor rows, RowFilter filter) {
    return new Kept(rows, filter);
  }

  /// The rows of another cursor that pass. A batch without a gap is handed on as it is.
  final class Kept implements Cursor {
    private final Cursor source;
    private final RowFilter filter;
    private final Batch batch = new Batch();

    private Kept(Cursor source, RowFilter filter) {
      this.source = source;
      this.filter = filter;
    }

    @Override
    public boolean next() {
      while (source.next()) {
        Batch from = source.batch();
        boolean[] shown = new boolean[from.count()];
        int kept = 0;
        for (int i = 0; i < shown.length; i++) {
          shown[i] = filter.shows(from, from.start + i);
          kept += shown[i] ? 1 : 0;
        }
        if (kept == shown.length) {
          batch.show(from, from.start, from.end);
          return true;
        }
        if (kept > 0) {
          copy(from, shown, kept);
          return true;
        }
      }
      return false;
    }

    private void copy(Batch from, boolean[] shown, int count) {
      long[] e = new long[count];
      int[] a = new int[count];
      long[] v = new long[count];
      @Nullable Object[] o = null;
      long[] t = new long[count];
      boolean[] added = new boolean[count];
      int kept = 0;
      for (int i = 0; i < shown.length; i++) {
        if (shown[i]) {
          int row = from.start + i;
          e[kept] = from.e[row];
          a[kept] = from.a[row];
          v[kept] = from.v[row];
          Object object = from.object(row);
          if (object != null) {
            o = o == null ? new Object[count] : o;
            o[kept] = object;
          }
          t[kept] = from.t[row];
          added[kept] = from.added(row);
          kept++;
        }
      }
      batch.show(new Rows(count, e, a, v, o, t, null), 0, count);
      batch.added = from.added == null ? null : added;
    }

    @Override
    public Batch batch() {
      return batch;
    }
  }
}
