package valence.engine.segment;

import org.jspecify.annotations.Nullable;
import valence.engine.index.Batch;
import valence.engine.index.Bound;
import valence.engine.index.Cursor;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.store.BlobId;

/// Reads consecutive rows of a tree, in chunks.
final class SegmentCursor implements Cursor {
  /// Reads nothing.
  static final Cursor NOTHING = new Cursor() {
    @Override
    public boolean next() {
      return false;
    }

    @Override
    public Batch batch() {
      return new Batch();
    }
  };

  /// Who seeks most often looks at few rows, then seeks again: so many are decoded at first.
  private static final int SOUGHT_ROWS = 16;

  private static final int SOUGHT_ROWS_GROWTH = 4;

  private final SegmentTree tree;
  private final @Nullable BlobId root; // null where only one leaf is read
  private final int columns;
  private final boolean asked;
  private final Batch batch = new Batch();
  private @Nullable Directory above;
  private int child; // of the directory above
  private long aboveRank; // how many rows lie before those of the directory above
  private Leaf leaf;
  private long leafRank; // how many rows lie before those of the leaf
  private int position; // in the leaf, behind the rows shown
  private long endRank;
  private int window = Chunk.ROWS_MAX;
  private @Nullable Chunk chunk;

  /// The rows of a range.
  SegmentCursor(SegmentTree tree, BlobId root, Range range, int columns) {
    this.tree = tree;
    this.root = root;
    this.columns = columns;
    this.asked = SegmentTree.isAsked();
    boolean lowPast = !range.lowIn();
    boolean isLast = true;
    Segment segment = tree.read(root, asked);
    while (segment instanceof Directory directory) {
      int first = directory.childOf(range.low(), lowPast);
      isLast &= first == directory.childCount() - 1;
      segment = enter(directory, first);
    }
    leaf = (Leaf) segment;
    position = leaf.seek(range.low(), lowPast, 0);
    int end = leaf.seek(range.high(), range.highIn(), position);
    // Most ranges end in the leaf that they begin in: then there is nothing else to be searched.
    endRank = end < leaf.count() || isLast
        ? leafRank + end
        : tree.rank(root, range.high(), range.highIn());
  }

  /// The rows from a rank on.
  SegmentCursor(SegmentTree tree, BlobId root, long first, long count) {
    this.tree = tree;
    this.root = root;
    this.columns = Batch.ALL;
    this.asked = SegmentTree.isAsked();
    leaf = descend(root, first);
    position = (int) (first - leafRank);
    endRank = first + count;
  }

  /// The rows of one leaf.
  SegmentCursor(SegmentTree tree, Leaf leaf) {
    this.tree = tree;
    this.root = null;
    this.columns = Batch.ALL;
    this.asked = true;
    this.leaf = leaf;
    endRank = leaf.count();
  }

  private Segment enter(Directory directory, int which) {
    above = directory;
    aboveRank = leafRank;
    child = which;
    leafRank += directory.rowsBefore(which);
    return tree.read(directory, which, asked);
  }

  /// Goes to the leaf of the row of a rank.
  private Leaf descend(BlobId from, long rank) {
    leafRank = 0;
    Segment segment = tree.read(from, asked);
    while (segment instanceof Directory directory) {
      segment = enter(directory, directory.childOf(rank - leafRank));
    }
    return (Leaf) segment;
  }

  /// How many rows are still to be read.
  long rest() {
    return Math.max(0, endRank - leafRank - position);
  }

  @Override
  public boolean next() {
    long rest = endRank - leafRank - position;
    if (rest <= 0) {
      batch.start = batch.end;
      return false;
    }
    if (position == leaf.count()) {
      nextLeaf();
    }
    if (chunk == null) {
      chunk = new Chunk(leaf.rows());
    }
    int end = (int) Math.min(Math.min(leaf.count(), position + window), position + rest);
    chunk.fill(leaf.rows(), position, end, columns, batch);
    position = end;
    window = Math.min(window * SOUGHT_ROWS_GROWTH, Chunk.ROWS_MAX);
    return true;
  }

  private void nextLeaf() {
    Directory parent = above;
    long rank = leafRank + leaf.count();
    if (parent != null && child + 1 < parent.childCount()) {
      leafRank = aboveRank;
      leaf = (Leaf) enter(parent, child + 1);
    } else if (root != null) {
      leaf = descend(root, rank);
    }
    position = 0;
  }

  @Override
  public boolean seek(Order order, Bound bound) {
    int found = leaf.seek(bound, false, position - batch.count());
    if (found < position) {
      batch.start = batch.end - (position - found);
      return true;
    }
    window = SOUGHT_ROWS;
    position = found;
    if (found == leaf.count()) {
      climb(bound);
    }
    return next();
  }

  /// Goes on to the first row not below a bound, which no row of the leaf reaches.
  private void climb(Bound bound) {
    Directory parent = above;
    if (parent == null || root == null) {
      return;
    }
    int after = parent.childAfter(child, bound);
    if (after < parent.childCount()) {
      if (aboveRank + parent.rowsBefore(after) >= endRank) {
        endRank = leafRank + position;
        return;
      }
      leafRank = aboveRank;
      leaf = (Leaf) enter(parent, after);
      position = leaf.seek(bound, false, 0);
      if (position < leaf.count() || after + 1 < parent.childCount()) {
        return; // it is here, or the first of the next leaf
      }
    }
    // Beyond what is below the directory: sought from the root.
    leafRank = 0;
    Segment segment = tree.read(root, asked);
    while (segment instanceof Directory directory) {
      segment = enter(directory, directory.childOf(bound, false));
    }
    leaf = (Leaf) segment;
    position = leaf.seek(bound, false, 0);
  }

  @Override
  public Batch batch() {
    return batch;
  }
}
