package valence.engine.segment;

import java.lang.ref.WeakReference;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import valence.engine.index.Batch;
import valence.engine.index.Bound;
import valence.engine.index.Cursor;
import valence.engine.index.Facts;
import valence.engine.index.Found;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.index.Reads;
import valence.engine.index.Run;
import valence.engine.store.BlobId;

/// Rows in one order, in segments. Immutable.
///
/// Decoded segments are remembered by weak references: the root here, the others in the directory
/// above. So most reads don't ask the source, which keeps and bounds them; one in [#ASKED_EVERY]
/// does, so that a cache knows what is in use. What the source lets go of is gone from here too.
public final class SegmentTree implements Run {
  private static final int ASKED_EVERY = 64; // a power of two

  private final Order order;
  private final boolean closed;
  private final @Nullable BlobId root;
  private final long count;
  private final SegmentSource source;

  /// Only ever the root that was read; threads may overwrite each other's.
  private WeakReference<@Nullable Segment> top = new WeakReference<>(null);

  /// @param root  null when there are no rows
  /// @param count how many rows there are
  public SegmentTree(
      Order order, boolean closed, @Nullable BlobId root, long count, SegmentSource source) {
    if ((root == null) != (count == 0)) {
      throw new IllegalArgumentException(count + " rows below the root " + root);
    }
    this.order = order;
    this.closed = closed;
    this.root = root;
    this.count = count;
    this.source = source;
  }

  public static SegmentTree empty(Order order, boolean closed, SegmentSource source) {
    return new SegmentTree(order, closed, null, 0, source);
  }

  @Override
  public Order order() {
    return order;
  }

  @Override
  public boolean closed() {
    return closed;
  }

  /// Null when there are no rows.
  public @Nullable BlobId root() {
    return root;
  }

  @Override
  public long count() {
    return count;
  }

  public SegmentSource source() {
    return source;
  }

  @Override
  public long count(Range range) {
    return root == null ? 0 : new SegmentCursor(this, root, range, 0).rest();
  }

  @Override
  public Cursor cursor(Range range) {
    return cursor(range, Batch.ALL);
  }

  @Override
  public Cursor cursor(Range range, int columns) {
    return root == null ? SegmentCursor.NOTHING : new SegmentCursor(this, root, range, columns);
  }

  @Override
  public boolean visit(long entity, long since, long asOf, Facts facts) {
    if (root == null) {
      return true;
    }
    boolean asked = isAsked();
    Segment segment = read(root, asked);
    long next = Long.MAX_VALUE; // the entity of the first row behind those below the segment
    while (segment instanceof Directory directory) {
      int child = directory.childOfEntity(entity);
      next = directory.entityBehind(child, next);
      segment = read(directory, child, asked);
    }
    if (next == entity) {
      return false; // the rows go on in the next leaf
    }
    ((Leaf) segment).rows().visit(entity, since, asOf, facts);
    return true;
  }

  @Override
  public long firstEntity(Bound prefix, long since, long asOf) {
    if (root == null) {
      return NO_ROW;
    }
    boolean asked = isAsked();
    Segment segment = read(root, asked);
    boolean isLast = true;
    while (segment instanceof Directory directory) {
      int child = directory.childOf(prefix, false);
      isLast &= child == directory.childCount() - 1;
      segment = read(directory, child, asked);
    }
    RowBlock rows = ((Leaf) segment).rows();
    int row = rows.seek(prefix, false, 0);
    if (row == rows.count) {
      return isLast ? NO_ROW : UNSURE; // the next leaf may begin with it
    }
    if (!rows.beginsAs(prefix, row)) {
      return NO_ROW;
    }
    long said = rows.said(row);
    return !closed && said > since && said <= asOf ? rows.entity(row) : UNSURE;
  }

  @Override
  public boolean find(int attribute, long[] entities, int many, boolean withValues, Found found) {
    boolean asked = isAsked();
    for (int next = 0; root != null && next < many; ) {
      Bound bound = Bound.ae(attribute, entities[next]);
      boolean isLast = true;
      Segment segment = read(root, asked);
      while (segment instanceof Directory directory) {
        int child = directory.childOf(bound, true);
        isLast &= child == directory.childCount() - 1;
        segment = read(directory, child, asked);
      }
      RowBlock rows = ((Leaf) segment).rows();
      next = rows.find(attribute, entities, next, many, isLast, withValues, found);
    }
    return true;
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
  long rank(BlobId of, Bound bound, boolean past) {
    if (bound.parts() == 0) {
      return past ? count : 0;
    }
    long before = 0;
    boolean asked = isAsked();
    Segment segment = read(of, asked);
    while (segment instanceof Directory directory) {
      int child = directory.childOf(bound, past);
      before += directory.rowsBefore(child);
      segment = read(directory, child, asked);
    }
    return before + ((Leaf) segment).seek(bound, past, 0);
  }

  /// Whether a read goes to the source, though it needn't: somebody counts, or it is time.
  static boolean isAsked() {
    return (ThreadLocalRandom.current().nextInt() & (ASKED_EVERY - 1)) == 0
        || Reads.counting() != null;
  }

  Segment read(BlobId of) {
    return read(of, true);
  }

  /// The root, which has the rows that the tree has.
  Segment read(BlobId of, boolean asked) {
    Segment known = asked ? null : top.get();
    if (known != null) {
      return known;
    }
    Segment segment = source.segment(of);
    if (segment.rowCount() != count || !belongs(segment)) {
      throw Input.damaged(of, "it isn't the root of " + count + " rows in " + order)
          .toException();
    }
    if (top.get() != segment) {
      top = new WeakReference<>(segment);
    }
    return segment;
  }

  Segment read(Directory directory, int child) {
    return read(directory, child, true);
  }

  /// A child, which has the level and the rows that the directory says.
  Segment read(Directory directory, int child, boolean asked) {
    Segment known = asked ? null : directory.known(child);
    if (known != null) {
      return known;
    }
    BlobId id = directory.childId(child);
    Segment segment = source.segment(id);
    int level = segment instanceof Directory found ? found.level() : 0;
    long rows = directory.rowsBefore(child + 1) - directory.rowsBefore(child);
    if (level != directory.level() - 1 || segment.rowCount() != rows || !belongs(segment)) {
      throw Input.damaged(id, "it isn't what " + directory.id() + " says of it").toException();
    }
    directory.know(child, segment);
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
