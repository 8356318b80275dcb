package valence.engine.segment;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import valence.engine.index.Batch;
import valence.engine.index.Cursor;
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

  private final SegmentTree tree;
  private final Batch batch = new Batch();
  private Directory[] path = new Directory[2];
  private int[] children = new int[2];
  private int depth;
  private Leaf leaf;
  private int position;
  private long rest;
  private @Nullable Chunk chunk;

  /// The rows of a range.
  SegmentCursor(SegmentTree tree, BlobId root, Range range) {
    this.tree = tree;
    Segment segment = tree.read(root);
    boolean lowPast = !range.lowIn();
    long before = 0;
    boolean isLast = true;
    while (segment instanceof Directory directory) {
      int child = directory.childOf(range.low(), lowPast);
      isLast &= child == directory.childCount() - 1;
      before += directory.rowsBefore(child);
      segment = enter(directory, child);
    }
    leaf = (Leaf) segment;
    position = leaf.seek(range.low(), lowPast, 0);
    int end = leaf.seek(range.high(), range.highIn(), position);
    // Most ranges end in the leaf that they begin in: then there is nothing else to be searched.
    rest = end < leaf.count() || isLast
        ? end - position
        : tree.rank(root, range.high(), range.highIn()) - before - position;
  }

  /// The rows from a rank on.
  SegmentCursor(SegmentTree tree, BlobId root, long first, long count) {
    this.tree = tree;
    Segment segment = tree.read(root);
    long skip = first;
    while (segment instanceof Directory directory) {
      int child = directory.childOf(skip);
      skip -= directory.rowsBefore(child);
      segment = enter(directory, child);
    }
    leaf = (Leaf) segment;
    position = (int) skip;
    rest = count;
  }

  /// The rows of one leaf.
  SegmentCursor(SegmentTree tree, Leaf leaf) {
    this.tree = tree;
    this.leaf = leaf;
    rest = leaf.count();
  }

  private Segment enter(Directory directory, int child) {
    if (depth == path.length) {
      path = Arrays.copyOf(path, depth * 2);
      children = Arrays.copyOf(children, depth * 2);
    }
    path[depth] = directory;
    children[depth++] = child;
    return tree.read(directory, child);
  }

  /// How many rows are still to be read.
  long rest() {
    return Math.max(0, rest);
  }

  @Override
  public boolean next() {
    if (rest <= 0) {
      return false;
    }
    if (position == leaf.count()) {
      nextLeaf();
    }
    if (chunk == null) {
      chunk = leaf.chunk(rest);
    }
    int end = (int) Math.min(Math.min(leaf.count(), position + chunk.capacity()), position + rest);
    leaf.show(position, end, chunk, batch);
    rest -= end - position;
    position = end;
    return true;
  }

  private void nextLeaf() {
    int child = children[--depth] + 1;
    while (child == path[depth].childCount()) {
      child = children[--depth] + 1;
    }
    Segment segment = enter(path[depth], child);
    while (segment instanceof Directory directory) {
      segment = enter(directory, 0);
    }
    leaf = (Leaf) segment;
    position = 0;
  }

  @Override
  public Batch batch() {
    return batch;
  }
}
