package valence.engine.query.syntax;

import clojure.lang.Symbol;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The rules of a query, by name.
public record RuleSet(Map<Symbol, Rule> rules) {
  public static final RuleSet EMPTY = new RuleSet(Map.of());

  public RuleSet {
    rules = Map.copyOf(rules);
  }

  /// Alternatives of one name, which agree in the number of arguments and in which are required.
  ///
  /// @param argumentCount of every branch
  /// @param requiredCount the leading arguments that must be bound before the rule is called
  public record Rule(Symbol name, int argumentCount, int requiredCount, List<Branch> branches) {
    public Rule {
      branches = List.copyOf(branches);
    }
  }

  /// One alternative: its own names for the arguments, and its clauses.
  public record Branch(Clause.Head head, List<Clause> body, Object form) {
    public Branch {
      body = List.copyOf(body);
    }
  }

  public @Nullable Rule find(Symbol name) {
    return rules.get(name);
  }
}
