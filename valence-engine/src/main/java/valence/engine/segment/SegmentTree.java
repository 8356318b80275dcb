package valence.engine.segment;

import org.jspecify.annotations.Nullable;
import valence.engine.index.Bound;
import valence.engine.index.Cursor;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.index.Run;
import valence.engine.store.BlobId;

/// Rows in one order, in segments. Immutable.
///
/// @param root  null when there are no rows
/// @param count how many rows there are
public record SegmentTree(
    Order order, boolean closed, @Nullable BlobId root, long count, SegmentSource source)
    implements Run {

  public SegmentTree {
    if ((root == null) != (count == 0)) {
      throw new IllegalArgumentException(count + " rows below the root " + root);
    }
  }

  public static SegmentTree empty(Order order, boolean closed, SegmentSource source) {
    return new SegmentTree(order, closed, null, 0, source);
  }

  @Override
  public long count(Range range) {
    return root == null ? 0 : new SegmentCursor(this, root, range).rest();
  }

  @Override
  public Cursor cursor(Range range) {
    return root == null ? SegmentCursor.NOTHING : new SegmentCursor(this, root, range);
  }

  @Override
  public Cursor fromEnd(Range range, int rows) {
    if (root == null) {
      return SegmentCursor.NOTHING;
    }
    long first = rank(root, range.low(), !range.lowIn());
    long end = rank(root, range.high(), range.highIn());
    return new SegmentCursor(this, root, Math.max(first, end - rows), Math.min(1, end - first));
  }

  /// How many rows lie before the bound or, past it, before the first row above it.
  long rank(BlobId top, Bound bound, boolean past) {
    if (bound.parts() == 0) {
      return past ? count : 0;
    }
    long before = 0;
    Segment segment = read(top);
    while (segment instanceof Directory directory) {
      int child = directory.childOf(bound, past);
      before += directory.rowsBefore(child);
      segment = read(directory, child);
    }
    return before + ((Leaf) segment).seek(bound, past, 0);
  }

  /// The root, which has the rows that the tree has.
  Segment read(BlobId top) {
    Segment segment = source.segment(top);
    if (segment.rowCount() != count || !belongs(segment)) {
      throw Input.damaged(top, "it isn't the root of " + count + " rows in " + order)
          .toException();
    }
    return segment;
  }

  /// A child, which has the level and the rows that the directory says.
  Segment read(Directory directory, int child) {
    BlobId id = directory.childId(child);
    Segment segment = source.segment(id);
    int level = segment instanceof Directory found ? found.level() : 0;
    long rows = directory.rowsBefore(child + 1) - directory.rowsBefore(child);
    if (level != directory.level() - 1 || segment.rowCount() != rows || !belongs(segment)) {
      throw Input.damaged(id, "it isn't what " + directory.id() + " says of it").toException();
    }
    return segment;
  }

  private boolean belongs(Segment segment) {
    return segment.order() == order && segment.closed() == closed;
  }

  /// This tree without some of its rows and with others. The work is proportional to the leaves
  /// that change, and to the directories above them. The result is for reading once the sink has
  /// made everything readable through the source.
  ///
  /// @param adds    rows that aren't in the tree, in its order; read once, to the end
  /// @param removes rows of the tree, in its order; of closed ones the end doesn't matter
  public SegmentTree merge(Cursor adds, Cursor removes, SegmentSink sink) {
    return new TreeMerge(this, adds, removes, sink, TreeShape.STORED).run();
  }
}
