package valence.engine.query.exec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds the first row of each that are equal. For one use.
///
/// One column of codes, or of keys that lie close together, is a set of bits. Other keys and codes
/// are hashed as they are; what holds objects compares values. Many rows are hashed by several
/// threads.
final class Distinct {
  /// Bits for each row, at most.
  private static final int BITS_PER_ROW = 32;

  private static final int BITS_MIN = 1 << 12;

  private final Budget budget;
  private final int[] rows;
  private int count;

  Distinct(List<Column> columns, int rowCount, Budget budget) {
    this.budget = budget;
    rows = new int[rowCount];
    Numbers numbers = numbers(columns, rowCount);
    if (numbers != null && numbers.isDense(rowCount)) {
      mark(numbers, rowCount);
      return;
    }
    Column[] all = columns.toArray(new Column[0]);
    int[] firsts = numbers == null
        ? EqualRows.firsts(all, rowCount, budget)
        : EqualRows.firsts(numbers.values, rowCount, budget);
    if (firsts != null) {
      count = EqualRows.distinct(firsts, rows);
    } else if (numbers == null) {
      hash(all, rowCount);
    } else {
      hash(numbers.values, rowCount);
    }
  }

  int count() {
    return count;
  }

  /// The positions, ascending; as many as [#count] says.
  int[] rows() {
    return rows;
  }

  /// Rows as numbers that are equal when the rows are, from 0 to below a bound.
  ///
  /// @param bound 0 when it is more than a long holds
  private record Numbers(long[] values, long bound) {
    boolean isDense(int rowCount) {
      return bound > 0 && bound <= Math.max(BITS_MIN, (long) rowCount * BITS_PER_ROW);
    }
  }

  /// Each row as one number; null where the columns don't fit into one.
  private static @Nullable Numbers numbers(List<Column> columns, int rowCount) {
    long[] values = new long[rowCount];
    long bound = 1;
    for (Column column : columns) {
      switch (column) {
        case Column.Codes(ValueCodes known, int[] codes) -> {
          long next = product(bound, known.count());
          if (next < 0) {
            return null;
          }
          for (int row = 0; row < rowCount; row++) {
            values[row] = values[row] * known.count() + codes[row];
          }
          bound = next;
        }
        case Column.Keys(Kind kind, long[] keys) -> {
          long lowest = keys[0];
          long highest = keys[0];
          for (int row = 1; row < rowCount; row++) {
            lowest = Math.min(lowest, keys[row]);
            highest = Math.max(highest, keys[row]);
          }
          long width = highest - lowest + 1;
          long next = product(bound, width);
          if (next < 0) {
            return null;
          }
          for (int row = 0; row < rowCount; row++) {
            values[row] = values[row] * width + (keys[row] - lowest);
          }
          bound = next;
        }
        case Column.Objects ignored -> {
          return null;
        }
      }
    }
    return new Numbers(values, bound);
  }

  /// The product of numbers of possible values; -1 when it is too large to count on.
  private static long product(long x, long y) {
    return y > 0 && x <= Long.MAX_VALUE / y ? x * y : -1;
  }

  private void mark(Numbers numbers, int rowCount) {
    long[] bits = new long[(int) (numbers.bound >>> 6) + 1];
    for (int row = 0; row < rowCount; row++) {
      budget.tick();
      int place = (int) (numbers.values[row] >>> 6);
      long bit = 1L << numbers.values[row];
      if ((bits[place] & bit) == 0) {
        bits[place] |= bit;
        rows[count++] = row;
      }
    }
  }

  private static int capacity(int rowCount) {
    return Integer.highestOneBit(Math.max(8, rowCount) * 2 - 1) * 2;
  }

  private void hash(long[] values, int rowCount) {
    int mask = capacity(rowCount) - 1;
    int[] slots = new int[mask + 1]; // row + 1; 0 is free
    for (int row = 0; row < rowCount; row++) {
      budget.tick();
      long value = values[row];
      int slot = hash(value) & mask;
      while (slots[slot] != 0 && values[slots[slot] - 1] != value) {
        slot = (slot + 1) & mask;
      }
      if (slots[slot] == 0) {
        slots[slot] = row + 1;
        rows[count++] = row;
      }
    }
  }

  private static int hash(long value) {
    long hash = value * 0x9E3779B97F4A7C15L;
    return (int) (hash >>> 32);
  }

  private void hash(Column[] columns, int rowCount) {
    int mask = capacity(rowCount) - 1;
    int[] slots = new int[mask + 1]; // row + 1; 0 is free
    int[] hashes = new int[rowCount];
    for (int row = 0; row < rowCount; row++) {
      budget.tick();
      int hash = TupleSet.hash(columns, row);
      int slot = hash & mask;
      while (slots[slot] != 0
          && !(hashes[slots[slot] - 1] == hash && same(columns, slots[slot] - 1, row))) {
        slot = (slot + 1) & mask;
      }
      if (slots[slot] == 0) {
        hashes[row] = hash;
        slots[slot] = row + 1;
        rows[count++] = row;
      }
    }
  }

  private static boolean same(Column[] columns, int row, int other) {
    for (Column column : columns) {
      boolean same = column instanceof Column.Objects objects
          ? Values.same(objects.value(row), objects.value(other))
          : column.equal(row, column, other);
      if (!same) {
        return false;
      }
    }
    return true;
  }
}
