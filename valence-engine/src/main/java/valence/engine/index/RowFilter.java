package valence.engine.index;

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
    private final Selection selection = new Selection();

    private Kept(Cursor source, RowFilter filter) {
      this.source = source;
      this.filter = filter;
    }

    @Override
    public boolean next() {
      while (source.next()) {
        if (select()) {
          return true;
        }
      }
      batch.start = batch.end;
      return false;
    }

    private boolean select() {
      Batch from = source.batch();
      selection.reserve(from.count());
      int kept = 0;
      for (int i = from.start; i < from.end; i++) {
        if (filter.shows(from, i)) {
          selection.rows[kept++] = i;
        }
      }
      if (kept == 0) {
        return false;
      }
      selection.show(from, kept, Batch.ALL, batch);
      return true;
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
      Batch from = source.batch();
      from.start = from.end; // all of them were asked for
      if (!source.seek(order, bound)) {
        batch.start = batch.end;
        return false;
      }
      return select() || next();
    }

    @Override
    public Batch batch() {
      return batch;
    }
  }
}
