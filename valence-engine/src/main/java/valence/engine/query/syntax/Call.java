package valence.engine.query.syntax;

import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import valence.engine.query.syntax.Term.Variable;

/// A function and its arguments.
public record Call(Callee callee, List<Term> args) {
  public Call {
    args = Collections.unmodifiableList(new ArrayList<>(args));
  }

  /// What is called.
  public sealed interface Callee {
    /// A function by name, a method `.name`, a constructor `Class.` or a static `Class/method`.
    record Named(Symbol name) implements Callee {}

    /// A keyword, set, map or vector, which looks its argument up.
    record Lookup(Object table) implements Callee {}
  }

  /// The variables among the arguments, nested ones included.
  public Set<Variable> variables() {
    Set<Variable> variables = new LinkedHashSet<>();
    addVariables(variables);
    return variables;
  }

  private void addVariables(Set<Variable> variables) {
    for (Term arg : args) {
      switch (arg) {
        case Variable variable -> variables.add(variable);
        case Term.Nested(Call call) -> call.addVariables(variables);
        case Term.Constant ignored -> {}
        case Term.Blank ignored -> {}
        case Term.Source ignored -> {}
      }
    }
  }

  /// Whether any argument is a source of data.
  public boolean readsSource() {
    for (Term arg : args) {
      if (arg instanceof Term.Source
          || arg instanceof Term.Nested(Call call) && call.readsSource()) {
        return true;
      }
    }
    return false;
  }
}
