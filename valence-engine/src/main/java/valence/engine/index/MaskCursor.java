package valence.engine.index;

/// The rows of a cursor without those that another one of the same order has. A batch without any
/// of them is handed out as it is; otherwise each batch is a stretch between two of them.
final class MaskCursor implements Cursor {
  private final Order order;
  private final Cursor rows;
  private final Cursor masked; // rows of the first cursor, whatever their end
  private final Batch batch = new Batch();
  private int position;
  private int end;
  private int mask;
  private boolean masking;

  MaskCursor(Order order, Cursor rows, Cursor masked) {
    this.order = order;
    this.rows = rows;
    this.masked = masked;
    nextMask();
  }

  private void nextMask() {
    if (masking && ++mask < masked.batch().end) {
      return;
    }
    masking = masked.next();
    mask = masking ? masked.batch().start : 0;
  }

  @Override
  public boolean next() {
    while (true) {
      if (position == end) {
        if (!rows.next()) {
          return false;
        }
        position = rows.batch().start;
        end = rows.batch().end;
      }
      int stretchEnd = masking ? seekMask() : end;
      int start = position;
      position = stretchEnd;
      if (stretchEnd < end) {
        position++;
        nextMask();
      }
      if (start < stretchEnd) {
        batch.show(rows.batch(), start, stretchEnd);
        return true;
      }
    }
  }

  /// Position of the masked row in the batch; its end when it stands in a later one.
  private int seekMask() {
    Batch columns = rows.batch();
    Batch others = masked.batch();
    int low = position;
    int high = end;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (columns.compareFacts(order, middle, others, mask) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    assert low == end || columns.compareFacts(order, low, others, mask) == 0
        : "a row that is masked isn't there";
    return low;
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
    rows.batch().start = position;
    if (!rows.seek(order, bound)) {
      end = position;
      return false;
    }
    position = rows.batch().start;
    end = rows.batch().end;
    if (masking) {
      masked.batch().start = mask;
      masking = masked.seek(order, bound);
      mask = masking ? masked.batch().start : 0;
    }
    return next();
  }

  @Override
  public Batch batch() {
    return batch;
  }
}
