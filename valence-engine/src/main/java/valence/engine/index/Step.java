package valence.engine.index;

import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// What one or more transactions made of the indexes before them, while their rows aren't in the
/// trees of each order. So a row of novelty that nobody looked for stands in memory once.
///
/// @param opens   rows that became true, in no order
/// @param ends    rows of the foundation that ceased to be true
/// @param passes  rows that became true since the foundation and ceased to be; those that the same
///     step opened stand among its opens too
/// @param attributes a bit for each attribute of the rows, by its last six bits
/// @param isRef   whether an attribute's values are references
/// @param firstT  the t of its first transaction
/// @param lastT   the t of its last transaction
/// @param depth how many steps of one transaction there are above those that were joined, this one
///     among them; zero of one that was joined
/// @param waiting how many rows it and the steps below have together
record Step(
    Indexes before,
    Rows opens,
    Rows ends,
    Rows passes,
    long attributes,
    IntPredicate isRef,
    long firstT,
    long lastT,
    int depth,
    int waiting) {
  /// So many steps are joined to one.
  static final int DEPTH_MAX = 256;

  /// With so many rows in steps, the next reader of an order would wait too long.
  private static final int WAITING_MAX = 1 << 20;

  /// @param below the steps that stand below this one
  static Step of(
      Indexes before, @Nullable Step below, RowBuffer opens, RowBuffer closes, IntPredicate isRef) {
    long t = before.foundation().t();
    Rows opening = opens.rows(false);
    Rows ending = closes.startedBy(t).rows(true);
    Rows passing = closes.startedAfter(t).rows(true);
    return of(before, below, opening, ending, passing, isRef, below == null ? 1 : below.depth + 1);
  }

  private static Step of(
      Indexes before,
      @Nullable Step below,
      Rows opens,
      Rows ends,
      Rows passes,
      IntPredicate isRef,
      int depth) {
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    long bits = 0;
    for (int i = 0; i < opens.count(); i++) {
      bits |= 1L << opens.a()[i];
      first = Math.min(first, opens.from()[i]);
      last = Math.max(last, opens.from()[i]);
    }
    for (Rows closed : List.of(ends, passes)) {
      for (int i = 0; i < closed.count(); i++) {
        bits |= 1L << closed.a()[i];
        first = Math.min(first, closed.end(i));
        last = Math.max(last, closed.end(i));
      }
    }
    int rows = opens.count() + ends.count() + passes.count();
    return new Step(
        before,
        opens,
        ends,
        passes,
        bits,
        isRef,
        first,
        last,
        depth,
        below == null ? rows : below.waiting + rows);
  }

  /// Steps that follow each other as one, over what was before the first.
  ///
  /// @param steps the newest first
  static Step joined(List<Step> steps) {
    Step oldest = steps.getLast();
    RowBuffer opens = RowBuffer.joined(steps, Step::opens);
    RowBuffer ends = RowBuffer.joined(steps, Step::ends);
    RowBuffer passes = RowBuffer.joined(steps, Step::passes);
    Indexes before = oldest.before;
    return of(
        before,
        before.step(),
        opens.rows(false),
        ends.rows(true),
        passes.rows(true),
        steps.getFirst().isRef,
        0);
  }

  /// What of this happened after the t of a newer foundation, over other indexes on it.
  Step onto(Indexes other) {
    long t = other.foundation().t();
    assert lastT > t : "nothing is left of a step";
    Rows opening = firstT > t ? opens : opens.where((rows, i) -> rows.from()[i] > t);
    Rows ending = firstT > t ? ends : ends.where((rows, i) -> rows.end(i) > t);
    Rows passing = passes;
    if (passes.count() > 0) {
      RowBuffer ended = new RowBuffer(ending.count());
      ended.addAll(ending);
      ended.addAll(passes.where((rows, i) -> rows.end(i) > t && rows.from()[i] <= t));
      ending = ended.rows(true);
      passing = passes.where((rows, i) -> rows.from()[i] > t);
    }
    Step below = other.step();
    int next = below == null ? 1 : below.depth + 1;
    return of(other, below, opening, ending, passing, isRef, depth == 0 ? 0 : next);
  }

  boolean isLong() {
    return waiting > WAITING_MAX;
  }

  /// How many rows it has itself.
  int rowCount() {
    return opens.count() + ends.count() + passes.count();
  }

  /// How many facts it says or takes back that the foundation doesn't.
  int noveltyRows() {
    return opens.count() + ends.count();
  }

  /// False when no row has the attribute of the range, if that is of one.
  boolean mayConcern(Order order, Range range) {
    int attribute = range.attribute(order);
    return attribute == Range.SEVERAL || has(attribute);
  }

  /// False when no row has the attribute.
  boolean has(int attribute) {
    return (attributes & 1L << attribute) != 0;
  }

  /// How many rows change a tree.
  int rowCount(Part part) {
    return switch (part) {
      case OPENED -> opens.count() + passes.count();
      case ENDED -> ends.count();
      case PASSED -> passes.count();
    };
  }

  /// Whether a row that changes a tree lies in a range.
  boolean concerns(Part part, Order order, Range range) {
    return switch (part) {
      case OPENED -> concerns(opens, order, range) || concerns(passes, order, range);
      case ENDED -> concerns(ends, order, range);
      case PASSED -> concerns(passes, order, range);
    };
  }

  private boolean concerns(Rows rows, Order order, Range range) {
    for (int i = 0; i < rows.count(); i++) {
      int low = rows.compare(order, i, range.low());
      if (range.lowIn() ? low < 0 : low <= 0) {
        continue;
      }
      int high = rows.compare(order, i, range.high());
      if (range.highIn() ? high > 0 : high >= 0) {
        continue;
      }
      if (order != Order.VAET || isRef.test(rows.a()[i])) {
        return true;
      }
    }
    return false;
  }
}
