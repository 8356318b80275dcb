package valence.engine.query.exec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The values of one variable, row by row. Never changed once it is part of a relation; arrays are
/// owned and may be longer than the relation has rows.
sealed interface Column {
  @Nullable Object value(int row);

  long hash(int row);

  /// The rows at the positions, in their order.
  Column gather(int[] rows, int count);

  boolean equal(int row, Column other, int otherRow);

  /// Makes the values of some rows that follow each other.
  default void fill(int from, int count, @Nullable Object[] into) {
    for (int i = 0; i < count; i++) {
      into[i] = value(from + i);
    }
  }

  /// Values whose key says everything.
  record Keys(Kind kind, long[] keys) implements Column {
    @Override
    public Object value(int row) {
      return kind.value(keys[row]);
    }

    @Override
    public void fill(int from, int count, @Nullable Object[] into) {
      if (kind == Kind.BOOLEAN) {
        for (int i = 0; i < count; i++) {
          into[i] = keys[from + i] != 0;
        }
        return;
      }
      if (kind != Kind.LONG) {
        Column.super.fill(from, count, into);
        return;
      }
      // What repeats, as the start of ways in a graph does, is made once.
      Object made = 0L;
      long last = 0;
      for (int i = 0; i < count; i++) {
        long key = keys[from + i];
        if (key != last) {
          made = key;
          last = key;
        }
        into[i] = made;
      }
    }

    @Override
    public long hash(int row) {
      return kind.hash(keys[row]);
    }

    @Override
    public Column gather(int[] rows, int count) {
      long[] gathered = new long[count];
      for (int i = 0; i < count; i++) {
        gathered[i] = keys[rows[i]];
      }
      return new Keys(kind, gathered);
    }

    @Override
    public boolean equal(int row, Column other, int otherRow) {
      return other instanceof Keys(Kind otherKind, long[] otherKeys)
          ? kind == otherKind && keys[row] == otherKeys[otherRow]
          : Values.equal(value(row), other.value(otherRow));
    }
  }

  /// Values of which there are few, each as its code. Codes of one table of values are equal when
  /// their values are.
  record Codes(ValueCodes values, int[] codes) implements Column {
    @Override
    public void fill(int from, int count, @Nullable Object[] into) {
      for (int i = 0; i < count; i++) {
        into[i] = values.value(codes[from + i]);
      }
    }

    @Override
    public Object value(int row) {
      return values.value(codes[row]);
    }

    @Override
    public long hash(int row) {
      return values.hash(codes[row]);
    }

    @Override
    public Column gather(int[] rows, int count) {
      int[] gathered = new int[count];
      for (int i = 0; i < count; i++) {
        gathered[i] = codes[rows[i]];
      }
      return new Codes(values, gathered);
    }

    @Override
    public boolean equal(int row, Column other, int otherRow) {
      return other instanceof Codes(ValueCodes otherValues, int[] otherCodes)
              && values == otherValues
          ? codes[row] == otherCodes[otherRow]
          : Values.equal(value(row), other.value(otherRow));
    }
  }

  /// Values of any type.
  ///
  /// @param foreign whether they came from an input or a function, so that idents and lookup refs
  ///     among them name entities
  record Objects(@Nullable Object[] values, boolean foreign) implements Column {
    @Override
    public void fill(int from, int count, @Nullable Object[] into) {
      System.arraycopy(values, from, into, 0, count);
    }

    @Override
    public @Nullable Object value(int row) {
      return values[row];
    }

    @Override
    public long hash(int row) {
      return Values.hash(values[row]);
    }

    @Override
    public Column gather(int[] rows, int count) {
      @Nullable Object[] gathered = new Object[count];
      for (int i = 0; i < count; i++) {
        gathered[i] = values[rows[i]];
      }
      return new Objects(gathered, foreign);
    }

    @Override
    public boolean equal(int row, Column other, int otherRow) {
      return Values.equal(values[row], other.value(otherRow));
    }
  }

  /// One value for many rows.
  static Column repeat(@Nullable Object value, int count) {
    Kind kind = Kind.of(value);
    if (kind == Kind.OBJECT || value == null) {
      @Nullable Object[] values = new Object[count];
      Arrays.fill(values, value);
      return new Objects(values, true);
    }
    long[] keys = new long[count];
    Arrays.fill(keys, kind.key(value));
    return new Keys(kind, keys);
  }
}
