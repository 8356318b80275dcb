package valence.engine.index;

/// The rows of another cursor that are true in a window of time. A batch without a gap is handed on
/// as it is; of one with gaps only times are looked at before it is known which rows are asked for.
final class FilterCursor implements Cursor {
  private final Cursor source;
  private final long since;
  private final long asOf;
  private final int columns;
  private final Batch batch = new Batch();
  private final Selection selection = new Selection();

  /// @param source  has the column of times
  /// @param columns that the batches have
  FilterCursor(Cursor source, TimeView view, int columns) {
    this.source = source;
    this.since = view.since();
    this.asOf = view.asOf();
    this.columns = columns;
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

  /// Shows the rows of the source's batch that are true; false when none is.
  private boolean select() {
    Batch from = source.batch();
    selection.reserve(from.count());
    int kept = from.to == null ? selectOpen(from) : select(from, from.to);
    if (kept == 0) {
      return false;
    }
    selection.show(from, kept, columns, batch);
    return true;
  }

  private int selectOpen(Batch from) {
    long[] said = from.t;
    int[] rows = selection.rows;
    int kept = 0;
    for (int i = from.start; i < from.end; i++) {
      rows[kept] = i;
      kept += said[i] > since & said[i] <= asOf ? 1 : 0;
    }
    return kept;
  }

  private int select(Batch from, long[] ends) {
    long[] said = from.t;
    int[] rows = selection.rows;
    int kept = 0;
    // An open row's end is beyond each t, save that of the view without an as-of.
    long until = asOf == Long.MAX_VALUE ? RowBuffer.OPEN - 1 : asOf;
    for (int i = from.start; i < from.end; i++) {
      rows[kept] = i;
      kept += said[i] > since & said[i] <= asOf & ends[i] > until ? 1 : 0;
    }
    return kept;
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
    from.start = from.end; // all of them were looked at
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
