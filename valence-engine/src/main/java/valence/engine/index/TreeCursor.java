package valence.engine.index;

import valence.engine.index.Node.Branch;
import valence.engine.index.Node.Leaf;

/// Reads consecutive leaves of a tree; a batch is a leaf's own columns.
final class TreeCursor implements Cursor {
  private static final int DEPTH_MAX = 16; // 64^16 leaves are more than there can be

  private final Branch[] path = new Branch[DEPTH_MAX];
  private final int[] children = new int[DEPTH_MAX];
  private final Batch batch = new Batch();
  private int depth;
  private Leaf leaf;
  private int position;
  private long remaining;

  /// @param first the rank of the first row to be read
  /// @param count how many rows to read
  TreeCursor(Node root, long first, long count) {
    remaining = count;
    Node node = root;
    long skip = first;
    while (node instanceof Branch branch) {
      int child = child(branch.ends(), skip);
      skip -= child == 0 ? 0 : branch.ends()[child - 1];
      path[depth] = branch;
      children[depth++] = child;
      node = branch.children()[child];
    }
    leaf = (Leaf) node;
    position = (int) skip;
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
    if (remaining <= 0) {
      return false;
    }
    if (position == leaf.width()) {
      nextLeaf();
    }
    int end = (int) Math.min(leaf.width(), position + remaining);
    batch.show(leaf.rows(), position, end);
    remaining -= end - position;
    position = end;
    return true;
  }

  private void nextLeaf() {
    int level = depth - 1;
    while (children[level] == path[level].width() - 1) {
      level--;
    }
    children[level]++;
    Node node = path[level].children()[children[level]];
    while (node instanceof Branch branch) {
      level++;
      path[level] = branch;
      children[level] = 0;
      node = branch.children()[0];
    }
    leaf = (Leaf) node;
    position = 0;
  }

  @Override
  public Batch batch() {
    return batch;
  }
}
