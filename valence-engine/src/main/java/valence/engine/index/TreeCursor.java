package valence.engine.index;

import valence.engine.index.Node.Branch;
import valence.engine.index.Node.Leaf;

/// Reads consecutive leaves of a tree; a batch is a leaf's own columns.
final class TreeCursor implements Cursor {
  private static final int DEPTH_MAX = 16; // 64^16 leaves are more than there can be

  private final Branch[] path = new Branch[DEPTH_MAX];
  private final int[] children = new int[DEPTH_MAX];
  private final long[] ranks = new long[DEPTH_MAX]; // by depth: rows before those of the branch
  private final Batch batch = new Batch();
  private int depth;
  private Leaf leaf;
  private long leafRank; // how many rows lie before those of the leaf
  private int position; // in the leaf, behind the rows shown
  private long endRank;

  /// @param first the rank of the first row to be read
  /// @param count how many rows to read
  TreeCursor(Node root, long first, long count) {
    endRank = first + count;
    Node node = root;
    while (node instanceof Branch branch) {
      node = enter(branch, child(branch.ends(), first - leafRank));
    }
    leaf = (Leaf) node;
    position = (int) (first - leafRank);
  }

  private Node enter(Branch branch, int child) {
    path[depth] = branch;
    ranks[depth] = leafRank;
    children[depth++] = child;
    leafRank += before(branch, child);
    return branch.children()[child];
  }

  private static long before(Branch branch, int child) {
    return child == 0 ? 0 : branch.ends()[child - 1];
  }

  /// The first child whose rows end behind the rank; the last one when none does.
  private static int child(long[] ends, long rank) {
    int low = 0;
    int high = ends.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ends[middle] <= rank) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Override
  public boolean next() {
    long remaining = endRank - leafRank - position;
    if (remaining <= 0) {
      batch.start = batch.end;
      return false;
    }
    if (position == leaf.width()) {
      nextLeaf();
    }
    int end = (int) Math.min(leaf.width(), position + remaining);
    batch.show(leaf.rows(), position, end);
    position = end;
    return true;
  }

  private void nextLeaf() {
    int level = depth - 1;
    while (children[level] == path[level].width() - 1) {
      level--;
    }
    depth = level;
    leafRank = ranks[level];
    Node node = enter(path[level], children[level] + 1);
    while (node instanceof Branch branch) {
      node = enter(branch, 0);
    }
    leaf = (Leaf) node;
    position = 0;
  }

  @Override
  public boolean seek(Order order, Bound bound) {
    int found = batch.seek(order, bound);
    if (found < batch.end) {
      batch.start = found;
      return true;
    }
    if (position < leaf.width() || depth == 0) {
      // Before the first batch, or where the range ends in the leaf.
      batch.show(leaf.rows(), position, leaf.width());
      position = batch.seek(order, bound);
      batch.end = batch.start;
    }
    while (position == leaf.width() && climb(order, bound)) {}
    return next();
  }

  /// Goes on to the next leaf that may have a row not below a bound, which no row of the present
  /// one reaches; false when there is none.
  private boolean climb(Order order, Bound bound) {
    for (int level = depth - 1; level >= 0; level--) {
      Branch branch = path[level];
      int after = children[level] + 1;
      int child = Math.max(after, branch.seek(order, bound, false));
      if (child < branch.width()) {
        depth = level;
        leafRank = ranks[level];
        Node node = enter(branch, child);
        while (node instanceof Branch below) {
          node = enter(below, below.seek(order, bound, false));
        }
        leaf = (Leaf) node;
        position = leaf.rows().seek(order, bound, false);
        return true;
      }
    }
    endRank = leafRank + position;
    return false;
  }

  @Override
  public Batch batch() {
    return batch;
  }
}
