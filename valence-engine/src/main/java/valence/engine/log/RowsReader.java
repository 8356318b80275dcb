package valence.engine.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.api.Datom;
import valence.engine.index.RowBuffer;
import valence.engine.schema.Partition;
import valence.engine.value.ValueType;

/// Reads rows, as [RowsWriter] writes them, into columns. Each row takes a byte at least, so the
/// memory is bounded by the record. What was read is given out once.
final class RowsReader {
  /// Entity ids are below.
  static final long ENTITY_MAX = 1L << 62;

  private static final int ATTRIBUTE_MAX = 1 << 20;

  private final ByteSource in;
  private final int count;
  private final long[] e;
  private final int[] column;

  // By column, and in a column by row.
  private final long[] key;
  private @Nullable Object @Nullable [] object; // null while there are none
  private final AttributeColumns columns = new AttributeColumns();
  private ValueType[] types = new ValueType[0]; // by column
  private int[] next = new int[0]; // by column: where the value of its next row stands

  private RowsReader(ByteSource in) {
    this.in = in;
    this.count = in.count();
    this.e = new long[count];
    this.column = new int[count];
    this.key = new long[count];
  }

  static RowsReader read(ByteSource in, long t) {
    RowsReader rows = new RowsReader(in);
    if (rows.count > 0) {
      rows.groups(t);
      rows.values();
    }
    return rows;
  }

  int count() {
    return count;
  }

  RowBuffer opened(long t) {
    RowBuffer rows = new RowBuffer(count);
    for (int i = 0; i < count; i++) {
      add(rows, i, t, RowBuffer.OPEN);
    }
    return rows;
  }

  RowBuffer closed(long t) {
    RowBuffer rows = new RowBuffer(count);
    boolean same = count > 0 && in.below(2) == RowsWriter.SAME;
    long age = same ? in.unsigned() : 0;
    for (int i = 0; i < count; i++) {
      long from = t - (same ? age : in.unsigned());
      if (from < 0 || from >= t) {
        throw in.damaged("a row was opened at " + from + " and closed at " + t);
      }
      add(rows, i, from, t);
    }
    return rows;
  }

  private void add(RowBuffer rows, int row, long from, long to) {
    int of = column[row];
    int place = next[of]++;
    Object value = object == null ? null : object[place];
    long v = value == null ? key[place] : types[of].key(value);
    rows.add(e[row], columns.attribute(of), v, value, from, to);
  }

  /// Puts a datom for each row into an array from a place on.
  void datoms(Datom[] target, int start, long tx, boolean added) {
    for (int i = 0; i < count; i++) {
      int of = column[i];
      int place = next[of]++;
      Object value = object == null ? null : object[place];
      target[start + i] = new Datom(
          e[i],
          columns.attribute(of),
          value == null ? types[of].ofKey(key[place]) : value,
          tx,
          added);
    }
  }

  private void groups(long t) {
    long user = ValueWriter.REFERENCE_ZERO;
    long tx = Partition.tx(t);
    List<int[]> shapes = new ArrayList<>();
    int start = 0;
    while (start < count) {
      long head = in.unsigned();
      long delta = (head >>> 2) ^ -((head >>> 1) & 1);
      long entity = ((head & 1) == 0 ? user : tx) + delta;
      if (entity < 0 || entity >= ENTITY_MAX) {
        throw in.damaged("entity " + entity + " is out of range");
      }
      int which = in.below((shapes.size() + 1) << 1);
      int more = (which & 1) == 0 ? 0 : in.below(count - start);
      int known = which >>> 1;
      int[] shape = known == 0 ? shape(count - start) : shapes.get(known - 1);
      if (known == 0 && shapes.size() < RowsWriter.SHAPES_MAX) {
        shapes.add(shape);
      }
      if ((more + 1L) * shape.length > count - start) {
        throw in.damaged("entities have more rows than are left");
      }
      if (entity + more >= ENTITY_MAX) {
        throw in.damaged("entity " + (entity + more) + " is out of range");
      }
      user = (head & 1) == 0 ? entity + more : user;
      for (int group = 0; group <= more; group++) {
        for (int of : shape) {
          e[start] = entity + group;
          column[start++] = of;
        }
      }
    }
  }

  /// The column of each row of a group.
  private int[] shape(int rowsMax) {
    int runs = in.below(rowsMax + 1);
    int[] shape = new int[Math.min(rowsMax, Math.max(runs, 1))];
    int length = 0;
    for (int i = 0; i < runs; i++) {
      int head = in.below(ATTRIBUTE_MAX << 1);
      int repeats = (head & 1) == 0 ? 1 : in.below(rowsMax + 1);
      if (repeats < 1 || repeats > rowsMax - length) {
        throw in.damaged("an attribute has " + repeats + " rows of an entity");
      }
      if (length + repeats > shape.length) {
        shape = Arrays.copyOf(shape, Math.max(shape.length * 2, length + repeats));
      }
      Arrays.fill(shape, length, length + repeats, columns.column(head >>> 1));
      length += repeats;
    }
    if (length == 0) {
      throw in.damaged("an entity has no rows");
    }
    return length == shape.length ? shape : Arrays.copyOf(shape, length);
  }

  /// What a column of deltas begins at.
  static long zero(ValueType type) {
    return type == ValueType.REF ? ValueWriter.REFERENCE_ZERO : 0;
  }

  private void values() {
    int[] starts = new int[columns.count() + 1];
    for (int of : column) {
      starts[of + 1]++;
    }
    for (int c = 1; c < starts.length; c++) {
      starts[c] += starts[c - 1];
    }
    next = starts;
    types = new ValueType[columns.count()];
    for (int c = 0; c < types.length; c++) {
      int from = starts[c];
      int to = starts[c + 1];
      types[c] = ValueReader.type(in, in.u8());
      int mode = to - from > 1 ? in.below(3) : RowsWriter.EACH;
      if (types[c].inline()) {
        keys(types[c], mode, from, to);
      } else {
        objects(types[c], mode, from, to);
      }
    }
  }

  private void keys(ValueType type, int mode, int from, int to) {
    switch (mode) {
      case RowsWriter.EACH -> {
        for (int i = from; i < to; i++) {
          key[i] = ValueReader.key(in, type);
        }
      }
      case RowsWriter.DELTAS -> {
        if (type != ValueType.LONG && type != ValueType.REF && type != ValueType.INSTANT) {
          throw in.damaged("values of type " + type.tag() + " stand as differences");
        }
        long value = zero(type);
        for (int i = from; i < to; i++) {
          value += in.signed();
          key[i] = value;
        }
      }
      default -> throw in.damaged("numbers stand in a dictionary");
    }
  }

  private void objects(ValueType type, int mode, int from, int to) {
    @Nullable Object[] target = object == null ? new Object[count] : object;
    object = target;
    switch (mode) {
      case RowsWriter.EACH -> {
        for (int i = from; i < to; i++) {
          target[i] = ValueReader.object(in, type);
        }
      }
      case RowsWriter.DICTIONARY -> {
        Object[] words = new Object[in.below(to - from + 1)];
        for (int i = 0; i < words.length; i++) {
          words[i] = ValueReader.object(in, type);
        }
        for (int i = from; i < to; i++) {
          target[i] = words[in.below(words.length)];
        }
      }
      default -> throw in.damaged("values of type " + type.tag() + " stand as differences");
    }
  }
}
