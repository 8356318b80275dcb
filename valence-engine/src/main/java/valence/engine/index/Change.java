package valence.engine.index;

import java.util.List;
import java.util.function.IntPredicate;

/// The rows of one or more steps, to be merged into trees at once.
final class Change {
  private final RowSort opens;
  private final RowSort ends;
  private final RowSort passes;
  private final IntPredicate isRef;
  private final boolean several;

  /// @param steps the newest first; at least one
  Change(List<Step> steps) {
    Step newest = steps.getFirst();
    several = steps.size() > 1;
    isRef = newest.isRef(); // knows the attributes of the older ones too
    if (several) {
      int opening = 0;
      int ending = 0;
      int passing = 0;
      for (Step step : steps) {
        opening += step.opens().count();
        ending += step.ends().count();
        passing += step.passes().count();
      }
      RowBuffer opened = new RowBuffer(opening);
      RowBuffer ended = new RowBuffer(ending);
      RowBuffer passed = new RowBuffer(passing);
      for (Step step : steps.reversed()) {
        opened.addAll(step.opens());
        ended.addAll(step.ends());
        passed.addAll(step.passes());
      }
      opens = new RowSort(opened.rows(false));
      ends = new RowSort(ended.rows(true));
      passes = new RowSort(passed.rows(true));
    } else {
      opens = new RowSort(newest.opens());
      ends = new RowSort(newest.ends());
      passes = new RowSort(newest.passes());
    }
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
        yield several && passing.count() > 0 // a later step may end what an earlier one has opened
            ? before.merge(opening.without(order, passing), passing.without(order, opening))
            : before.merge(opening, passing);
      }
    };
  }
}
