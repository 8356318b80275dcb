package valence.engine.segment;

import java.nio.ByteBuffer;
import valence.engine.index.Bound;
import valence.engine.index.Order;
import valence.engine.index.Rows;
import valence.engine.store.BlobId;

/// Some rows in one order.
public final class Leaf implements Segment {
  /// More than a leaf is ever given: a bound for what is read.
  static final int ROWS_MAX = 1 << 15;

  private final BlobId id;
  private final boolean closed;
  private final RowBlock rows;
  private final long bodyBytes;

  private Leaf(BlobId id, boolean closed, RowBlock rows, long bodyBytes) {
    this.id = id;
    this.closed = closed;
    this.rows = rows;
    this.bodyBytes = bodyBytes;
  }

  static Leaf read(BlobId id, Envelope.Opened opened) {
    Envelope envelope = opened.envelope();
    Input in = opened.body();
    int count = envelope.entries();
    if (count == 0 || count > ROWS_MAX || count != envelope.rows()) {
      throw in.damaged("a leaf has " + count + " of " + envelope.rows() + " rows");
    }
    RowBlock rows = RowBlock.read(in, envelope.order(), envelope.closed(), count);
    in.expectEnd();
    return new Leaf(id, envelope.closed(), rows, in.bytes().capacity());
  }

  /// Rows [low, high) as a segment; closed when they have ends.
  static ByteBuffer write(Order order, Rows rows, int low, int high, boolean compress) {
    Output body = new Output();
    new BlockWriter(rows, low, high, body).write(order);
    return new Envelope(0, order, rows.to() != null, high - low, high - low).seal(body, compress);
  }

  @Override
  public BlobId id() {
    return id;
  }

  @Override
  public Order order() {
    return rows.order;
  }

  @Override
  public boolean closed() {
    return closed;
  }

  @Override
  public long rowCount() {
    return rows.count;
  }

  int count() {
    return rows.count;
  }

  /// As [Rows#seek], of rows from `start` on.
  int seek(Bound bound, boolean past, int start) {
    return rows.seek(bound, past, start);
  }

  RowBlock rows() {
    return rows;
  }

  @Override
  public long heapBytes() {
    return 128 + bodyBytes + rows.heapBytes();
  }

  @Override
  public String inspect() {
    StringBuilder text = new StringBuilder();
    text.append("leaf ").append(id).append('\n');
    text.append("  ").append(order()).append(closed ? " past, " : " current, ");
    text.append(rowCount()).append(" rows, ").append(bodyBytes).append(" bytes decompressed\n");
    rows.describe(text);
    return text.toString();
  }
}
