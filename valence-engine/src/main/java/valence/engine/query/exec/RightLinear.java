package valence.engine.query.exec;

import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.RuleSet.Branch;
import valence.engine.query.syntax.RuleSet.Rule;
import valence.engine.query.syntax.Term;
import valence.engine.query.syntax.Term.Variable;

/// A rule whose recursion only goes on from other places, in a form that finds the places first.
///
/// Asked for all that a thing rests on, a rule as people write it,
///
///     [(rests-on ?c ?x) [?c :parent ?x]]
///     [(rests-on ?c ?x) [?c :parent ?m] (rests-on ?m ?x)]
///
/// answers the same question for each thing on the way: as many answers as there are pairs on the
/// way. Since what the inner call finds is passed on as it is, it is enough to know the places from
/// which to look:
///
///     [(reach ?c ?m) [?c :parent ?m]]
///     [(reach ?c ?n) (reach ?c ?m) [?m :parent ?n]]
///     [(rests-on ?c ?x) [?c :parent ?x]]
///     [(rests-on ?c ?x) (reach ?c ?m) [?m :parent ?x]]
///
/// which costs one answer for each place. Source: Naughton, Ramakrishnan, Sagiv, Ullman, *Efficient
/// evaluation of right-, left-, and multi-linear rules*, SIGMOD 1989.
///
/// @param reach finds the places: first where it began, then where it came to
/// @param rule  answers as the given rule does
record RightLinear(Rule reach, Rule rule) {

  /// The other form of a rule for calls that bind some arguments; empty when it has none.
  static Optional<RightLinear> of(Rule rule, List<Boolean> bound) {
    if (!bound.contains(true) || !bound.contains(false)) {
      return Optional.empty();
    }
    List<Branch> steps = new ArrayList<>();
    List<Branch> ends = new ArrayList<>();
    for (Branch branch : rule.branches()) {
      if (!mentions(branch.body(), rule.name())) {
        ends.add(branch);
      } else if (recursiveCall(branch, rule.name(), bound).isPresent()) {
        steps.add(branch);
      } else {
        return Optional.empty();
      }
    }
    return steps.isEmpty() || ends.isEmpty()
        ? Optional.empty()
        : Optional.of(new RightLinear(reach(rule, bound, steps), rule(rule, bound, ends)));
  }

  /// Whether clauses call a rule, however deep.
  static boolean mentions(List<Clause> clauses, Symbol name) {
    for (Clause clause : clauses) {
      boolean mentioned = switch (clause) {
        case Clause.RuleCall call -> call.name().equals(name);
        case Clause.Not not -> mentions(not.body(), name);
        case Clause.Or or -> or.branches().stream().anyMatch(each -> mentions(each, name));
        case Clause.Pattern ignored -> false;
        case Clause.Apply ignored -> false;
      };
      if (mentioned) {
        return true;
      }
    }
    return false;
  }

  /// The one call that passes on what it finds, if the branch is a step to another place.
  private static Optional<Clause.RuleCall> recursiveCall(
      Branch branch, Symbol name, List<Boolean> bound) {
    List<Clause.RuleCall> calls = new ArrayList<>();
    List<Clause> rest = new ArrayList<>();
    for (Clause clause : branch.body()) {
      if (clause instanceof Clause.RuleCall call && call.name().equals(name)) {
        calls.add(call);
      } else {
        rest.add(clause);
      }
    }
    if (calls.size() != 1 || calls.get(0).source().isPresent() || mentions(rest, name)) {
      return Optional.empty();
    }
    List<Variable> head = branch.head().variables();
    Set<Variable> elsewhere = Clause.variablesOf(rest);
    Set<Variable> begun = new LinkedHashSet<>(chosen(head, bound));
    Set<Variable> places = new LinkedHashSet<>();
    List<Term> args = calls.get(0).args();
    for (int i = 0; i < args.size(); i++) {
      if (!(args.get(i) instanceof Variable variable)) {
        return Optional.empty();
      }
      boolean fits = bound.get(i)
          ? elsewhere.contains(variable) && !begun.contains(variable) && places.add(variable)
          : variable.equals(head.get(i)) && !elsewhere.contains(variable);
      if (!fits) {
        return Optional.empty();
      }
    }
    Set<Variable> all = new LinkedHashSet<>(head);
    boolean distinct = all.size() == head.size() && Collections.disjoint(all, places);
    return distinct ? Optional.of(calls.get(0)) : Optional.empty();
  }

  private static Rule reach(Rule rule, List<Boolean> bound, List<Branch> steps) {
    Symbol name = reachName(rule, bound);
    List<Variable> start = start(bound);
    List<Branch> branches = new ArrayList<>();
    for (Branch step : steps) {
      Clause.RuleCall call = recursiveCall(step, rule.name(), bound).orElseThrow();
      List<Clause> way = new ArrayList<>(step.body());
      way.remove(call);
      List<Variable> here = chosen(step.head().variables(), bound);
      List<Variable> there = new ArrayList<>();
      for (int i = 0; i < bound.size(); i++) {
        if (bound.get(i)) {
          there.add((Variable) call.args().get(i));
        }
      }
      branches.add(new Branch(head(here, there), way, step.form()));
      List<Clause> further = new ArrayList<>();
      further.add(call(name, start, here, step.form()));
      further.addAll(way);
      branches.add(new Branch(head(start, there), further, step.form()));
    }
    return new Rule(name, 2 * start.size(), 0, branches);
  }

  private static Rule rule(Rule rule, List<Boolean> bound, List<Branch> ends) {
    List<Variable> start = start(bound);
    List<Branch> branches = new ArrayList<>(ends);
    for (Branch end : ends) {
      List<Variable> here = chosen(end.head().variables(), bound);
      List<Clause> body = new ArrayList<>();
      body.add(call(reachName(rule, bound), start, here, end.form()));
      body.addAll(end.body());
      List<Variable> head = new ArrayList<>(end.head().variables());
      int next = 0;
      for (int i = 0; i < bound.size(); i++) {
        if (bound.get(i)) {
          head.set(i, start.get(next++));
        }
      }
      branches.add(new Branch(new Clause.Head(head, 0), body, end.form()));
    }
    return new Rule(rule.name(), rule.argumentCount(), rule.requiredCount(), branches);
  }

  /// Has a space, so no query can name it.
  private static Symbol reachName(Rule rule, List<Boolean> bound) {
    return Symbol.intern(rule.name().getNamespace(), rule.name().getName() + " reach " + bound);
  }

  /// Variables for where it began; with a space, so that no clause has them.
  private static List<Variable> start(List<Boolean> bound) {
    List<Variable> start = new ArrayList<>();
    for (int i = 0; i < bound.size(); i++) {
      if (bound.get(i)) {
        start.add(new Variable("?start " + i));
      }
    }
    return start;
  }

  private static List<Variable> chosen(List<Variable> variables, List<Boolean> bound) {
    List<Variable> chosen = new ArrayList<>();
    for (int i = 0; i < bound.size(); i++) {
      if (bound.get(i)) {
        chosen.add(variables.get(i));
      }
    }
    return chosen;
  }

  private static Clause.Head head(List<Variable> from, List<Variable> to) {
    List<Variable> variables = new ArrayList<>(from);
    variables.addAll(to);
    return new Clause.Head(variables, 0);
  }

  private static Clause.RuleCall call(
      Symbol name, List<Variable> from, List<Variable> to, Object form) {
    List<Term> args = new ArrayList<>(from);
    args.addAll(to);
    return new Clause.RuleCall(Optional.empty(), name, args, form);
  }
}
