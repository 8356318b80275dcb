package valence.engine.query.exec;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/// The rows of a relation put into groups, which agree on some columns. Groups are numbered in the
/// order of their first rows.
///
/// Columns are numbered one after the other, and pairs of numbers numbered again, so that no row is
/// put together to find its group.
public final class Groups {
  private final Relation rows;
  private final int[] ofRows; // the group of each row; empty when there is only one
  private final int[] firsts; // the first row of each group
  private int @Nullable [] sizes; // of the groups, once asked for
  private int @Nullable [] ordered; // the rows, group by group, once asked for
  private int @Nullable [] starts; // of the groups in it, and the end

  private Groups(Relation rows, int[] ofRows, int[] firsts) {
    this.rows = rows;
    this.ofRows = ofRows;
    this.firsts = firsts;
  }

  /// Groups whose rows aren't there, but for one of each.
  ///
  /// @param rows  one for each group, with the variables that its rows agree on
  /// @param sizes of the groups
  static Groups counted(Relation rows, int[] sizes) {
    int[] each = new int[sizes.length];
    Arrays.setAll(each, group -> group);
    Groups groups = new Groups(rows, each, each);
    groups.sizes = sizes;
    return groups;
  }

  /// @param keys the positions of the columns on which the rows of a group agree
  public static Groups of(Relation rows, int[] keys, Budget budget) {
    budget.check();
    int count = rows.count();
    if (count == 0 || keys.length == 0) {
      return new Groups(rows, new int[0], new int[Math.min(count, 1)]);
    }
    int[] groups = numbered(rows.column(keys[0]), count, budget);
    for (int i = 1; i < keys.length; i++) {
      budget.check();
      int[] next = numbered(rows.column(keys[i]), count, budget);
      groups = paired(groups, next, count, budget);
    }
    int[] firsts = new int[16];
    int groupCount = 0;
    for (int row = 0; row < count; row++) {
      if (groups[row] == groupCount) {
        if (groupCount == firsts.length) {
          firsts = Arrays.copyOf(firsts, groupCount * 2);
        }
        firsts[groupCount++] = row;
      }
    }
    return new Groups(rows, groups, Arrays.copyOf(firsts, groupCount));
  }

  /// A number for each row: equal ones for equal values, in the order in which they come.
  static int[] numbered(Column column, int count, Budget budget) {
    if (column instanceof Column.Keys(Kind _, long[] keys)) {
      return numbered(keys, count, budget);
    }
    if (column instanceof Column.Codes(ValueCodes known, int[] codes)) {
      return numbered(codes, known.count(), count);
    }
    int[] equal = EqualRows.firsts(new Column[] {column}, count, budget);
    if (equal != null) {
      return EqualRows.numbers(equal);
    }
    int mask = Integer.highestOneBit(Math.max(8, count) * 2 - 1) * 2 - 1;
    int[] slots = new int[mask + 1]; // first row + 1; 0 is free
    int[] numbers = new int[count];
    int next = 0;
    for (int row = 0; row < count; row++) {
      budget.tick();
      Object value = column.value(row);
      int slot = (int) column.hash(row) & mask;
      while (slots[slot] != 0 && !Values.same(column.value(slots[slot] - 1), value)) {
        slot = (slot + 1) & mask;
      }
      if (slots[slot] == 0) {
        slots[slot] = row + 1;
        numbers[row] = next++;
      } else {
        numbers[row] = numbers[slots[slot] - 1];
      }
    }
    return numbers;
  }

  private static int[] numbered(long[] keys, int count, Budget budget) {
    LongNumbers known = LongNumbers.of(keys, count);
    int[] equal = known.isDirect() ? null : EqualRows.firsts(keys, count, budget);
    if (equal != null) {
      return EqualRows.numbers(equal);
    }
    int[] numbers = new int[count];
    for (int row = 0; row < count; row++) {
      numbers[row] = known.number(keys[row]);
    }
    return numbers;
  }

  private static int[] numbered(int[] codes, int codeCount, int count) {
    int[] numbers = new int[count];
    int[] ofCodes = new int[codeCount]; // number + 1; 0 where there is none yet
    int next = 0;
    for (int row = 0; row < count; row++) {
      int code = codes[row];
      if (ofCodes[code] == 0) {
        ofCodes[code] = ++next;
      }
      numbers[row] = ofCodes[code] - 1;
    }
    return numbers;
  }

  /// A number for each pair of numbers, in the order in which they come.
  static int[] paired(int[] lefts, int[] rights, int count, Budget budget) {
    long width = 0;
    for (int row = 0; row < count; row++) {
      width = Math.max(width, rights[row]);
    }
    width++;
    long[] pairs = new long[count];
    for (int row = 0; row < count; row++) {
      pairs[row] = lefts[row] * width + rights[row];
    }
    return numbered(pairs, count, budget);
  }

  public int count() {
    return firsts.length;
  }

  public Relation rows() {
    return rows;
  }

  /// The group of each row; empty when all are in one.
  int[] ofRows() {
    return ofRows;
  }

  /// The value in which the rows of a group agree.
  public @Nullable Object key(int group, int column) {
    return rows.value(firsts[group], column);
  }

  /// How many rows each group has.
  int[] sizes() {
    int[] known = sizes;
    if (known == null) {
      known = new int[count()];
      if (ofRows.length == 0) {
        Arrays.fill(known, rows.count());
      } else {
        for (int group : ofRows) {
          known[group]++;
        }
      }
      sizes = known;
    }
    return known;
  }

  /// The rows, group by group, each in the order of the relation.
  int[] ordered() {
    int[] known = ordered;
    if (known == null) {
      known = new int[rows.count()];
      if (ofRows.length == 0) {
        Arrays.setAll(known, row -> row);
      } else {
        int[] next = starts().clone();
        for (int row = 0; row < known.length; row++) {
          known[next[ofRows[row]]++] = row;
        }
      }
      ordered = known;
    }
    return known;
  }

  /// Where each group starts in [#ordered], and where the last ends.
  int[] starts() {
    int[] known = starts;
    if (known == null) {
      known = new int[count() + 1];
      int[] counts = sizes();
      for (int group = 0; group < counts.length; group++) {
        known[group + 1] = known[group] + counts[group];
      }
      starts = known;
    }
    return known;
  }

  /// The values of one column in the rows of a group. Each is made when it is read.
  public List<@Nullable Object> values(int group, int column) {
    Column values = rows.column(column);
    int[] order = ordered();
    int start = starts()[group];
    return new Members(values, order, start, starts()[group + 1] - start);
  }

  private static final class Members extends AbstractList<@Nullable Object>
      implements RandomAccess {
    private final Column column;
    private final int[] order;
    private final int start;
    private final int count;

    Members(Column column, int[] order, int start, int count) {
      this.column = column;
      this.order = order;
      this.start = start;
      this.count = count;
    }

    @Override
    public @Nullable Object get(int index) {
      return column.value(order[start + Objects.checkIndex(index, count)]);
    }

    @Override
    public int size() {
      return count;
    }
  }
}
