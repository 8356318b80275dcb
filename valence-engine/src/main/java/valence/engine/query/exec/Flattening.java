package valence.engine.query.exec;

import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.RuleSet.Branch;
import valence.engine.query.syntax.RuleSet.Rule;
import valence.engine.query.syntax.Term;

/// Takes disjunctions that call rules out of the rules that they recur to:
///
///     [(near ?a ?b) [?a :knows ?m] (or [(= ?m ?b)] (near ?m ?b))]
///
/// becomes a rule that calls another one, whose branches are those of the `or`. So each recursive
/// call stands in a body by itself, where what is new among its answers can be told apart.
final class Flattening {
  /// In the name of a rule that was an `or`; has spaces, so no query can name it.
  private static final String OR = " or ";

  private final Rule rule;
  private final Set<Symbol> recursive;
  private final List<Rule> made = new ArrayList<>();

  private Flattening(Rule rule, Set<Symbol> recursive) {
    this.rule = rule;
    this.recursive = recursive;
  }

  /// The rule in its other form and the rules that it calls then; none when it stays as it is.
  ///
  /// @param recursive rules that recur to this one, it included
  static List<Rule> of(Rule rule, Set<Symbol> recursive) {
    Flattening flattening = new Flattening(rule, recursive);
    List<Branch> branches = flattening.branches(rule.branches());
    if (!flattening.made.isEmpty()) {
      flattening.made.add(
          new Rule(rule.name(), rule.argumentCount(), rule.requiredCount(), branches));
    }
    return List.copyOf(flattening.made);
  }

  private List<Branch> branches(List<Branch> branches) {
    List<Branch> flat = new ArrayList<>();
    for (Branch branch : branches) {
      List<Clause> body = new ArrayList<>();
      for (Clause clause : branch.body()) {
        body.add(
            clause instanceof Clause.Or or && RightLinear.mentions(List.of(or), recursive)
                ? call(or)
                : clause);
      }
      flat.add(new Branch(branch.head(), body, branch.form()));
    }
    return flat;
  }

  /// Whether a rule is what an `or` became.
  static boolean isDisjunction(Symbol name) {
    return name.getName().contains(OR);
  }

  private Clause.RuleCall call(Clause.Or or) {
    Symbol name =
        Symbol.intern(rule.name().getNamespace(), rule.name().getName() + OR + made.size());
    int place = made.size();
    made.add(rule); // keeps the place, and with it the name
    List<Branch> branches = new ArrayList<>();
    for (List<Clause> branch : or.branches()) {
      branches.add(new Branch(or.head(), branch, or.form()));
    }
    made.set(
        place,
        new Rule(
            name, or.head().variables().size(), or.head().requiredCount(), branches(branches)));
    List<Term> args = new ArrayList<>(or.head().variables());
    return new Clause.RuleCall(or.source(), name, args, or.form());
  }
}
