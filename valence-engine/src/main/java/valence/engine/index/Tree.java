package valence.engine.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.engine.index.Node.Branch;
import valence.engine.index.Node.Leaf;

/// A persistent B+ tree of rows in one order, whose branches count what lies below them.
///
/// [#merge] copies the touched leaves and their paths; the work is proportional to the change
/// (times the depth), whatever the size of the tree. The number of rows in any range is known in
/// O(log n).
///
/// @param closed whether the rows have an end
record Tree(Order order, boolean closed, Node root) implements Run {
  /// A leaf is copied by each transaction that touches it, so it is kept small; the durable leaves
  /// of segments are much larger.
  private static final int LEAF_ROWS_MAX = 64;

  private static final int BRANCH_CHILDREN_MAX = 64;

  static Tree empty(Order order, boolean closed) {
    return new Tree(order, closed, new Leaf(Rows.empty(closed)));
  }

  @Override
  public long count() {
    return root.rowCount();
  }

  @Override
  public long count(Range range) {
    if (count() == 0) {
      return 0;
    }
    return Math.max(0, rank(range.high(), range.highIn()) - rank(range.low(), !range.lowIn()));
  }

  /// A row, in the arrays that it stands in.
  private record Spot(Rows rows, int at) {}

  /// The first row not below a bound or, past it, the first above it; null when there is none.
  private @Nullable Spot spot(Bound bound, boolean past) {
    Node node = root;
    Rows next = Rows.NONE_OPEN; // one of these is the first row behind those below the node
    int first = 0;
    while (node instanceof Branch branch) {
      int child = branch.seek(order, bound, past);
      if (child + 1 < branch.width()) {
        next = branch.firsts();
        first = child + 1;
      }
      node = branch.children()[child];
    }
    Rows rows = ((Leaf) node).rows();
    int at = rows.seek(order, bound, past);
    if (at < rows.count()) {
      return new Spot(rows, at);
    }
    return first == 0 ? null : new Spot(next, first);
  }

  /// Whether a row lies in a range; finds it out in one descent.
  boolean has(Range range) {
    if (count() == 0) {
      return false;
    }
    Spot spot = spot(range.low(), !range.lowIn());
    if (spot == null) {
      return false;
    }
    int c = spot.rows().compare(order, spot.at(), range.high());
    return range.highIn() ? c <= 0 : c < 0;
  }

  @Override
  public boolean visit(long entity, long since, long asOf, Facts facts) {
    Bound bound = Bound.e(entity);
    Node node = root;
    long next = Long.MAX_VALUE; // the entity of the first row behind those below the node
    while (node instanceof Branch branch) {
      int child = branch.seek(order, bound, false);
      if (child + 1 < branch.width()) {
        next = branch.firsts().e()[child + 1];
      }
      node = branch.children()[child];
    }
    if (next == entity) {
      return false; // the rows go on in the next leaf
    }
    Rows rows = ((Leaf) node).rows();
    for (int i = rows.seek(order, bound, false); i < rows.count() && rows.e()[i] == entity; i++) {
      long said = rows.from()[i];
      boolean shown = said > since && said <= asOf && (rows.to() == null || rows.to()[i] > asOf);
      if (shown && facts.wants(rows.a()[i])) {
        facts.fact(rows.a()[i], rows.v()[i], rows.object(i));
      }
    }
    return true;
  }

  @Override
  public boolean find(int attribute, long[] entities, int many, boolean withValues, Found found) {
    for (int i = 0; count() > 0 && i < many; i++) {
      Spot spot = spot(Bound.ae(attribute, entities[i]), false);
      if (spot == null) {
        return true;
      }
      Rows rows = spot.rows();
      int at = spot.at();
      if (rows.e()[at] == entities[i] && rows.a()[at] == attribute) {
        found.value(i, rows.v()[at], withValues ? rows.object(at) : null);
      }
    }
    return true;
  }

  @Override
  public long firstEntity(Bound prefix, long since, long asOf) {
    Spot spot = count() == 0 ? null : spot(prefix, false);
    if (spot == null || spot.rows().compare(order, spot.at(), prefix) != 0) {
      return NO_ROW;
    }
    long said = spot.rows().from()[spot.at()];
    return !closed && said > since && said <= asOf ? spot.rows().e()[spot.at()] : UNSURE;
  }

  /// How many rows lie before the bound or, past it, before the first row above it.
  private long rank(Bound bound, boolean past) {
    if (bound.parts() == 0) {
      return past ? count() : 0;
    }
    long before = 0;
    Node node = root;
    while (node instanceof Branch branch) {
      int child = branch.seek(order, bound, past);
      before += child == 0 ? 0 : branch.ends()[child - 1];
      node = branch.children()[child];
    }
    return before + ((Leaf) node).rows().seek(order, bound, past);
  }

  /// The first row with the components of a bound; null when there is none.
  @Nullable Row first(Bound bound) {
    Rows next = null; // where the rows behind the leaf begin
    int nextRow = 0;
    Node node = root;
    while (node instanceof Branch branch) {
      int child = branch.seek(order, bound, false);
      if (child + 1 < branch.width()) {
        next = branch.firsts();
        nextRow = child + 1;
      }
      node = branch.children()[child];
    }
    Rows rows = ((Leaf) node).rows();
    int row = rows.seek(order, bound, false);
    if (row < rows.count()) {
      return rows.compare(order, row, bound) == 0 ? Row.of(rows, row) : null;
    }
    return next != null && next.compare(order, nextRow, bound) == 0 ? Row.of(next, nextRow) : null;
  }

  /// The rows of a range, leaf by leaf, without copies.
  @Override
  public Cursor cursor(Range range) {
    long first = rank(range.low(), !range.lowIn());
    long end = rank(range.high(), range.highIn());
    return new TreeCursor(root, first, end - first);
  }

  @Override
  public Cursor fromEnd(Range range, int rows) {
    long first = rank(range.low(), !range.lowIn());
    long end = rank(range.high(), range.highIn());
    return new TreeCursor(root, Math.max(first, end - rows), Math.min(1, end - first));
  }

  /// This tree without some of its rows and with others.
  ///
  /// @param removes rows of this tree, in its order
  /// @param adds    rows that aren't in it, in its order
  Tree merge(Rows adds, Rows removes) {
    if (adds.count() == 0 && removes.count() == 0) {
      return this;
    }
    List<Node> level =
        merge(root, new Slice(adds, 0, adds.count()), new Slice(removes, 0, removes.count()));
    while (level.size() > 1) {
      level = branches(level);
    }
    if (level.isEmpty()) {
      return empty(order, closed);
    }
    Node top = level.get(0);
    while (top instanceof Branch branch && branch.width() == 1) {
      top = branch.children()[0];
    }
    return new Tree(order, closed, top);
  }

  /// Rows [low, high) of a change.
  private record Slice(Rows rows, int low, int high) {
    boolean isEmpty() {
      return low >= high;
    }

    Slice upTo(int position) {
      return new Slice(rows, low, position);
    }

    Slice after(int position) {
      return new Slice(rows, position, high);
    }
  }

  private List<Node> merge(Node node, Slice adds, Slice removes) {
    return switch (node) {
      case Leaf leaf -> leaves(merge(leaf.rows(), adds, removes));
      case Branch branch -> merge(branch, adds, removes);
    };
  }

  /// Goes to the touched children alone. Most often each becomes one child again: then the branch
  /// keeps its shape, and its columns are copied instead of being gathered anew.
  private List<Node> merge(Branch branch, Slice adds, Slice removes) {
    Node[] children = branch.children();
    Node[] replaced = children.clone();
    List<Node> reshaped = new ArrayList<>(); // children up to `done`, once the shape has changed
    int done = 0;
    while (!adds.isEmpty() || !removes.isEmpty()) {
      int child = Math.min(childOf(branch, adds), childOf(branch, removes));
      boolean last = child + 1 == children.length;
      int addsEnd = last ? adds.high() : seek(adds, branch.firsts(), child + 1);
      int removesEnd = last ? removes.high() : seek(removes, branch.firsts(), child + 1);
      List<Node> merged = merge(children[child], adds.upTo(addsEnd), removes.upTo(removesEnd));
      if (done == 0 && merged.size() == 1 && !isNarrow(merged.get(0))) {
        replaced[child] = merged.get(0);
      } else {
        reshaped.addAll(Arrays.asList(replaced).subList(done, child));
        merged.forEach(node -> append(reshaped, node));
        done = child + 1;
      }
      adds = adds.after(addsEnd);
      removes = removes.after(removesEnd);
    }
    if (done == 0) {
      return List.of(branch.with(replaced));
    }
    reshaped.addAll(Arrays.asList(replaced).subList(done, children.length));
    return branches(reshaped);
  }

  /// The child that the first row of a slice belongs to; past the last one for an empty slice.
  private int childOf(Branch branch, Slice slice) {
    if (slice.isEmpty()) {
      return Integer.MAX_VALUE;
    }
    Rows firsts = branch.firsts();
    int low = 1;
    int high = firsts.count();
    // Invariant: children [0, low) begin at or before the row, children [high, count) behind it.
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Rows.compare(order, firsts, middle, slice.rows(), slice.low()) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  /// Position of the first row of the slice that isn't below the separator.
  private int seek(Slice slice, Rows separators, int separator) {
    int low = slice.low();
    int high = slice.high();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Rows.compare(order, slice.rows(), middle, separators, separator) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// Adds a node behind its neighbours; a narrow one melts into the last, so that deletions don't
  /// leave a tree of crumbs.
  private void append(List<Node> nodes, Node node) {
    if (!nodes.isEmpty()) {
      Node last = nodes.get(nodes.size() - 1);
      boolean narrow = isNarrow(last) || isNarrow(node);
      if (narrow && last.width() + node.width() <= widthMax(node)) {
        nodes.set(nodes.size() - 1, melt(last, node));
        return;
      }
    }
    nodes.add(node);
  }

  private static boolean isNarrow(Node node) {
    return node.width() < widthMax(node) / 4;
  }

  private static int widthMax(Node node) {
    return node instanceof Leaf ? LEAF_ROWS_MAX : BRANCH_CHILDREN_MAX;
  }

  private Node melt(Node left, Node right) {
    if (left instanceof Leaf first && right instanceof Leaf second) {
      Columns columns = new Columns(first.width() + second.width(), closed);
      columns.append(first.rows(), 0, first.width());
      columns.append(second.rows(), 0, second.width());
      return new Leaf(columns.rows());
    }
    Node[] first = ((Branch) left).children();
    Node[] second = ((Branch) right).children();
    Node[] children = new Node[first.length + second.length];
    System.arraycopy(first, 0, children, 0, first.length);
    System.arraycopy(second, 0, children, first.length, second.length);
    return Branch.of(children);
  }

  private Rows merge(Rows rows, Slice adds, Slice removes) {
    int changes = adds.high() - adds.low() - (removes.high() - removes.low());
    Columns merged = new Columns(rows.count() + changes, closed);
    int add = adds.low();
    int remove = removes.low();
    int row = 0;
    while (add < adds.high() || remove < removes.high()) {
      boolean adding = remove == removes.high()
          || (add < adds.high()
              && Rows.compare(order, adds.rows(), add, removes.rows(), remove) < 0);
      int position =
          adding ? seek(rows, row, adds.rows(), add) : seek(rows, row, removes.rows(), remove);
      merged.append(rows, row, position);
      if (adding) {
        assert position == rows.count()
                || Rows.compare(order, rows, position, adds.rows(), add) != 0
            : "a row is added twice";
        int end = endBefore(rows, position, adds, add, removes, remove);
        merged.append(adds.rows(), add, end);
        row = position;
        add = end;
      } else {
        assert position < rows.count()
                && Rows.compare(order, rows, position, removes.rows(), remove) == 0
            : "a row to be removed isn't there";
        row = position + 1;
        remove++;
      }
    }
    merged.append(rows, row, rows.count());
    return merged.rows();
  }

  /// Behind the adds from `add` on that come before the row at a position and before the next row
  /// to be removed: they are taken in one go.
  private int endBefore(Rows rows, int position, Slice adds, int add, Slice removes, int remove) {
    int end = position == rows.count() ? adds.high() : seek(adds.rows(), add + 1, rows, position);
    end = Math.min(end, adds.high());
    if (remove < removes.high()) {
      end = Math.min(end, seek(adds.rows(), add + 1, removes.rows(), remove));
    }
    return end;
  }

  /// Position of the first row from `start` on that isn't below another row. Gallops, so that it
  /// costs little both when the row is near, as in bulk loads, and when it is far.
  private int seek(Rows rows, int start, Rows others, int other) {
    int low = start;
    int step = 1;
    while (low + step <= rows.count()
        && Rows.compare(order, rows, low + step - 1, others, other) < 0) {
      low += step;
      step *= 2;
    }
    int high = Math.min(low + step - 1, rows.count());
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Rows.compare(order, rows, middle, others, other) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private List<Node> leaves(Rows rows) {
    int count = rows.count();
    if (count <= LEAF_ROWS_MAX) {
      return count == 0 ? List.of() : List.of(new Leaf(rows));
    }
    int pieces = pieces(count, LEAF_ROWS_MAX);
    List<Node> leaves = new ArrayList<>(pieces);
    for (int i = 0; i < pieces; i++) {
      int low = (int) ((long) count * i / pieces);
      int high = (int) ((long) count * (i + 1) / pieces);
      Columns columns = new Columns(high - low, closed);
      columns.append(rows, low, high);
      leaves.add(new Leaf(columns.rows()));
    }
    return leaves;
  }

  private static List<Node> branches(List<Node> children) {
    int count = children.size();
    if (count <= BRANCH_CHILDREN_MAX) {
      return count == 0 ? List.of() : List.of(Branch.of(children.toArray(Node[]::new)));
    }
    int pieces = pieces(count, BRANCH_CHILDREN_MAX);
    List<Node> branches = new ArrayList<>(pieces);
    for (int i = 0; i < pieces; i++) {
      int low = (int) ((long) count * i / pieces);
      int high = (int) ((long) count * (i + 1) / pieces);
      branches.add(Branch.of(children.subList(low, high).toArray(Node[]::new)));
    }
    return branches;
  }

  /// Pieces of three quarters of the limit, so that the next change doesn't split them again.
  private static int pieces(int count, int max) {
    return Math.max(2, (count + max * 3 / 4 - 1) / (max * 3 / 4));
  }

  /// The rows that pass a test, in order.
  Rows select(Rows.Test test) {
    Columns columns = new Columns(Math.toIntExact(select(root, test, null)), closed);
    select(root, test, columns);
    return columns.rows();
  }

  /// How many rows below a node pass the test; they are appended where columns are given.
  private static long select(Node node, Rows.Test test, @Nullable Columns columns) {
    long selected = 0;
    switch (node) {
      case Branch branch -> {
        for (Node child : branch.children()) {
          selected += select(child, test, columns);
        }
      }
      case Leaf(Rows rows) -> {
        int low = 0; // of the rows that pass without a gap between them
        for (int i = 0; i <= rows.count(); i++) {
          if (i == rows.count() || !test.test(rows, i)) {
            selected += i - low;
            if (columns != null) {
              columns.append(rows, low, i);
            }
            low = i + 1;
          }
        }
      }
    }
    return selected;
  }
}
