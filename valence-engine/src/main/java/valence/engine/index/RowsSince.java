package valence.engine.index;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What happened since the foundation of a value, in each order, for who reads all of it once: rows
/// that stand in steps alone are sorted for the reader, and no trees are made and kept. For one
/// thread.
public final class RowsSince {
  private final Indexes indexes;
  private final @Nullable Change change; // null where trees were made, which have all rows
  private @Nullable Order sorted; // the order that was read last, whose rows are kept
  private @Nullable Rows opened;
  private @Nullable Rows ended;

  RowsSince(Indexes indexes) {
    this.indexes = indexes;
    List<Step> steps = new ArrayList<>();
    Indexes at = indexes;
    for (Step down = at.step(); down != null; down = at.step()) {
      steps.add(down);
      at = down.before();
    }
    this.change = at.noveltyRows() > 0 || steps.isEmpty() ? null : new Change(steps, Range.SEVERAL);
  }

  /// How many rows of an order were opened since and are still true.
  public long openedCount(Order order) {
    return count(Part.OPENED, order);
  }

  /// How many rows of an order were true in the foundation and aren't any more.
  public long endedCount(Order order) {
    return count(Part.ENDED, order);
  }

  /// The rows opened since that are still true.
  public Cursor opened(Order order) {
    return cursor(Part.OPENED, order);
  }

  /// The rows of the foundation that have ended since, with their end.
  public Cursor ended(Order order) {
    return cursor(Part.ENDED, order);
  }

  /// All rows that have ended since, with their end.
  public Cursor everEnded(Order order) {
    return Indexes.merged(order, ended(order), cursor(Part.PASSED, order), Batch.ALL);
  }

  private long count(Part part, Order order) {
    return change == null ? indexes.tree(part, order).count() : change.count(part, order);
  }

  private Cursor cursor(Part part, Order order) {
    return change == null
        ? indexes.tree(part, order).cursor(Range.ALL)
        : new AllRows(rows(change, part, order));
  }

  private Rows rows(Change of, Part part, Order order) {
    if (order != sorted) {
      sorted = order;
      opened = null;
      ended = null;
    }
    return switch (part) {
      case OPENED -> {
        Rows rows = opened == null ? of.rows(part, order) : opened;
        opened = rows;
        yield rows;
      }
      case ENDED -> {
        Rows rows = ended == null ? of.rows(part, order) : ended;
        ended = rows;
        yield rows;
      }
      case PASSED -> of.rows(part, order);
    };
  }

  /// Gives rows in one batch.
  private static final class AllRows implements Cursor {
    private final Batch batch = new Batch();
    private @Nullable Rows rest;

    AllRows(Rows rows) {
      rest = rows;
    }

    @Override
    public boolean next() {
      Rows rows = rest;
      rest = null;
      if (rows == null || rows.count() == 0) {
        return false;
      }
      batch.show(rows, 0, rows.count());
      return true;
    }

    @Override
    public Batch batch() {
      return batch;
    }
  }
}
