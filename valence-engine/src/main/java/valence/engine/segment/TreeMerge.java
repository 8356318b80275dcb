package valence.engine.segment;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.engine.index.Batch;
import valence.engine.index.Cursor;
import valence.engine.index.Order;
import valence.engine.store.BlobId;

/// Makes a tree out of a tree and sorted changes, from left to right, in one pass. For one use.
///
/// A node is *touched* if a change lies before the first row of the next one. Touched leaves are
/// read and their rows, changed, wait until there are enough for new leaves; touched directories
/// likewise, with children in place of rows. An untouched node stays as it is, unless what waits
/// before it is too little for a node of its own: then it is taken in. Since nothing is taken in
/// but neighbours of what changed, the work is proportional to the change.
final class TreeMerge {
  private final SegmentTree tree;
  private final Order order;
  private final SegmentSink sink;
  private final TreeShape shape;
  private final Changes adds;
  private final Changes removes;

  TreeMerge(SegmentTree tree, Cursor adds, Cursor removes, SegmentSink sink, TreeShape shape) {
    this.tree = tree;
    this.order = tree.order();
    this.sink = sink;
    this.shape = shape;
    this.adds = new Changes(adds);
    this.removes = new Changes(removes);
  }

  /// The rest of one side of the changes.
  private final class Changes {
    private final Cursor cursor;
    private Batch batch;
    private int position;
    private boolean open;

    // Changes of the batch up to the stop lie before the limit.
    private @Nullable Child limit;
    private int stop;

    Changes(Cursor cursor) {
      this.cursor = cursor;
      this.batch = cursor.batch();
      advance();
    }

    private void advance() {
      open = cursor.next();
      batch = cursor.batch();
      position = open ? batch.start : 0;
      findStop();
    }

    /// Where changes aren't before the limit any more; gallops, for the next limit is near.
    private void findStop() {
      stop = position;
      if (!open) {
        return;
      }
      Child behind = limit;
      if (behind == null) {
        stop = batch.end;
        return;
      }
      int step = 1;
      while (stop + step <= batch.end && isBefore(stop + step - 1, behind)) {
        stop += step;
        step *= 4;
      }
      int high = Math.min(stop + step - 1, batch.end);
      while (stop < high) {
        int middle = (stop + high) >>> 1;
        if (isBefore(middle, behind)) {
          stop = middle + 1;
        } else {
          high = middle;
        }
      }
    }

    private boolean isBefore(int row, Child behind) {
      return batch.compare(order, row, behind.first(), behind.at()) < 0;
    }

    /// Whether the next change lies before a child.
    boolean isBefore(@Nullable Child child) {
      if (child != limit) {
        limit = child;
        findStop();
      }
      return position < stop;
    }

    void step() {
      moveTo(position + 1);
    }

    void moveTo(int next) {
      position = next;
      if (next == batch.end) {
        advance();
      }
    }
  }

  SegmentTree run() {
    if (!adds.open && !removes.open) {
      return tree;
    }
    BlobId root = tree.root();
    Segment top = root == null ? null : tree.read(root);
    int level = 1;
    List<Child> children;
    if (top instanceof Directory directory) {
      level = directory.level();
      children = mergeBelow(directory, null);
    } else {
      children = top == null ? leaves(List.of(), null) : leaves(List.of(alone((Leaf) top)), null);
    }
    while (children.size() > 1) {
      List<Child> above = new ArrayList<>();
      writeDirectories(children, level++, above);
      children = above;
    }
    if (children.isEmpty()) {
      return SegmentTree.empty(order, tree.closed(), tree.source());
    }
    Child child = children.get(0);
    return new SegmentTree(order, tree.closed(), child.id(), child.rows(), tree.source());
  }

  /// A root leaf, as a directory above it would know it.
  private Child alone(Leaf leaf) {
    Cursor first = new SegmentCursor(tree, leaf);
    boolean found = first.next();
    assert found : "a leaf has rows";
    return new Child(first.batch(), 0, leaf.id(), leaf.rowCount(), 0);
  }

  private List<Child> mergeBelow(Directory directory, @Nullable Child limit) {
    return directory.level() == 1
        ? leaves(directory.children(), limit)
        : directories(directory, limit);
  }

  private boolean hasChangeBefore(@Nullable Child limit) {
    return adds.isBefore(limit) || removes.isBefore(limit);
  }

  private List<Child> leaves(List<Child> children, @Nullable Child limit) {
    List<Child> merged = new ArrayList<>();
    PendingRows pending = new PendingRows(order, tree.closed(), sink, shape);
    for (int i = 0; i < children.size(); i++) {
      Child child = children.get(i);
      Child next = i + 1 < children.size() ? children.get(i + 1) : limit;
      boolean touched = hasChangeBefore(next);
      if (!touched && (pending.isEmpty() || pending.isLeaf())) {
        pending.writeAll(merged);
        merged.add(child);
      } else {
        mergeRows(new SegmentCursor(tree, leaf(child)), next, pending, merged);
      }
    }
    if (children.isEmpty()) {
      mergeRows(SegmentCursor.NOTHING, limit, pending, merged);
    }
    boolean tooFew = !pending.isEmpty() && !pending.isLeaf() && !merged.isEmpty();
    (tooFew ? withLast(merged, pending) : pending).writeAll(merged);
    return merged;
  }

  /// Too few rows are left at the end. The leaf before them is an old one: of what is written here,
  /// the rows that follow always make a leaf.
  private PendingRows withLast(List<Child> merged, PendingRows pending) {
    PendingRows both = new PendingRows(order, tree.closed(), sink, shape);
    Child last = merged.removeLast();
    copy(new SegmentCursor(tree, leaf(last)), both, merged);
    pending.moveTo(both, merged);
    return both;
  }

  private Leaf leaf(Child child) {
    Segment segment = tree.source().segment(child.id());
    if (!(segment instanceof Leaf leaf) || leaf.rowCount() != child.rows()) {
      throw Input.damaged(child.id(), "it isn't a leaf of " + child.rows() + " rows")
          .toException();
    }
    return leaf;
  }

  private static void copy(Cursor rows, PendingRows target, List<Child> merged) {
    while (rows.next()) {
      target.append(rows.batch(), rows.batch().start, rows.batch().end, merged);
    }
  }

  /// The rows of a leaf and the changes before a limit.
  private void mergeRows(
      Cursor rows, @Nullable Child limit, PendingRows pending, List<Child> merged) {
    while (rows.next()) {
      Batch batch = rows.batch();
      int row = batch.start;
      while (hasChangeBefore(limit)) {
        boolean adding = addsFirst();
        Changes changes = adding ? adds : removes;
        int position = seek(batch, row, changes);
        pending.append(batch, row, position, merged);
        row = position;
        if (position == batch.end) {
          break; // the change may lie between the rows of this batch and the next
        }
        boolean same = batch.compare(order, position, changes.batch, changes.position) == 0;
        if (same == adding) {
          throw new IllegalStateException(
              adding ? "a row is added twice" : "a row to be removed isn't there");
        }
        if (adding) {
          pending.append(changes.batch, changes.position, changes.position + 1, merged);
        } else {
          row++;
        }
        changes.step();
      }
      pending.append(batch, row, batch.end, merged);
    }
    while (adds.isBefore(limit)) {
      if (removes.isBefore(limit)) {
        throw new IllegalStateException("a row to be removed isn't there");
      }
      int stop = adds.stop;
      pending.append(adds.batch, adds.position, stop, merged);
      adds.moveTo(stop);
    }
    if (removes.isBefore(limit)) {
      throw new IllegalStateException("a row to be removed isn't there");
    }
  }

  private boolean addsFirst() {
    return !removes.open
        || (adds.open
            && adds.batch.compare(order, adds.position, removes.batch, removes.position) < 0);
  }

  /// Position of the first row from `start` on that isn't below the next change; gallops.
  private int seek(Batch batch, int start, Changes changes) {
    int low = start;
    int step = 1;
    while (low + step <= batch.end
        && batch.compare(order, low + step - 1, changes.batch, changes.position) < 0) {
      low += step;
      step *= 2;
    }
    int high = Math.min(low + step - 1, batch.end);
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (batch.compare(order, middle, changes.batch, changes.position) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private List<Child> directories(Directory directory, @Nullable Child limit) {
    List<Child> children = directory.children();
    int level = directory.level() - 1;
    List<Child> merged = new ArrayList<>();
    List<Child> pending = new ArrayList<>();
    for (int i = 0; i < children.size(); i++) {
      Child next = i + 1 < children.size() ? children.get(i + 1) : limit;
      boolean touched = hasChangeBefore(next);
      if (!touched && (pending.isEmpty() || pending.size() >= shape.children() / 4)) {
        writeDirectories(pending, level, merged);
        pending.clear();
        merged.add(children.get(i));
      } else {
        Directory child = (Directory) tree.read(directory, i);
        pending.addAll(touched ? mergeBelow(child, next) : child.children());
      }
    }
    if (!pending.isEmpty() && pending.size() < shape.children() / 4 && !merged.isEmpty()) {
      // The one before is an old one, of this directory: nothing is written but before such.
      int last = children.indexOf(merged.removeLast());
      pending.addAll(0, ((Directory) tree.read(directory, last)).children());
    }
    writeDirectories(pending, level, merged);
    return merged;
  }

  /// Writes directories of about as many children each.
  private void writeDirectories(List<Child> children, int level, List<Child> merged) {
    int count = children.size();
    int pieces = (count + shape.children() - 1) / shape.children();
    for (int i = 0; i < pieces; i++) {
      int low = (int) ((long) count * i / pieces);
      int high = (int) ((long) count * (i + 1) / pieces);
      List<Child> piece = children.subList(low, high);
      var encoded = Directory.write(level, order, tree.closed(), piece, sink.compresses());
      long bytes = encoded.remaining();
      long rows = 0;
      for (Child child : piece) {
        bytes += child.bytes();
        rows += child.rows();
      }
      Child first = piece.get(0);
      merged.add(new Child(first.first(), first.at(), sink.put(encoded), rows, bytes));
    }
  }
}
