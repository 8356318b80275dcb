package valence.engine.query.exec;

import clojure.lang.Symbol;
import org.jspecify.annotations.Nullable;
import valence.engine.query.syntax.Call.Callee;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.Term.Variable;

/// A comparison of two variables whose values have keys that are ordered as they are.
///
/// @param less    whether it holds when x is less; and so on
record Inequality(
    Clause.Apply clause, Variable x, Variable y, boolean less, boolean equal, boolean greater) {
  /// The comparison that a clause is; null when it is none of two variables.
  static @Nullable Inequality of(Clause.Apply clause) {
    if (clause.binding().isPresent()
        || clause.call().args().size() != 2
        || !(clause.call().callee() instanceof Callee.Named(Symbol name))
        || name.getNamespace() != null
        || !(clause.call().args().get(0) instanceof Variable x)
        || !(clause.call().args().get(1) instanceof Variable y)
        || x.equals(y)) {
      return null;
    }
    return switch (name.getName()) {
      case "<" -> new Inequality(clause, x, y, true, false, false);
      case "<=" -> new Inequality(clause, x, y, true, true, false);
      case ">" -> new Inequality(clause, x, y, false, false, true);
      case ">=" -> new Inequality(clause, x, y, false, true, true);
      case "=" -> new Inequality(clause, x, y, false, true, false);
      case "!=", "not=" -> new Inequality(clause, x, y, true, false, true);
      default -> null;
    };
  }

  Inequality turned() {
    return new Inequality(clause, y, x, greater, equal, less);
  }

  /// The test of a number of x, beside a number of y that stands at a level.
  Walk.Test test(int level) {
    return new Walk.Test(level, less, equal, greater);
  }
}
