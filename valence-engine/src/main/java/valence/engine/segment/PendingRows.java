package valence.engine.segment;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.engine.index.Batch;
import valence.engine.index.Order;
import valence.engine.index.Rows;

/// Rows on their way into new leaves. For one thread.
///
/// A leaf is full by weight, so that long values make leaves of fewer rows: each row weighs
/// [#ROW_WEIGHT] and the bytes of its value.
final class PendingRows {
  static final int ROW_WEIGHT = 128;

  private final Order order;
  private final boolean closed;
  private final SegmentSink sink;
  private final TreeShape shape;
  private RowsBuilder rows;
  private long weight;

  PendingRows(Order order, boolean closed, SegmentSink sink, TreeShape shape) {
    this.order = order;
    this.closed = closed;
    this.sink = sink;
    this.shape = shape;
    this.rows = new RowsBuilder(0, closed);
  }

  boolean isEmpty() {
    return rows.count() == 0;
  }

  /// Whether the rows fill a quarter of a leaf, as each leaf should.
  boolean isLeaf() {
    return weight >= shape.leafWeight() / 4;
  }

  void append(Batch batch, int low, int high, List<Child> leaves) {
    if (low >= high) {
      return;
    }
    int before = rows.count();
    rows.append(batch, low, high);
    weight += (long) (high - low) * ROW_WEIGHT;
    if (batch.hasObjects()) {
      for (int i = before; i < rows.count(); i++) {
        weight += bytes(rows.object(i));
      }
    }
    if (weight >= 2L * shape.leafWeightMax()) {
      writeFull(leaves);
    }
  }

  /// Appends all rows to others.
  void moveTo(PendingRows others, List<Child> leaves) {
    Batch batch = new Batch();
    batch.show(rows.rows(), 0, rows.count());
    others.append(batch, 0, rows.count(), leaves);
  }

  /// Writes full leaves, and keeps enough rows for one more.
  private void writeFull(List<Child> leaves) {
    Rows all = rows.rows();
    int low = 0;
    while (weight >= shape.leafWeightMax() + shape.leafWeight()) {
      int high = cut(all, low, shape.leafWeight());
      write(all, low, high, leaves);
      low = high;
    }
    rows.removeFirst(low);
  }

  /// Writes all rows, in leaves of about the same weight.
  void writeAll(List<Child> leaves) {
    Rows all = rows.rows();
    long pieces = Math.max(1, (weight + shape.leafWeight() - 1) / shape.leafWeight());
    if (weight <= shape.leafWeightMax()) {
      pieces = 1;
    }
    int low = 0;
    while (low < all.count()) {
      int high = pieces == 1 ? all.count() : cut(all, low, weight / pieces);
      write(all, low, high, leaves);
      low = high;
      pieces = Math.max(1, pieces - 1);
    }
    rows = new RowsBuilder(0, closed);
    weight = 0;
  }

  /// Where rows from `low` on reach a weight; at least one row on.
  private static int cut(Rows all, int low, long target) {
    long sum = 0;
    int high = low;
    while (high < all.count() && sum < target) {
      sum += ROW_WEIGHT + (all.o() == null ? 0 : bytes(all.object(high)));
      high++;
    }
    return high;
  }

  private void write(Rows all, int low, int high, List<Child> leaves) {
    var encoded = Leaf.write(order, all, low, high, sink.compresses());
    int bytes = encoded.remaining();
    RowsBuilder first = new RowsBuilder(1, false);
    Batch source = new Batch();
    source.show(all, low, high);
    first.append(source, low, low + 1);
    Batch kept = new Batch();
    kept.show(first.rows(), 0, 1);
    leaves.add(new Child(kept, 0, sink.put(encoded), high - low, bytes));
    for (int i = low; i < high; i++) {
      weight -= ROW_WEIGHT + bytes(all.object(i));
    }
  }

  /// About how long a value's content is.
  private static long bytes(@Nullable Object object) {
    return object == null ? 0 : object instanceof String text ? text.length() : otherBytes(object);
  }

  private static long otherBytes(Object object) {
    return switch (object) {
      case byte[] bytes -> bytes.length;
      case URI uri -> uri.toString().length();
      case BigInteger number -> number.bitLength() / Byte.SIZE;
      case BigDecimal number -> number.precision() / 2;
      case List<?> tuple -> {
        long sum = 0;
        for (Object slot : tuple) {
          sum += slot instanceof String text ? text.length() : Long.BYTES;
        }
        yield sum;
      }
      default -> 16; // a name, an id
    };
  }
}
