package valence.engine.query.syntax;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.engine.query.syntax.Term.Variable;

/// How a value is taken apart into variables.
public sealed interface Binding {
  record Scalar(Variable variable) implements Binding {}

  /// `_`
  record Ignore() implements Binding {}

  /// A constant inside a tuple, which the value must equal.
  record Equal(@Nullable Object value) implements Binding {}

  /// `[?a ?b]`, by position.
  record Tuple(List<Binding> elements) implements Binding {
    public Tuple {
      elements = List.copyOf(elements);
    }
  }

  /// `[?a ...]`, and `[[?a ?b]]` with a tuple for its element.
  record Each(Binding element) implements Binding {}

  /// Adds the variables in the order of the text.
  default void addVariables(Set<Variable> variables) {
    switch (this) {
      case Scalar(Variable variable) -> variables.add(variable);
      case Ignore ignored -> {}
      case Equal ignored -> {}
      case Tuple(List<Binding> elements) -> elements.forEach(e -> e.addVariables(variables));
      case Each(Binding element) -> element.addVariables(variables);
    }
  }
}
