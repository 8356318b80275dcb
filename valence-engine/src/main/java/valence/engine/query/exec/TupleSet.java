package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.engine.query.syntax.Term.Variable;

/// A growing set of rows, in the order in which they came. For one thread.
///
/// Rows are only added at the end, so whoever has read some knows which are new. Joins with many of
/// them look up what they need in an [Index], which is kept and grows with the set.
final class TupleSet {
  private static final int CAPACITY_MIN = 64;

  private static final long FACTOR = 0x9E3779B97F4A7C15L;

  private final List<Variable> variables;
  private final ColumnBuilder[] columns;
  private final List<Index> indexes = new ArrayList<>();
  private int[] slots = new int[CAPACITY_MIN]; // row + 1; 0 is free
  private int[] hashes = new int[CAPACITY_MIN / 2]; // by row
  private int count;

  TupleSet(List<Variable> variables) {
    this.variables = variables;
    columns = new ColumnBuilder[variables.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = new ColumnBuilder(true);
    }
  }

  int count() {
    return count;
  }

  List<Variable> variables() {
    return variables;
  }

  /// Adds the rows of a relation that has the set's variables, in any order.
  void addAll(Relation relation, Budget budget) {
    Column[] from = relation.columns(variables);
    if (addKeys(from, relation.count(), budget)) {
      return;
    }
    for (int row = 0; row < relation.count(); row++) {
      budget.tick();
      add(from, row);
    }
  }

  /// Adds rows of keys alone; false when there is anything else in them or here.
  private boolean addKeys(Column[] from, int rowCount, Budget budget) {
    long[][] keys = new long[from.length][];
    Kind[] kinds = new Kind[from.length];
    for (int i = 0; i < from.length; i++) {
      if (!(from[i] instanceof Column.Keys(Kind kind, long[] of))
          || !(columns[i].holds(kind) || count == 0)) {
        return false;
      }
      keys[i] = of;
      kinds[i] = kind;
    }
    for (int row = 0; row < rowCount; row++) {
      budget.tick();
      long mixed = 0;
      for (int i = 0; i < keys.length; i++) {
        mixed = mixed * FACTOR + kinds[i].hash(keys[i][row]);
      }
      int hash = folded(mixed);
      int mask = slots.length - 1;
      int slot = hash & mask;
      while (slots[slot] != 0 && !(hashes[slots[slot] - 1] == hash && same(slot, keys, row))) {
        slot = (slot + 1) & mask;
      }
      if (slots[slot] == 0) {
        for (int i = 0; i < keys.length; i++) {
          columns[i].addKey(kinds[i], keys[i][row]);
        }
        added(hash, slot);
      }
    }
    return true;
  }

  private boolean same(int slot, long[][] keys, int row) {
    int present = slots[slot] - 1;
    for (int i = 0; i < keys.length; i++) {
      if (columns[i].key(present) != keys[i][row]) {
        return false;
      }
    }
    return true;
  }

  private void add(Column[] from, int row) {
    int hash = hash(from, row);
    int mask = slots.length - 1;
    int slot = hash & mask;
    while (slots[slot] != 0) {
      int present = slots[slot] - 1;
      if (hashes[present] == hash && same(present, from, row)) {
        return;
      }
      slot = (slot + 1) & mask;
    }
    for (int i = 0; i < columns.length; i++) {
      columns[i].add(from[i], row);
    }
    added(hash, slot);
  }

  private void added(int hash, int slot) {
    hashes[count] = hash;
    slots[slot] = ++count;
    if (count == hashes.length) {
      grow();
    }
  }

  private void grow() {
    hashes = Arrays.copyOf(hashes, count * 2);
    slots = new int[hashes.length * 2];
    int mask = slots.length - 1;
    for (int row = 0; row < count; row++) {
      int slot = hashes[row] & mask;
      while (slots[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = row + 1;
    }
  }

  private boolean same(int present, Column[] from, int row) {
    for (int i = 0; i < columns.length; i++) {
      if (!columns[i].same(present, from[i], row)) {
        return false;
      }
    }
    return true;
  }

  static int hash(Column[] columns, int row) {
    long hash = 0;
    for (Column column : columns) {
      hash = hash * FACTOR + column.hash(row);
    }
    return folded(hash);
  }

  private static int folded(long hash) {
    return (int) (hash ^ (hash >>> 32));
  }

  /// The rows that came from one position to below another.
  Relation slice(int from, int to) {
    List<Column> slices = new ArrayList<>(columns.length);
    for (ColumnBuilder column : columns) {
      slices.add(column.slice(from, to));
    }
    Relation rows = new Relation(variables, slices, to - from);
    return from == 0 && to > CAPACITY_MIN ? rows.of(this) : rows;
  }

  /// An index of the rows by some columns, made when it is first asked for and up to date.
  Index index(int[] by) {
    for (Index index : indexes) {
      if (Arrays.equals(index.by, by)) {
        index.extend();
        return index;
      }
    }
    Index index = new Index(by);
    index.extend();
    indexes.add(index);
    return index;
  }

  /// What the objects in rows from a position on take, in bytes, about.
  long valueBytes(int from, long most) {
    long bytes = 0;
    for (ColumnBuilder column : columns) {
      for (int row = from; row < count && column.holdsObjects(); row++) {
        bytes += Progress.bytes(column.object(row), most - Math.min(bytes, most));
      }
    }
    return bytes;
  }

  /// What the indexes take, in bytes.
  long indexBytes() {
    long bytes = 0;
    for (Index index : indexes) {
      bytes += (long) (index.heads.length + index.next.length) * Integer.BYTES;
    }
    return bytes;
  }

  /// Rows by the values of some columns: chains, in which newer rows stand before older ones.
  final class Index {
    private final int[] by;
    private int[] heads = new int[CAPACITY_MIN]; // row + 1; 0 is free
    private int[] next = new int[CAPACITY_MIN / 2]; // by row; row + 1
    private int indexed; // rows

    private Index(int[] by) {
      this.by = by;
    }

    private void extend() {
      if (indexed == count) {
        return;
      }
      if (count > next.length) {
        int capacity = Math.max(count, next.length * 2);
        next = Arrays.copyOf(next, capacity);
        heads = new int[Integer.highestOneBit(capacity * 2 - 1) * 2];
        indexed = 0;
      }
      Column[] keys = new Column[by.length];
      for (int i = 0; i < by.length; i++) {
        keys[i] = columns[by[i]].slice(0, count);
      }
      int mask = heads.length - 1;
      for (int row = indexed; row < count; row++) {
        int slot = hash(keys, row) & mask;
        next[row] = heads[slot];
        heads[slot] = row + 1;
      }
      indexed = count;
    }

    /// The pairs of rows that agree: each with those of the first ones of this set that do.
    ///
    /// @param probe columns of the other side, one for each that is indexed
    /// @param mine  the indexed columns of this set
    /// @param limit the rows of this set that count
    void match(Column[] probe, int probeCount, Column[] mine, int limit, Join.Pairs pairs) {
      int mask = heads.length - 1;
      long @Nullable [] only = onlyKeys(probe, mine);
      long[] keys = only == null ? new long[0] : ((Column.Keys) mine[0]).keys();
      for (int row = 0; row < probeCount; row++) {
        pairs.budget.tick();
        for (int at = heads[hash(probe, row) & mask] - 1; at >= 0; at = next[at] - 1) {
          if (at < limit && (only == null ? equal(probe, row, mine, at) : only[row] == keys[at])) {
            pairs.add(row, at);
          }
        }
      }
    }

    private static long @Nullable [] onlyKeys(Column[] probe, Column[] mine) {
      return probe.length == 1
              && probe[0] instanceof Column.Keys(Kind kind, long[] keys)
              && mine[0] instanceof Column.Keys(Kind other, long[] _)
              && kind == other
          ? keys
          : null;
    }

    private static boolean equal(Column[] probe, int row, Column[] mine, int at) {
      for (int i = 0; i < probe.length; i++) {
        if (!probe[i].equal(row, mine[i], at)) {
          return false;
        }
      }
      return true;
    }
  }
}
