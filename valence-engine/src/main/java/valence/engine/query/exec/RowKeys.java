package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import valence.engine.query.syntax.Term.Variable;

/// What is known of relations without looking at their rows: sets of variables of which no two rows
/// have equal values. A key of no variable says that there is one row at most.
final class RowKeys {
  /// Keys that are kept of one relation.
  private static final int COUNT_MAX = 4;

  private RowKeys() {}

  /// The keys that lie within some variables.
  static List<Set<Variable>> within(List<Set<Variable>> keys, Collection<Variable> variables) {
    List<Set<Variable>> kept = new ArrayList<>(keys.size());
    for (Set<Variable> key : keys) {
      if (variables.containsAll(key)) {
        kept.add(key);
      }
    }
    return kept;
  }

  /// The keys of rows of both sides that agree on shared variables.
  ///
  /// @param isPlain whether no two values of a shared variable of the left side stand for one of
  ///     the right, as an ident and its entity do
  static List<Set<Variable>> joined(
      List<Set<Variable>> left, List<Set<Variable>> right, Set<Variable> shared, boolean isPlain) {
    List<Set<Variable>> keys = new ArrayList<>();
    for (Set<Variable> mine : left) {
      for (Set<Variable> theirs : right) {
        boolean isLeft = shared.containsAll(theirs);
        // A left row has one partner at most, or a right one; or each pair is told by both.
        boolean isRight = mine.isEmpty() || isPlain && shared.containsAll(mine);
        if (isLeft) {
          add(keys, mine);
        }
        if (isRight) {
          add(keys, theirs);
        }
        if (!isLeft && !isRight) {
          Set<Variable> both = new LinkedHashSet<>(mine);
          both.addAll(theirs);
          add(keys, both);
        }
      }
    }
    return keys;
  }

  private static void add(List<Set<Variable>> keys, Set<Variable> key) {
    if (keys.size() < COUNT_MAX && !keys.contains(key)) {
      keys.add(key);
    }
  }
}
