package valence.engine.index;

import java.util.function.IntPredicate;

/// The indexes of one database value: for each order a tree of current rows and one of past rows.
/// Immutable; [#apply] makes the next.
public final class Indexes {
  public static final Indexes EMPTY = empty();

  private final Tree[] current; // by order, never changed
  private final Tree[] past;

  private Indexes(Tree[] current, Tree[] past) {
    this.current = current;
    this.past = past;
  }

  private static Indexes empty() {
    Order[] orders = Order.values();
    Tree[] current = new Tree[orders.length];
    Tree[] past = new Tree[orders.length];
    for (Order order : orders) {
      current[order.ordinal()] = Tree.empty(order, false);
      past[order.ordinal()] = Tree.empty(order, true);
    }
    return new Indexes(current, past);
  }

  /// These indexes after rows became true and others ceased to be.
  ///
  /// @param opened rows that aren't among the current ones
  /// @param closed current rows, with their end
  /// @param isRef  whether an attribute's values are references
  public Indexes apply(RowBuffer opened, RowBuffer closed, IntPredicate isRef) {
    Tree[] nextCurrent = current.clone();
    Tree[] nextPast = past.clone();
    for (Order order : Order.values()) {
      int i = order.ordinal();
      Rows opens = sorted(opened, order, false, isRef);
      Rows closes = sorted(closed, order, true, isRef);
      nextCurrent[i] = current[i].merge(opens, closes);
      nextPast[i] = past[i].merge(closes, Rows.empty(true));
    }
    return new Indexes(nextCurrent, nextPast);
  }

  private static Rows sorted(RowBuffer rows, Order order, boolean closed, IntPredicate isRef) {
    return order == Order.VAET ? rows.sortedRefs(order, closed, isRef) : rows.sorted(order, closed);
  }

  /// The rows of a range that a view shows.
  public Cursor cursor(Order order, Range range, TimeView view) {
    Tree now = current[order.ordinal()];
    if (view.isNow()) {
      return now.cursor(range);
    }
    Tree then = past[order.ordinal()];
    boolean hasPast = then.count(range) > 0;
    if (view.history()) {
      Cursor rows = hasPast
          ? new MergeCursor(order, now.cursor(range), then.cursor(range))
          : now.cursor(range);
      return new HistoryCursor(rows, view);
    }
    Cursor open = new FilterCursor(now.cursor(range), view);
    return hasPast
        ? new MergeCursor(order, open, new FilterCursor(then.cursor(range), view))
        : open;
  }

  /// The rows of a range that a view shows, the last one first; of history, those of one fact too.
  public Cursor descending(Order order, Range range, TimeView view) {
    return new DescendingCursor(this, current[order.ordinal()], past[order.ordinal()], range, view);
  }

  /// The last current row of a range; no row when it is empty.
  public Cursor last(Order order, Range range) {
    return current[order.ordinal()].fromEnd(range, 1);
  }

  /// How many rows of a range a view shows at most, in O(log n). Exact for the view of now.
  public long countMax(Order order, Range range, TimeView view) {
    long now = current[order.ordinal()].count(range);
    if (view.isNow()) {
      return now;
    }
    long then = past[order.ordinal()].count(range);
    return view.history() ? now + 2 * then : now + then;
  }
}
