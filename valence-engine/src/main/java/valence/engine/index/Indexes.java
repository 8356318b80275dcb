package valence.engine.index;

import java.util.function.IntPredicate;

/// The indexes of one database value: a durable foundation, and for each order three trees of what
/// happened since. Immutable; [#apply] makes the next.
///
/// - *opened*: rows that became true since, and are;
/// - *ended*: rows of the foundation that ceased to be true since; they mask their open form there;
/// - *passed*: rows that became true since and aren't any more.
///
/// So the rows that are true are `foundation.current - ended + opened`, those that were are
/// `foundation.past + ended + passed`, and a row stands in one tree of each order alone. A range
/// without such rows is read from the foundation as it is.
public final class Indexes {
  /// Without any row.
  public static final Indexes EMPTY = over(Foundation.NONE);

  private static final Order[] ORDERS = Order.values();

  private final Foundation foundation;
  private final Tree[] opened; // by order, never changed
  private final Tree[] ended;
  private final Tree[] passed;

  private Indexes(Foundation foundation, Tree[] opened, Tree[] ended, Tree[] passed) {
    this.foundation = foundation;
    this.opened = opened;
    this.ended = ended;
    this.passed = passed;
  }

  /// The indexes as they were at the foundation's t.
  public static Indexes over(Foundation foundation) {
    return new Indexes(foundation, trees(false), trees(true), trees(true));
  }

  private static Tree[] trees(boolean closed) {
    Order[] orders = Order.values();
    Tree[] trees = new Tree[orders.length];
    for (Order order : orders) {
      trees[order.ordinal()] = Tree.empty(order, closed);
    }
    return trees;
  }

  public Foundation foundation() {
    return foundation;
  }

  /// How many facts were said or taken back since the foundation.
  public long noveltyRows() {
    int i = Order.EAVT.ordinal();
    return opened[i].count() + ended[i].count() + passed[i].count();
  }

  /// The rows opened since the foundation that are still true.
  public Run opened(Order order) {
    return opened[order.ordinal()];
  }

  /// The rows of the foundation that have ended since, with their end.
  public Run ended(Order order) {
    return ended[order.ordinal()];
  }

  /// All rows that have ended since the foundation, with their end.
  public Cursor endedSince(Order order) {
    Tree gone = ended[order.ordinal()];
    Tree brief = passed[order.ordinal()];
    return merged(order, gone.cursor(Range.ALL), brief, Range.ALL);
  }

  /// All rows that have ended, with their end.
  public Cursor everEnded(Order order) {
    return past(order, Range.ALL);
  }

  /// The rows of a cursor whose attribute passes a test.
  public static Cursor sieved(Cursor rows, IntPredicate attributes) {
    return new SieveCursor(rows, attributes);
  }

  /// These indexes after rows became true and others ceased to be.
  ///
  /// @param opens  rows that aren't among the current ones
  /// @param closes current rows, with their end
  /// @param isRef  whether an attribute's values are references
  public Indexes apply(RowBuffer opens, RowBuffer closes, IntPredicate isRef) {
    RowBuffer ends = closes.startedBy(foundation.t());
    RowBuffer passes = closes.startedAfter(foundation.t());
    Tree[] nextOpened = opened.clone();
    Tree[] nextEnded = ends.count() == 0 ? ended : ended.clone();
    Tree[] nextPassed = passes.count() == 0 ? passed : passed.clone();
    for (Order order : ORDERS) {
      int i = order.ordinal();
      Rows passing = passes.sorted(order, true, isRef);
      nextOpened[i] = opened[i].merge(opens.sorted(order, false, isRef), passing);
      if (passing.count() > 0) {
        nextPassed[i] = passed[i].merge(passing, Rows.NONE_CLOSED);
      }
      if (ends.count() > 0) {
        nextEnded[i] = ended[i].merge(ends.sorted(order, true, isRef), Rows.NONE_CLOSED);
      }
    }
    return new Indexes(foundation, nextOpened, nextEnded, nextPassed);
  }

  /// The rows of a range that a view shows.
  public Cursor cursor(Order order, Range range, TimeView view) {
    if (view.isNow()) {
      return current(order, range);
    }
    boolean old = isBeforeNovelty(view);
    Cursor open = old ? foundation.current(order).cursor(range) : current(order, range);
    Cursor then = old ? foundation.past(order).cursor(range) : past(order, range);
    if (view.history()) {
      return new HistoryCursor(merged(order, open, then), view);
    }
    return merged(order, new FilterCursor(open, view), new FilterCursor(then, view));
  }

  /// Whether everything that the view shows was in the foundation, and was true there when it was
  /// true in the view: rows that ended since were open then.
  private boolean isBeforeNovelty(TimeView view) {
    return view.asOf() <= foundation.t();
  }

  private Cursor current(Order order, Range range) {
    int i = order.ordinal();
    Cursor rows = foundation.current(order).cursor(range);
    if (ended[i].count(range) > 0) {
      rows = new MaskCursor(order, rows, ended[i].cursor(range));
    }
    return merged(order, rows, opened[i], range);
  }

  private Cursor past(Order order, Range range) {
    int i = order.ordinal();
    Cursor rows = foundation.past(order).cursor(range);
    return merged(order, merged(order, rows, ended[i], range), passed[i], range);
  }

  private static Cursor merged(Order order, Cursor rows, Tree more, Range range) {
    return more.count(range) == 0 ? rows : merged(order, rows, more.cursor(range));
  }

  private static Cursor merged(Order order, Cursor rows, Cursor more) {
    return new MergeCursor(order, rows, more);
  }

  /// The rows of a range that a view shows, the last one first; of history, those of one fact too.
  public Cursor descending(Order order, Range range, TimeView view) {
    return new DescendingCursor(this, order, range, view);
  }

  /// Runs that together hold each row that the view may show.
  Run[] runs(Order order, TimeView view) {
    int i = order.ordinal();
    Run now = foundation.current(order);
    Run then = foundation.past(order);
    if (view.isNow()) {
      return new Run[] {now, opened[i]};
    }
    return isBeforeNovelty(view)
        ? new Run[] {now, then}
        : new Run[] {now, opened[i], then, ended[i], passed[i]};
  }

  /// The last current row of a range; no row when it is empty.
  public Cursor last(Order order, Range range) {
    int i = order.ordinal();
    if (opened[i].count(range) == 0 && ended[i].count(range) == 0) {
      return foundation.current(order).fromEnd(range, 1);
    }
    return foundation.current(order).count(range) == 0
        ? opened[i].fromEnd(range, 1)
        : new FirstRowCursor(descending(order, range, TimeView.NOW));
  }

  /// How many rows of a range a view shows at most, in O(log n). Exact for the view of now.
  public long countMax(Order order, Range range, TimeView view) {
    int i = order.ordinal();
    long now = foundation.current(order).count(range);
    if (view.isNow()) {
      return now - ended[i].count(range) + opened[i].count(range);
    }
    long then = foundation.past(order).count(range);
    if (!isBeforeNovelty(view)) {
      long gone = ended[i].count(range);
      now += opened[i].count(range) - gone;
      then += gone + passed[i].count(range);
    }
    return view.history() ? now + 2 * then : now + then;
  }
}
