package valence.engine.query.exec;

import clojure.lang.Symbol;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import valence.engine.query.syntax.Call;
import valence.engine.query.syntax.Call.Callee;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.Term;
import valence.engine.query.syntax.Term.Variable;

/// Comparisons of a variable with one value, as bounds of what a pattern reads.
final class Comparand {
  private Comparand() {}

  /// What a comparison leaves of a pattern's values; null when it isn't one of them, or can't be
  /// said by bounds.
  ///
  /// @param known the value that a variable has in all rows, or null
  static @Nullable ValueBounds bounds(
      Clause.Apply apply, FactsPattern pattern, Function<Variable, @Nullable Object> known) {
    Call call = apply.call();
    if (apply.binding().isPresent()
        || call.args().size() != 2
        || !(call.callee() instanceof Callee.Named(Symbol name))) {
      return null;
    }
    String function =
        name.getNamespace() == null ? name.getName() : name.getNamespace() + "/" + name.getName();
    Term x = call.args().get(0);
    Term y = call.args().get(1);
    if (x instanceof Variable variable) {
      Object constant = value(y, known);
      ValueBounds bounds = constant == null ? null : pattern.bounds(variable, function, constant);
      if (bounds != null) {
        return bounds;
      }
    }
    if (!(y instanceof Variable variable)) {
      return null;
    }
    Object constant = value(x, known);
    String turned = turned(function);
    return constant == null || turned == null ? null : pattern.bounds(variable, turned, constant);
  }

  private static @Nullable Object value(Term term, Function<Variable, @Nullable Object> known) {
    return switch (term) {
      case Term.Constant(Object constant) -> Values.normalize(constant);
      case Variable variable -> known.apply(variable);
      case Term.Blank ignored -> null;
      case Term.Source ignored -> null;
      case Term.Nested ignored -> null;
    };
  }

  /// The function that says the same of exchanged arguments.
  private static @Nullable String turned(String function) {
    return switch (function) {
      case "<" -> ">";
      case "<=" -> ">=";
      case ">" -> "<";
      case ">=" -> "<=";
      case "=" -> "=";
      default -> null;
    };
  }
}
