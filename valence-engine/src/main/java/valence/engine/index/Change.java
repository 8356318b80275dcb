package valence.engine.index;

import java.util.List;
import java.util.function.Function;
import java.util.function.IntPredicate;

/// The rows of one or more steps, to be merged into trees at once.
final class Change {
  private final RowSort opens;
  private final RowSort ends;
  private final RowSort passes;
  private final IntPredicate isRef;

  /// @param steps     the newest first; at least one
  /// @param attribute whose rows are meant, or [Range#SEVERAL]
  Change(List<Step> steps, int attribute) {
    isRef = steps.getFirst().isRef(); // knows the attributes of the older ones too
    opens = sort(steps, Step::opens, attribute, false);
    ends = sort(steps, Step::ends, attribute, true);
    passes = sort(steps, Step::passes, attribute, true);
  }

  private static RowSort sort(
      List<Step> steps, Function<Step, Rows> rows, int attribute, boolean closed) {
    if (attribute == Range.SEVERAL) {
      return new RowSort(
          steps.size() == 1
              ? rows.apply(steps.getFirst())
              : RowBuffer.joined(steps, rows).rows(closed));
    }
    RowBuffer meant = new RowBuffer(0);
    for (Step step : steps.reversed()) {
      meant.addAll(rows.apply(step), attribute);
    }
    return new RowSort(meant.rows(closed));
  }

  /// How many rows there are of a part, if none were before.
  int count(Part part, Order order) {
    return switch (part) {
      case OPENED -> opens.count(order, isRef) - passes.count(order, isRef);
      case ENDED -> ends.count(order, isRef);
      case PASSED -> passes.count(order, isRef);
    };
  }

  /// The rows of a part, if none were before.
  Rows rows(Part part, Order order) {
    return switch (part) {
      case OPENED -> opens.sorted(order, isRef).without(order, passes.sorted(order, isRef));
      case ENDED -> ends.sorted(order, isRef);
      case PASSED -> passes.sorted(order, isRef);
    };
  }

  /// A tree with the rows that belong in it.
  Tree applied(Part part, Tree before) {
    Order order = before.order();
    return switch (part) {
      case ENDED -> before.merge(ends.sorted(order, isRef), Rows.NONE_CLOSED);
      case PASSED -> before.merge(passes.sorted(order, isRef), Rows.NONE_CLOSED);
      case OPENED -> {
        Rows opening = opens.sorted(order, isRef);
        Rows passing = passes.sorted(order, isRef);
        yield passing.count() > 0 // a later transaction may end what an earlier one has opened
            ? before.merge(opening.without(order, passing), passing.without(order, opening))
            : before.merge(opening, passing);
      }
    };
  }
}
