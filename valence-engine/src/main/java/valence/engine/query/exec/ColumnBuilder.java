package valence.engine.query.exec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Collects a column. Keeps keys as long as all values are of one kind with keys. For one thread.
final class ColumnBuilder {
  private static final int CAPACITY_MIN = 16;
  private static final long[] NO_KEYS = {};
  private static final Object[] NO_VALUES = {};

  private final boolean foreign;
  private Kind kind;
  private boolean kindKnown;
  private long[] keys = NO_KEYS;
  private @Nullable Object[] values = NO_VALUES;
  private int count;

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
  }

  int count() {
    return count;
  }

  /// Adds keys of the builder's own kind, from one position to below another.
  void addKeys(long[] from, int start, int end) {
    reserve(end - start);
    System.arraycopy(from, start, keys, count, end - start);
    count += end - start;
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
    if (count + more > keys.length) {
      keys = Arrays.copyOf(keys, Math.max(count + more, Math.max(CAPACITY_MIN, count * 2)));
    }
  }

  /// Adds a key of the builder's own kind.
  void addKey(long key) {
    if (count == keys.length) {
      keys = Arrays.copyOf(keys, Math.max(CAPACITY_MIN, count * 2));
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

  /// The rows from a position to below another; shares nothing with the builder.
  Column slice(int from, int to) {
    return kind == Kind.OBJECT
        ? new Column.Objects(Arrays.copyOfRange(values, from, to), foreign)
        : new Column.Keys(kind, Arrays.copyOfRange(keys, from, to));
  }

  /// The column; the builder must not be used any more.
  Column build() {
    return kind == Kind.OBJECT ? new Column.Objects(values, foreign) : new Column.Keys(kind, keys);
  }
}
