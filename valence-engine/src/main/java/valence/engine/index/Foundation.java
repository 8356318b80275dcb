package valence.engine.index;

import java.util.ArrayList;
import java.util.List;

/// The part of the indexes that is durable: all rows up to a t, by order.
///
/// @param t       the newest transaction whose rows are here; -1 when there is none
/// @param current by the ordinal of their [Order]: the rows that were true at t
/// @param past    by the ordinal of their [Order]: the rows that had ended by t
/// @param distinct of the current rows; unknown where they were written without it
public record Foundation(
    long t, List<? extends Run> current, List<? extends Run> past, DistinctCounts distinct) {
  /// Before any transaction.
  public static final Foundation NONE = none();

  public Foundation {
    current = List.copyOf(current);
    past = List.copyOf(past);
    assert current.size() == Order.values().length && past.size() == current.size()
        : "each order has two runs";
  }

  private static Foundation none() {
    List<Run> current = new ArrayList<>();
    List<Run> past = new ArrayList<>();
    for (Order order : Order.values()) {
      current.add(Tree.empty(order, false));
      past.add(Tree.empty(order, true));
    }
    return new Foundation(-1, current, past, DistinctCounts.UNKNOWN);
  }

  /// How many rows of a range were true at t.
  public long currentCount(Order order, Range range) {
    return current(order).count(range);
  }

  Run current(Order order) {
    return current.get(order.ordinal());
  }

  Run past(Order order) {
    return past.get(order.ordinal());
  }
}
