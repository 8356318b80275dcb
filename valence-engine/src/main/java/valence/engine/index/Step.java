package valence.engine.index;

import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// What a transaction made of the indexes before it, while its rows aren't in the trees of each
/// order.
///
/// @param opens   rows that became true, in no order
/// @param ends    rows of the foundation that ceased to be true
/// @param passes  rows that became true since the foundation and ceased to be
/// @param attributes a bit for each attribute of the rows, by its last six bits
/// @param isRef   whether an attribute's values are references
/// @param depth   how many steps there are, this one among them
/// @param waiting how many rows they have together
record Step(
    Indexes before,
    Rows opens,
    Rows ends,
    Rows passes,
    long attributes,
    IntPredicate isRef,
    int depth,
    int waiting) {
  /// With so many steps, or rows in them, the next reader of an order would wait too long.
  private static final int DEPTH_MAX = 256;

  private static final int WAITING_MAX = 32_768;

  /// @param below the steps that stand below this one
  static Step of(
      Indexes before, @Nullable Step below, RowBuffer opens, RowBuffer closes, IntPredicate isRef) {
    long t = before.foundation().t();
    int rows = opens.count() + closes.count();
    return new Step(
        before,
        opens.rows(false),
        closes.startedBy(t).rows(true),
        closes.startedAfter(t).rows(true),
        attributes(opens) | attributes(closes),
        isRef,
        below == null ? 1 : below.depth() + 1,
        below == null ? rows : below.waiting() + rows);
  }

  private static long attributes(RowBuffer rows) {
    long bits = 0;
    for (int i = 0; i < rows.count(); i++) {
      bits |= 1L << rows.a(i);
    }
    return bits;
  }

  boolean isLong() {
    return depth > DEPTH_MAX || waiting > WAITING_MAX;
  }

  /// False when no row has the attribute of the range, if that is of one.
  boolean mayConcern(Order order, Range range) {
    return order == Order.EAVT
        || order == Order.VAET
        || range.low().parts() == 0
        || range.high().parts() == 0
        || range.low().a() != range.high().a()
        || (attributes & 1L << range.low().a()) != 0;
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
