package valence.engine.index;

import org.jspecify.annotations.Nullable;
import valence.engine.value.ValueOrder;

/// Consecutive rows of a range, as columns: the positions from [#start] to below [#end].
///
/// Belongs to its cursor: valid until the cursor moves, and not to be written to. Fields rather
/// than accessors, because these are the columns that every operator's inner loop reads.
public final class Batch {
  private static final Rows NO_ROWS = Rows.empty(true);

  public int start;
  public int end;
  public long[] e = NO_ROWS.e();
  public int[] a = NO_ROWS.a();

  /// Keys of the values.
  public long[] v = NO_ROWS.v();

  /// The t of the transaction that said it.
  public long[] t = NO_ROWS.from();

  /// The t of the transaction that took it back; null when all rows here are open.
  public long @Nullable [] to;

  /// False for retractions; null when all rows here are assertions.
  public boolean @Nullable [] added;

  private Objects objects = NO_ROWS;

  /// The values where a key doesn't say everything. They are made when asked for, so whoever needs
  /// few of a batch pays for few.
  @FunctionalInterface
  public interface Objects {
    /// The value of a row; null when its key says everything.
    @Nullable Object object(int row);
  }

  public int count() {
    return end - start;
  }

  /// The value of a row where its key doesn't say everything, else null. May decode it: ask once.
  public @Nullable Object object(int row) {
    return objects.object(row);
  }

  public boolean added(int row) {
    return added == null || added[row];
  }

  /// When a row ended; [RowBuffer#OPEN] when it is still true.
  public long to(int row) {
    return to == null ? RowBuffer.OPEN : to[row];
  }

  /// Shows rows [from, below) of some columns. For the cursor that owns the batch.
  public void show(
      int from,
      int below,
      long[] entities,
      int[] attributes,
      long[] keys,
      Objects values,
      long[] said,
      long @Nullable [] ends) {
    start = from;
    end = below;
    e = entities;
    a = attributes;
    v = keys;
    objects = values;
    t = said;
    to = ends;
    added = null;
  }

  /// Shows rows [from, below) of plain columns.
  public void show(Rows rows, int from, int below) {
    show(from, below, rows.e(), rows.a(), rows.v(), rows, rows.from(), rows.to());
  }

  /// Shows rows [from, below) of another batch, as long as that is valid.
  public void show(Batch other, int from, int below) {
    show(from, below, other.e, other.a, other.v, other.objects, other.t, other.to);
    added = other.added;
  }

  /// Compares a row with a row of another batch in an order, the older first where they are equal.
  public int compare(Order order, int row, Batch other, int otherRow) {
    int result = switch (order) {
      case EAVT -> {
        int c = Long.compare(e[row], other.e[otherRow]);
        if (c == 0) {
          c = Integer.compare(a[row], other.a[otherRow]);
        }
        yield c != 0 ? c : compareValues(row, other, otherRow);
      }
      case AEVT -> {
        int c = Integer.compare(a[row], other.a[otherRow]);
        if (c == 0) {
          c = Long.compare(e[row], other.e[otherRow]);
        }
        yield c != 0 ? c : compareValues(row, other, otherRow);
      }
      case AVET -> {
        int c = Integer.compare(a[row], other.a[otherRow]);
        if (c == 0) {
          c = compareValues(row, other, otherRow);
        }
        yield c != 0 ? c : Long.compare(e[row], other.e[otherRow]);
      }
      case VAET -> {
        int c = Long.compare(v[row], other.v[otherRow]);
        if (c == 0) {
          c = Integer.compare(a[row], other.a[otherRow]);
        }
        yield c != 0 ? c : Long.compare(e[row], other.e[otherRow]);
      }
    };
    return result != 0 ? result : Long.compare(t[row], other.t[otherRow]);
  }

  /// Compares the value of a row with that of a row of another batch.
  public int compareValues(int row, Batch other, int otherRow) {
    long key = v[row];
    long otherKey = other.v[otherRow];
    return key != otherKey
        ? Long.compare(key, otherKey)
        : ValueOrder.compare(key, object(row), otherKey, other.object(otherRow));
  }
}
