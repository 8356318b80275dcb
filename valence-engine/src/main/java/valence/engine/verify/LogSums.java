package valence.engine.verify;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import valence.engine.db.Novelty;
import valence.engine.index.Order;
import valence.engine.index.RowBuffer;
import valence.engine.schema.Bootstrap;
import valence.engine.value.ValueType;

/// What the indexes have to hold, as the transactions of a log say it. For one thread.
final class LogSums {
  private final Set<Integer> references = new HashSet<>();
  private final Set<Integer> withoutHistory = new HashSet<>();
  private final RowSum current = new RowSum();
  private final RowSum currentReferences = new RowSum();

  // By attribute: which of them have never been without history is known at the end alone.
  private final Map<Integer, RowSum> past = new HashMap<>();

  void apply(Novelty novelty) {
    RowBuffer opened = novelty.opened();
    for (int i = 0; i < opened.count(); i++) {
      int entity = (int) opened.e(i);
      if (opened.a(i) == Bootstrap.VALUE_TYPE && opened.v(i) == ValueType.REF.id()) {
        references.add(entity);
      } else if (opened.a(i) == Bootstrap.NO_HISTORY
          && opened.v(i) == ValueType.BOOLEAN.key(Boolean.TRUE)) {
        withoutHistory.add(entity);
      }
    }
    for (int i = 0; i < opened.count(); i++) {
      add(current, opened, i);
      if (references.contains(opened.a(i))) {
        add(currentReferences, opened, i);
      }
    }
    RowBuffer closed = novelty.closed();
    for (int i = 0; i < closed.count(); i++) {
      subtract(current, closed, i);
      if (references.contains(closed.a(i))) {
        subtract(currentReferences, closed, i);
      }
      past.computeIfAbsent(closed.a(i), _ -> new RowSum())
          .add(closed.e(i), closed.a(i), closed.v(i), closed.o(i), closed.from(i), closed.to(i));
    }
  }

  private static void add(RowSum sum, RowBuffer rows, int i) {
    sum.add(rows.e(i), rows.a(i), rows.v(i), rows.o(i), rows.from(i), RowBuffer.OPEN);
  }

  private static void subtract(RowSum sum, RowBuffer rows, int i) {
    sum.subtract(rows.e(i), rows.a(i), rows.v(i), rows.o(i), rows.from(i), RowBuffer.OPEN);
  }

  /// Whether a row of an attribute is to be found in a tree for sure, or not at all.
  boolean counts(int attribute, boolean isPast) {
    return !isPast || !withoutHistory.contains(attribute);
  }

  RowSum expected(Order order, boolean isPast) {
    if (!isPast) {
      return order == Order.VAET ? currentReferences : current;
    }
    RowSum all = new RowSum();
    past.forEach((attribute, rows) -> {
      if (counts(attribute, true) && (order != Order.VAET || references.contains(attribute))) {
        all.addAll(rows);
      }
    });
    return all;
  }
}
