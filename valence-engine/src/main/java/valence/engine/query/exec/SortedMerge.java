package valence.engine.query.exec;

import java.util.Arrays;
import java.util.function.LongFunction;
import valence.engine.index.Batch;
import valence.engine.index.Bound;
import valence.engine.index.Cursor;
import valence.engine.index.Order;

/// Finds the rows of a cursor whose entity, or key of the value, is one of some keys, where both
/// ascend. For one use.
///
/// Keys may be equal, and rows may have equal ones: then each is found for each.
final class SortedMerge {
  private static final int POSITIONS_MIN = 64;

  private final Cursor cursor;
  private final boolean byEntity;
  private final long[] keys;
  private final int keyEnd;
  private final FactsScan scan;
  private final boolean isOnce;
  private final Budget budget;
  private int[] left; // positions of keys, for each row that the scan was given
  private int count;
  private int[] rows = new int[POSITIONS_MIN]; // of the present batch
  private int key; // of those that rows to come may have, the first

  /// @param from   the first of the keys
  /// @param keyEnd behind the last of them
  /// @param scan   is given the rows that are found
  /// @param isOnce whether a key is found once at most, by its first row
  SortedMerge(
      Cursor cursor,
      boolean byEntity,
      long[] keys,
      int from,
      int keyEnd,
      FactsScan scan,
      boolean isOnce,
      Budget budget) {
    this.cursor = cursor;
    this.byEntity = byEntity;
    this.keys = keys;
    this.key = from;
    this.keyEnd = keyEnd;
    this.scan = scan;
    this.isOnce = isOnce;
    this.budget = budget;
    left = new int[Math.max(POSITIONS_MIN, keyEnd - from)];
  }

  int count() {
    return count;
  }

  /// By row that was found, the position of its key.
  int[] left() {
    return left;
  }

  /// Reads every row.
  void dense() {
    while (key < keyEnd && cursor.next()) {
      budget.check();
      take(false);
    }
  }

  /// Passes rows between keys that are far from each other.
  ///
  /// @param bound where the rows of a key begin
  void seeking(Order order, LongFunction<Bound> bound) {
    boolean isOpen = cursor.seek(order, bound.apply(keys[key])); // few rows, not a first batch
    while (isOpen) {
      budget.tick();
      take(true);
      isOpen = key < keyEnd;
      if (isOpen) {
        Batch batch = cursor.batch();
        batch.start = batch.end;
        isOpen = cursor.seek(order, bound.apply(keys[key]));
      }
    }
  }

  private void take(boolean gallops) {
    Batch batch = cursor.batch();
    long[] theirs = byEntity ? batch.e : batch.v;
    boolean isTested = scan.isTested();
    budget.operator().read(gallops ? 1 : batch.count());
    int row = batch.start;
    int end = batch.end;
    int from = count;
    while (row < end && key < keyEnd) {
      long their = theirs[row];
      long mine = keys[key];
      if (their < mine) {
        row = gallops ? first(theirs, row + 1, end, mine) : row + 1;
      } else if (their > mine) {
        key++;
      } else if (isTested && !scan.passes(batch, row)) {
        row++;
      } else {
        int same = key;
        do {
          add(from, same++, row);
        } while (same < keyEnd && keys[same] == their);
        if (isOnce) {
          key = same;
        }
        row++;
      }
    }
    if (count > from) {
      scan.add(batch, rows, count - from);
    }
  }

  private void add(int from, int position, int row) {
    if (count == left.length) {
      scan.checkRoom(count * 2L);
      left = Arrays.copyOf(left, count * 2);
    }
    if (count - from == rows.length) {
      rows = Arrays.copyOf(rows, rows.length * 2);
    }
    left[count] = position;
    rows[count++ - from] = row;
  }

  /// The first position from one on whose value isn't below a key, looking near the start first.
  private static int first(long[] values, int start, int end, long key) {
    int low = start;
    int step = 1;
    while (low + step <= end && values[low + step - 1] < key) {
      low += step;
      step *= 2;
    }
    int high = Math.min(low + step - 1, end);
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (values[middle] < key) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
