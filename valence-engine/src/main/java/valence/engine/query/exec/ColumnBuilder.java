package valence.engine.query.exec;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.engine.schema.Partition;

/// Collects a column. Keeps keys as long as all values are of one kind with keys. For one thread.
final class ColumnBuilder {
  private static final int CAPACITY_MIN = 16;
  private static final long[] NO_KEYS = {};
  private static final Object[] NO_VALUES = {};

  private final boolean foreign;
  private Kind kind;
  private boolean kindKnown;
  private long[] keys = NO_KEYS;
  private int origin; // of the keys in their array
  private int room; // where it ends
  private @Nullable Object[] values = NO_VALUES;
  private int count; // with what lies before the origin

  /// A column whose kind the first value decides.
  ColumnBuilder(boolean foreign) {
    this.foreign = foreign;
    this.kind = Kind.OBJECT;
  }

  /// A column of one kind.
  ColumnBuilder(Kind kind) {
    this.foreign = false;
    this.kind = kind;
    this.kindKnown = true;
  }

  /// A column of one kind that has keys, with room for rows.
  ColumnBuilder(Kind kind, int capacity) {
    this(kind);
    keys = new long[capacity];
    room = capacity;
  }

  /// A column of one kind that has keys, in a part of an array that others have other parts of.
  /// When the part is full, the column goes on in an array of its own.
  ColumnBuilder(Kind kind, long[] shared, int from, int to) {
    this(kind);
    keys = shared;
    origin = from;
    count = from;
    room = to;
  }

  int count() {
    return count - origin;
  }

  /// The rows of columns of one kind that has keys, one below the other.
  ///
  /// @param shared what the columns may have parts of, in their order; as long as all of them
  static ColumnBuilder joined(Kind kind, List<ColumnBuilder> parts, long[] shared) {
    int count = 0;
    for (ColumnBuilder part : parts) {
      int rows = part.count();
      if (part.keys != shared || part.origin != count) {
        System.arraycopy(part.keys, part.origin, shared, count, rows);
      }
      count += rows;
    }
    ColumnBuilder joined = new ColumnBuilder(kind, shared, 0, shared.length);
    joined.count = count;
    return joined;
  }

  /// Adds keys of the builder's own kind, from one position to below another.
  void addKeys(long[] from, int start, int end) {
    reserve(end - start);
    System.arraycopy(from, start, keys, count, end - start);
    count += end - start;
  }

  /// Adds the transactions of some t, from one position to below another.
  void addTransactions(long[] ts, int start, int end) {
    reserve(end - start);
    long[] to = keys;
    int at = count;
    for (int i = start; i < end; i++) {
      to[at++] = Partition.tx(ts[i]);
    }
    count = at;
  }

  /// Adds flags from one position to below another.
  ///
  /// @param flags null where all are set
  void addFlags(boolean @Nullable [] flags, int start, int end) {
    reserve(end - start);
    long[] to = keys;
    int at = count;
    for (int i = start; i < end; i++) {
      to[at++] = flags == null || flags[i] ? 1 : 0;
    }
    count = at;
  }

  /// Adds the keys of the builder's own kind that stand at the positions.
  void addKeys(long[] from, int[] rows, int rowCount) {
    reserve(rowCount);
    long[] to = keys;
    int at = count;
    for (int i = 0; i < rowCount; i++) {
      to[at + i] = from[rows[i]];
    }
    count += rowCount;
  }

  private void reserve(int more) {
    if (count + more > room) {
      int rows = count - origin;
      keys = Arrays.copyOfRange(
          keys, origin, origin + Math.max(rows + more, Math.max(CAPACITY_MIN, rows * 2)));
      origin = 0;
      count = rows;
      room = keys.length;
    }
  }

  /// Adds a key of the builder's own kind.
  void addKey(long key) {
    if (count == room) {
      reserve(1);
    }
    keys[count++] = key;
  }

  void add(@Nullable Object value) {
    Kind valueKind = Kind.of(value);
    if (!kindKnown) {
      kind = valueKind;
      kindKnown = true;
    }
    if (kind != Kind.OBJECT && kind != valueKind) {
      widen();
    }
    if (kind != Kind.OBJECT && value != null) {
      addKey(kind.key(value));
      return;
    }
    if (count == values.length) {
      values = Arrays.copyOf(values, Math.max(CAPACITY_MIN, count * 2));
    }
    values[count++] = value;
  }

  void add(Column column, int row) {
    if (column instanceof Column.Keys(Kind columnKind, long[] columnKeys)) {
      if (!kindKnown) {
        kind = columnKind;
        kindKnown = true;
      }
      if (kind == columnKind) {
        addKey(columnKeys[row]);
        return;
      }
    }
    add(column.value(row));
  }

  private void widen() {
    values = new Object[Math.max(CAPACITY_MIN, keys.length)];
    for (int i = 0; i < count; i++) {
      values[i] = kind.value(keys[i]);
    }
    keys = NO_KEYS;
    room = 0;
    kind = Kind.OBJECT;
  }

  boolean same(int row, Column other, int otherRow) {
    if (kind != Kind.OBJECT) {
      return other instanceof Column.Keys(Kind otherKind, long[] otherKeys)
          ? kind == otherKind && keys[row] == otherKeys[otherRow]
          : Values.same(kind.value(keys[row]), other.value(otherRow));
    }
    return Values.same(values[row], other.value(otherRow));
  }

  /// Whether all values are keys of a kind.
  boolean holds(Kind of) {
    return kindKnown && kind == of && kind != Kind.OBJECT;
  }

  boolean holdsObjects() {
    return kindKnown && kind == Kind.OBJECT;
  }

  /// Of a column that holds objects.
  @Nullable Object object(int row) {
    return values[row];
  }

  /// Adds a key to a column that is empty or holds keys of that kind.
  void addKey(Kind of, long key) {
    if (!kindKnown) {
      kind = of;
      kindKnown = true;
    }
    addKey(key);
  }

  long key(int row) {
    return keys[row];
  }

  /// The rows from a position to below another. What is added afterwards doesn't change them.
  Column slice(int from, int to) {
    if (kind == Kind.OBJECT) {
      return new Column.Objects(from == 0 ? values : Arrays.copyOfRange(values, from, to), foreign);
    }
    return new Column.Keys(kind, from == 0 ? keys : Arrays.copyOfRange(keys, from, to));
  }

  /// The column; the builder must not be used any more.
  Column build() {
    return kind == Kind.OBJECT ? new Column.Objects(values, foreign) : new Column.Keys(kind, keys);
  }
}
