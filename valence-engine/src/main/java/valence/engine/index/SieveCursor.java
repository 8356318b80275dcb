package valence.engine.index;

import java.util.function.IntPredicate;

/// The rows of another cursor whose attribute passes a test. Each batch is a stretch of rows that
/// do.
final class SieveCursor implements Cursor {
  private final Cursor rows;
  private final IntPredicate attributes;
  private final Batch batch = new Batch();
  private int position;
  private int end;

  SieveCursor(Cursor rows, IntPredicate attributes) {
    this.rows = rows;
    this.attributes = attributes;
  }

  @Override
  public boolean next() {
    while (true) {
      while (position < end && !attributes.test(rows.batch().a[position])) {
        position++;
      }
      if (position < end) {
        break;
      }
      if (!rows.next()) {
        return false;
      }
      position = rows.batch().start;
      end = rows.batch().end;
    }
    int start = position;
    while (position < end && attributes.test(rows.batch().a[position])) {
      position++;
    }
    batch.show(rows.batch(), start, position);
    return true;
  }

  @Override
  public boolean seek(Order order, Bound bound) {
    Batch from = rows.batch();
    from.start = batch.start < batch.end ? batch.start : position;
    boolean found = rows.seek(order, bound);
    position = found ? from.start : 0;
    end = found ? from.end : 0;
    batch.start = batch.end;
    return found && next();
  }

  @Override
  public Batch batch() {
    return batch;
  }
}
