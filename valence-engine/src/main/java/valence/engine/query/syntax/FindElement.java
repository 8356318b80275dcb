package valence.engine.query.syntax;

import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import valence.engine.query.syntax.Term.Variable;

/// One column of the result.
public sealed interface FindElement {
  Variable variable();

  record Plain(Variable variable) implements FindElement {}

  /// `(pull src? ?e pattern)`
  record Pull(Optional<String> source, Variable variable, PullPattern pattern)
      implements FindElement {}

  /// `(f const* ?x)`
  record Aggregate(Symbol name, List<@Nullable Object> constants, Variable variable)
      implements FindElement {
    public Aggregate {
      constants = Collections.unmodifiableList(new ArrayList<>(constants));
    }
  }

  /// The pattern itself, or the input that brings it.
  sealed interface PullPattern {
    record Literal(Object edn) implements PullPattern {}

    record Input(Symbol name) implements PullPattern {}
  }
}
