package valence.engine.segment;

import clojure.lang.Keyword;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import valence.engine.index.Order;
import valence.engine.index.Rows;
import valence.engine.value.ValueType;
import valence.engine.value.ValueWriter;

/// Writes rows as a block of packed columns: the reverse of [RowBlock]. For one use.
final class BlockWriter {
  private final Rows rows;
  private final int low;
  private final int count;
  private final Output out;
  private final long[] column;

  /// @param low  the first of the rows to be written
  /// @param high behind the last
  BlockWriter(Rows rows, int low, int high, Output out) {
    this.rows = rows;
    this.low = low;
    this.count = high - low;
    this.out = out;
    this.column = new long[count];
  }

  void write(Order order) {
    int[] attributes = attributes();
    int[] codes = new int[count];
    out.u32(attributes.length);
    for (int i = 0; i < attributes.length; i++) {
      column[i] = attributes[i];
    }
    ColumnWriter.write(column, attributes.length, out);
    for (int i = 0; i < count; i++) {
      codes[i] = i > 0 && rows.a()[low + i] == rows.a()[low + i - 1]
          ? codes[i - 1]
          : Arrays.binarySearch(attributes, rows.a()[low + i]);
      column[i] = codes[i];
    }
    ColumnWriter.write(column, count, out);
    write(rows.e());
    write(rows.from());
    if (rows.to() != null) {
      write(rows.to());
    }
    if (order == Order.VAET) {
      write(rows.v());
    } else {
      writeValues(codes, attributes.length);
    }
  }

  private void write(long[] values) {
    System.arraycopy(values, low, column, 0, count);
    ColumnWriter.write(column, count, out);
  }

  private int[] attributes() {
    int[] sorted = Arrays.copyOfRange(rows.a(), low, low + count);
    Arrays.sort(sorted);
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (i == 0 || sorted[i] != sorted[i - 1]) {
        sorted[kept++] = sorted[i];
      }
    }
    return Arrays.copyOf(sorted, kept);
  }

  /// Deals the rows out to their attributes, then writes each attribute's values.
  private void writeValues(int[] codes, int width) {
    int[] ends = new int[width];
    for (int code : codes) {
      ends[code]++;
    }
    for (int k = 1; k < width; k++) {
      ends[k] += ends[k - 1];
    }
    int[] byAttribute = new int[count];
    for (int i = count - 1; i >= 0; i--) {
      byAttribute[--ends[codes[i]]] = low + i;
    }
    for (int k = 0; k < width; k++) {
      writeValues(byAttribute, ends[k], k + 1 == width ? count : ends[k + 1]);
    }
  }

  private void writeValues(int[] positions, int from, int to) {
    if (rows.object(positions[from]) != null) {
      writeObjects(positions, from, to);
      return;
    }
    out.u8(ValueColumn.KEYS);
    for (int i = from; i < to; i++) {
      if (rows.object(positions[i]) != null) {
        throw mixed(positions[i]);
      }
      column[i - from] = rows.v()[positions[i]];
    }
    ColumnWriter.write(column, to - from, out);
  }

  private void writeObjects(int[] positions, int from, int to) {
    Words words = new Words(ValueWriter.typeOf(object(positions[from])), to - from);
    Object before = null;
    int code = 0;
    for (int i = from; i < to; i++) {
      Object object = object(positions[i]);
      if (object != before) {
        before = object;
        code = words.code(object);
      }
      column[i - from] = code;
    }
    out.u8(words.type.id());
    out.u32(words.codes.size());
    ColumnWriter.write(column, to - from, out);
    ColumnWriter.writeSimple(words.ends, words.codes.size(), out);
    out.u32(words.contents.size());
    byte[] bytes = words.contents.toByteArray();
    out.put(bytes, 0, bytes.length);
  }

  /// The different values of an attribute.
  private static final class Words {
    private final ValueType type;
    private final ByteArrayOutputStream contents = new ByteArrayOutputStream();
    private final ValueWriter writer = new ValueWriter(contents);
    private final Map<Object, Integer> codes = new HashMap<>();
    private final long[] ends;

    Words(ValueType type, int valuesMax) {
      this.type = type;
      this.ends = new long[valuesMax];
    }

    int code(Object object) {
      int next = codes.size();
      Integer known = codes.putIfAbsent(identity(object), next);
      if (known != null) {
        return known;
      }
      writer.content(type, object);
      ends[next] = contents.size();
      return next;
    }
  }

  private Object object(int row) {
    Object object = rows.object(row);
    if (object == null) {
      throw mixed(row);
    }
    return object;
  }

  private IllegalStateException mixed(int row) {
    return new IllegalStateException(
        "some values of attribute " + rows.a()[row] + " are said by their keys, others aren't");
  }

  /// What is equal exactly when the contents are: a URI equals others that are written otherwise, a
  /// tuple those with numbers of other types.
  private static Object identity(Object object) {
    return object instanceof String || object instanceof Keyword ? object : otherIdentity(object);
  }

  private static Object otherIdentity(Object object) {
    return switch (object) {
      case byte[] bytes -> ByteBuffer.wrap(bytes);
      case URI uri -> uri.toString();
      case List<?> tuple -> contentOf(tuple);
      default -> object;
    };
  }

  private static Object contentOf(List<?> tuple) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    new ValueWriter(content).content(ValueType.TUPLE, tuple);
    return ByteBuffer.wrap(content.toByteArray());
  }
}
