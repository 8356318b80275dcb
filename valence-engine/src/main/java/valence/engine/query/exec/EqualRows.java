package valence.engine.query.exec;

import org.jspecify.annotations.Nullable;

/// Finds for each row the first one that is equal to it, by several threads. For one use.
///
/// Rows are hashed in pieces. Then each share of the hashes has its rows looked up in a table of
/// its own, in their order, so that what is found doesn't depend on who found it. A share reads all
/// hashes, which costs little beside looking its own rows up; the tables are smaller than one for
/// all would be, and nobody waits for anybody.
final class EqualRows {
  /// What it takes to hash a row and look it up, about.
  private static final int ROW_NANOS = 20;

  /// More would read the hashes more often than that is worth.
  private static final int SHARES_MAX = 8;

  private static final int CAPACITY_MIN = 16;

  private final int count;
  private final Budget budget;
  private final Rows rows;

  /// What is compared.
  private sealed interface Rows {
    int hash(int row);

    boolean same(int row, int other);
  }

  private record Numbers(long[] values) implements Rows {
    @Override
    public int hash(int row) {
      return (int) ((values[row] * 0x9E3779B97F4A7C15L) >>> 32);
    }

    @Override
    public boolean same(int row, int other) {
      return values[row] == values[other];
    }
  }

  private record Tuples(Column[] columns) implements Rows {
    @Override
    public int hash(int row) {
      return TupleSet.hash(columns, row);
    }

    @Override
    public boolean same(int row, int other) {
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

  private EqualRows(Rows rows, int count, Budget budget) {
    this.rows = rows;
    this.count = count;
    this.budget = budget;
  }

  /// The first row of each that have the same number; null when that isn't worth several threads.
  static int @Nullable [] firsts(long[] values, int count, Budget budget) {
    return new EqualRows(new Numbers(values), count, budget).firsts();
  }

  /// The first row of each that are equal; null when that isn't worth several threads.
  static int @Nullable [] firsts(Column[] columns, int count, Budget budget) {
    return new EqualRows(new Tuples(columns), count, budget).firsts();
  }

  private int @Nullable [] firsts() {
    int parts = budget.workers().parts(count, ROW_NANOS);
    int shares = Integer.highestOneBit(Math.min(parts, SHARES_MAX));
    if (shares == 1) {
      return null;
    }
    int[] hashes = new int[count];
    budget.workers().run(budget, parts, (part, own) -> {
      int to = (int) ((long) count * (part + 1) / parts);
      for (int row = (int) ((long) count * part / parts); row < to; row++) {
        own.tick();
        hashes[row] = rows.hash(row);
      }
    });
    int[] firsts = new int[count];
    budget.workers().run(budget, shares, (share, own) -> find(share, shares, hashes, firsts, own));
    return firsts;
  }

  /// @param shares a power of two, above 1
  private void find(int share, int shares, int[] hashes, int[] firsts, Budget own) {
    int shift = Integer.numberOfLeadingZeros(shares) + 1; // the highest bits say the share
    int[] slots = new int[Integer.highestOneBit(Math.max(CAPACITY_MIN, count / shares)) * 2];
    int found = 0;
    for (int row = 0; row < count; row++) {
      int hash = hashes[row];
      if (hash >>> shift != share) {
        continue;
      }
      own.tick();
      int mask = slots.length - 1;
      int slot = hash & mask;
      while (slots[slot] != 0
          && !(hashes[slots[slot] - 1] == hash && rows.same(slots[slot] - 1, row))) {
        slot = (slot + 1) & mask;
      }
      if (slots[slot] != 0) {
        firsts[row] = slots[slot] - 1;
        continue;
      }
      firsts[row] = row;
      slots[slot] = row + 1;
      if (++found * 2 > slots.length) {
        slots = grown(slots, hashes);
      }
    }
  }

  private static int[] grown(int[] slots, int[] hashes) {
    int[] grown = new int[slots.length * 2];
    int mask = grown.length - 1;
    for (int first : slots) {
      if (first != 0) {
        int slot = hashes[first - 1] & mask;
        while (grown[slot] != 0) {
          slot = (slot + 1) & mask;
        }
        grown[slot] = first;
      }
    }
    return grown;
  }

  /// Numbers rows: equal ones alike, in the order in which they come first.
  ///
  /// @param firsts the first row of each that are equal; becomes the numbers
  static int[] numbers(int[] firsts) {
    int next = 0;
    for (int row = 0; row < firsts.length; row++) {
      // Whatever stands before has its number already.
      firsts[row] = firsts[row] == row ? next++ : firsts[firsts[row]];
    }
    return firsts;
  }

  /// Writes the rows that no earlier one is equal to.
  ///
  /// @return how many there are
  static int distinct(int[] firsts, int[] into) {
    int distinct = 0;
    for (int row = 0; row < firsts.length; row++) {
      if (firsts[row] == row) {
        into[distinct++] = row;
      }
    }
    return distinct;
  }
}
