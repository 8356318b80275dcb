package valence.engine.query.syntax;

import clojure.lang.Symbol;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import valence.engine.query.syntax.Term.Variable;

/// One condition of `:where`. Each keeps the form it was read from, for messages.
///
/// A source is the name that the clause itself gives; empty means the source of what stands around
/// it, which is `$` at the top.
public sealed interface Clause {
  Object form();

  /// `[src? e a v tx added]`, with trailing terms left out.
  record Pattern(Optional<String> source, List<Term> terms, Object form) implements Clause {
    public Pattern {
      terms = List.copyOf(terms);
    }
  }

  /// `[(f args) binding?]`; without a binding it is a predicate.
  record Apply(Call call, Optional<Binding> binding, Object form) implements Clause {}

  /// `(src? rule args)`
  record RuleCall(Optional<String> source, Symbol name, List<Term> args, Object form)
      implements Clause {
    public RuleCall {
      args = List.copyOf(args);
    }
  }

  /// `(src? not clauses)`, or `not-join` with its variables.
  record Not(Optional<String> source, Optional<List<Variable>> join, List<Clause> body, Object form)
      implements Clause {
    public Not {
      body = List.copyOf(body);
    }

    /// The variables that the clause shares with what stands around it.
    public Set<Variable> shared() {
      return join.<Set<Variable>>map(LinkedHashSet::new).orElseGet(() -> variablesOf(body));
    }
  }

  /// `(src? or branches)`, or `or-join` with its head. A branch is a conjunction.
  record Or(Optional<String> source, Head head, List<List<Clause>> branches, Object form)
      implements Clause {
    public Or {
      branches = branches.stream().map(List::copyOf).toList();
    }
  }

  /// The variables of a rule or `or-join`, of which the first ones must be bound beforehand.
  record Head(List<Variable> variables, int requiredCount) {
    public Head {
      variables = List.copyOf(variables);
    }
  }

  /// The variables that a clause shares with those beside it, in the order of the text.
  default Set<Variable> variables() {
    return variablesOf(List.of(this));
  }

  static Set<Variable> variablesOf(List<Clause> clauses) {
    Set<Variable> variables = new LinkedHashSet<>();
    for (Clause clause : clauses) {
      switch (clause) {
        case Pattern(var source, var terms, var form) -> addVariables(variables, terms);
        case Apply(Call call, Optional<Binding> binding, var form) -> {
          variables.addAll(call.variables());
          binding.ifPresent(b -> b.addVariables(variables));
        }
        case RuleCall(var source, var name, var args, var form) -> addVariables(variables, args);
        case Not not -> variables.addAll(not.shared());
        case Or(var source, Head head, var branches, var form) ->
          variables.addAll(head.variables());
      }
    }
    return variables;
  }

  private static void addVariables(Set<Variable> variables, List<Term> terms) {
    for (Term term : terms) {
      if (term instanceof Variable variable) {
        variables.add(variable);
      }
    }
  }
}
