package valence.engine.log;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.engine.index.RowBuffer;
import valence.engine.schema.Attribute;
import valence.engine.schema.Partition;
import valence.engine.schema.Schema;
import valence.engine.value.ValueType;

/// Writes the rows of one transaction: which entity has which attributes, then a column of values
/// for each attribute. The neighbouring rows of one entity are a group, and groups with the same
/// attributes share a shape, so that a thousand alike entities cost a byte or two each beside their
/// values.
final class RowsWriter {
  /// Shapes that later groups can refer to; what comes after them is spelled out.
  static final int SHAPES_MAX = 64;
  static final int EACH = 0;
  static final int DELTAS = 1;
  static final int DICTIONARY = 2;
  static final int SAME = 1;

  private final ByteSink out;
  private final Schema schema;
  private final RowBuffer rows;
  private final int count;
  private final int[] column; // by row
  private final AttributeColumns columns = new AttributeColumns();

  // Shapes by the group that had them first.
  private int shapeCount;
  private int[] shapeStart = new int[4];
  private int[] shapeLength = new int[4];

  private RowsWriter(ByteSink out, RowBuffer rows, Schema schema) {
    this.out = out;
    this.schema = schema;
    this.rows = rows;
    this.count = rows.count();
    this.column = new int[count];
  }

  static void opened(ByteSink out, RowBuffer rows, long t, Schema schema) {
    out.unsigned(rows.count());
    if (rows.count() > 0) {
      new RowsWriter(out, rows, schema).write(t);
    }
  }

  static void closed(ByteSink out, RowBuffer rows, long t, Schema schema) {
    opened(out, rows, t, schema);
    if (rows.count() > 0) {
      ages(out, rows, t);
    }
  }

  /// How long ago closed rows were opened.
  private static void ages(ByteSink out, RowBuffer rows, long t) {
    boolean same = true;
    for (int i = 1; i < rows.count(); i++) {
      same &= rows.from(i) == rows.from(0);
    }
    out.u8(same ? SAME : EACH);
    for (int i = 0; i < (same ? 1 : rows.count()); i++) {
      out.unsigned(t - rows.from(i));
    }
  }

  private void write(long t) {
    long user = ValueWriter.REFERENCE_ZERO;
    long tx = Partition.tx(t);
    int start = 0;
    while (start < count) {
      long e = rows.e(start);
      assert e >= 0 && e < RowsReader.ENTITY_MAX : e;
      int end = start + 1;
      while (end < count && rows.e(end) == e) {
        end++;
      }
      boolean nearTx = Math.abs(e - tx) < Math.abs(e - user);
      out.unsigned(ByteSink.zigzag(e - (nearTx ? tx : user)) << 1 | (nearTx ? 1 : 0));
      int next = endOfAlike(start, end);
      int more = (next - end) / (end - start);
      shape(start, end - start, more);
      for (int i = end; i < next; i++) {
        column[i] = column[i - (end - start)];
      }
      user = nearTx ? user : e + more;
      start = next;
    }
    values();
  }

  /// Behind the groups after one that are like it, each of the entity above the one before.
  private int endOfAlike(int start, int end) {
    int length = end - start;
    int next = end;
    while (next + length <= count
        && rows.e(next) == rows.e(next - 1) + 1
        && isAlike(start, next, length)
        && rows.e(next + length - 1) == rows.e(next)
        && (next + length == count || rows.e(next + length) != rows.e(next))) {
      next += length;
    }
    return next;
  }

  private void shape(int start, int length, int more) {
    int flag = more > 0 ? 1 : 0;
    for (int shape = 0; shape < shapeCount; shape++) {
      if (shapeLength[shape] == length && isAlike(shapeStart[shape], start, length)) {
        out.unsigned((shape + 1) << 1 | flag);
        repeats(more);
        System.arraycopy(column, shapeStart[shape], column, start, length);
        return;
      }
    }
    out.u8(flag);
    repeats(more);
    int runs = 0;
    for (int i = start; i < start + length; i = endOfRun(i, start + length)) {
      runs++;
    }
    out.unsigned(runs);
    int next = start;
    while (next < start + length) {
      int end = endOfRun(next, start + length);
      int repeats = end - next;
      out.unsigned((long) rows.a(next) << 1 | (repeats > 1 ? 1 : 0));
      if (repeats > 1) {
        out.unsigned(repeats);
      }
      Arrays.fill(column, next, end, columns.column(rows.a(next)));
      next = end;
    }
    if (shapeCount < SHAPES_MAX) {
      if (shapeCount == shapeStart.length) {
        shapeStart = Arrays.copyOf(shapeStart, shapeCount * 2);
        shapeLength = Arrays.copyOf(shapeLength, shapeCount * 2);
      }
      shapeStart[shapeCount] = start;
      shapeLength[shapeCount++] = length;
    }
  }

  private void repeats(int more) {
    if (more > 0) {
      out.unsigned(more);
    }
  }

  private boolean isAlike(int start1, int start2, int length) {
    for (int i = 0; i < length; i++) {
      if (rows.a(start1 + i) != rows.a(start2 + i)) {
        return false;
      }
    }
    return true;
  }

  private int endOfRun(int start, int limit) {
    int end = start + 1;
    while (end < limit && rows.a(end) == rows.a(start)) {
      end++;
    }
    return end;
  }

  private void values() {
    int[] ends = new int[columns.count() + 1];
    int[] ordered = byColumn(column, ends);
    for (int c = 0; c < columns.count(); c++) {
      int id = columns.attribute(c);
      Attribute attribute = schema.attribute(id);
      if (attribute == null) {
        throw new IllegalStateException("no attribute has id " + id);
      }
      ValueType type = attribute.type();
      out.u8(type.id());
      if (type.inline()) {
        keys(type, ordered, ends[c], ends[c + 1]);
      } else {
        objects(type, ordered, ends[c], ends[c + 1]);
      }
    }
  }

  /// Rows by column, in their order.
  ///
  /// @param starts one more than there are columns; becomes where each column begins
  private static int[] byColumn(int[] column, int[] starts) {
    for (int of : column) {
      starts[of + 1]++;
    }
    for (int i = 1; i < starts.length; i++) {
      starts[i] += starts[i - 1];
    }
    int[] next = starts.clone();
    int[] ordered = new int[column.length];
    for (int row = 0; row < column.length; row++) {
      ordered[next[column[row]]++] = row;
    }
    return ordered;
  }

  private void keys(ValueType type, int[] ordered, int from, int to) {
    boolean deltas = to - from > 1 && deltasAreShorter(type, ordered, from, to);
    if (to - from > 1) {
      out.u8(deltas ? DELTAS : EACH);
    }
    long previous = RowsReader.zero(type);
    for (int i = from; i < to; i++) {
      long key = rows.v(ordered[i]);
      if (deltas) {
        out.signed(key - previous);
        previous = key;
      } else {
        ValueWriter.key(out, type, key);
      }
    }
  }

  private boolean deltasAreShorter(ValueType type, int[] ordered, int from, int to) {
    if (type != ValueType.LONG && type != ValueType.REF && type != ValueType.INSTANT) {
      return false;
    }
    long zero = RowsReader.zero(type);
    long previous = zero;
    long saved = 0;
    for (int i = from; i < to; i++) {
      long key = rows.v(ordered[i]);
      saved += ByteSink.size(ByteSink.zigzag(key - zero))
          - ByteSink.size(ByteSink.zigzag(key - previous));
      previous = key;
    }
    return saved > 0;
  }

  private void objects(ValueType type, int[] ordered, int from, int to) {
    Map<Object, Integer> words = to - from > 1 ? words(type, ordered, from, to) : null;
    if (to - from > 1) {
      out.u8(words == null ? EACH : DICTIONARY);
    }
    if (words == null) {
      for (int i = from; i < to; i++) {
        ValueWriter.object(out, type, object(ordered[i]));
      }
      return;
    }
    out.unsigned(words.size());
    for (Object word : words.keySet()) {
      ValueWriter.object(out, type, word);
    }
    for (int i = from; i < to; i++) {
      Integer word = words.get(object(ordered[i]));
      out.unsigned(word == null ? 0 : word);
    }
  }

  /// The different values, numbered; null when so many differ that it isn't worth while, or when
  /// equality isn't identity of what is stored.
  private @Nullable Map<Object, Integer> words(ValueType type, int[] ordered, int from, int to) {
    if (type == ValueType.BYTES || type == ValueType.TUPLE || type == ValueType.URI) {
      return null;
    }
    int most = (to - from) / 2;
    Map<Object, Integer> words = new LinkedHashMap<>();
    for (int i = from; i < to; i++) {
      words.putIfAbsent(object(ordered[i]), words.size());
      if (words.size() > most) {
        return null;
      }
    }
    return words;
  }

  private Object object(int row) {
    Object object = rows.o(row);
    if (object == null) {
      throw new IllegalStateException("row " + row + " has no value");
    }
    return object;
  }
}
