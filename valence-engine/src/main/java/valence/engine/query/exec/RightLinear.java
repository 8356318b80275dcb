package valence.engine.query.exec;

import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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
/// which costs one answer for each place. Rules that call each other in this way have one such
/// `reach` for each of them, which says from which places it is to go on. Source: Naughton,
/// Ramakrishnan, Sagiv, Ullman, *Efficient evaluation of right-, left-, and multi-linear rules*,
/// SIGMOD 1989.
///
/// @param reach find the places: first where it began, then where it came to
/// @param rule  answers as the given rule does
record RightLinear(List<Rule> reach, Rule rule) {
  /// A branch that goes on from other places.
  ///
  /// @param call the recursive one
  /// @param way  the other clauses, which find the places
  private record Step(Branch branch, Symbol from, Clause.RuleCall call, List<Clause> way) {}

  /// What a component's rules, asked for some arguments each, consist of.
  ///
  /// @param bound by rule that is reached, which of its arguments places are
  private record Parts(
      Map<Symbol, List<Boolean>> bound, List<Step> steps, Map<Symbol, List<Branch>> ends) {}

  /// The other form of a rule for calls that bind some arguments; empty when it has none.
  ///
  /// @param component the rules that call each other, this one included
  static Optional<RightLinear> of(Rule rule, List<Boolean> bound, Map<Symbol, Rule> component) {
    if (!bound.contains(true) || !bound.contains(false)) {
      return Optional.empty();
    }
    Parts parts = new Parts(new LinkedHashMap<>(), new ArrayList<>(), new LinkedHashMap<>());
    parts.bound().put(rule.name(), bound);
    List<Symbol> open = new ArrayList<>(List.of(rule.name()));
    boolean ends = false;
    while (!open.isEmpty()) {
      Symbol name = open.removeLast();
      List<Boolean> form = Objects.requireNonNull(parts.bound().get(name));
      List<Branch> mine = new ArrayList<>();
      for (Branch branch : Objects.requireNonNull(component.get(name)).branches()) {
        if (!mentions(branch.body(), component.keySet())) {
          mine.add(branch);
          continue;
        }
        Step step = step(branch, name, form, component.keySet());
        if (step == null) {
          return Optional.empty();
        }
        parts.steps().add(step);
        List<Boolean> there = places(step, form);
        List<Boolean> known = parts.bound().putIfAbsent(step.call().name(), there);
        if (known == null) {
          open.add(step.call().name());
        } else if (!known.equals(there)) {
          return Optional.empty();
        }
      }
      ends |= !mine.isEmpty();
      parts.ends().put(name, mine);
    }
    return parts.steps().isEmpty() || !ends
        ? Optional.empty()
        : Optional.of(new RightLinear(reach(rule, parts), rule(rule, parts)));
  }

  /// Whether clauses call one of some rules, however deep.
  static boolean mentions(List<Clause> clauses, Set<Symbol> names) {
    for (Clause clause : clauses) {
      boolean mentioned = switch (clause) {
        case Clause.RuleCall call -> names.contains(call.name());
        case Clause.Not not -> mentions(not.body(), names);
        case Clause.Or or -> or.branches().stream().anyMatch(each -> mentions(each, names));
        case Clause.Pattern ignored -> false;
        case Clause.Apply ignored -> false;
      };
      if (mentioned) {
        return true;
      }
    }
    return false;
  }

  /// The branch as a step to other places; null if it is none. Its one recursive call passes on
  /// what it finds: all that isn't bound, in the same order.
  private static @Nullable Step step(
      Branch branch, Symbol name, List<Boolean> bound, Set<Symbol> component) {
    List<Clause.RuleCall> calls = new ArrayList<>();
    List<Clause> way = new ArrayList<>();
    for (Clause clause : branch.body()) {
      if (clause instanceof Clause.RuleCall call && component.contains(call.name())) {
        calls.add(call);
      } else {
        way.add(clause);
      }
    }
    if (calls.size() != 1 || calls.get(0).source().isPresent() || mentions(way, component)) {
      return null;
    }
    List<Variable> head = branch.head().variables();
    Set<Variable> elsewhere = Clause.variablesOf(way);
    List<Variable> begun = chosen(head, bound, true);
    List<Variable> wanted = chosen(head, bound, false);
    Set<Variable> seen = new HashSet<>(head);
    boolean fits = seen.size() == head.size();
    List<Variable> passed = new ArrayList<>();
    for (Term arg : calls.get(0).args()) {
      if (!(arg instanceof Variable variable)) {
        return null;
      }
      if (wanted.contains(variable)) {
        passed.add(variable);
        fits &= !elsewhere.contains(variable);
      } else {
        fits &= elsewhere.contains(variable) && !begun.contains(variable) && seen.add(variable);
      }
    }
    return fits && passed.equals(wanted) && passed.size() < calls.get(0).args().size()
        ? new Step(branch, name, calls.get(0), way)
        : null;
  }

  /// Which arguments of a step's call are places.
  private static List<Boolean> places(Step step, List<Boolean> bound) {
    List<Variable> passed = chosen(step.branch().head().variables(), bound, false);
    List<Boolean> places = new ArrayList<>();
    for (Term arg : step.call().args()) {
      places.add(!passed.contains((Variable) arg));
    }
    return places;
  }

  /// For each rule that a step leads to, what finds the places from which it is asked.
  private static List<Rule> reach(Rule rule, Parts parts) {
    List<Variable> start = start(bound(parts, rule.name()));
    Map<Symbol, List<Branch>> branches = new LinkedHashMap<>();
    for (Step step : parts.steps()) {
      Symbol to = step.call().name();
      Object form = step.branch().form();
      List<Variable> here =
          chosen(step.branch().head().variables(), bound(parts, step.from()), true);
      List<Variable> there = new ArrayList<>();
      for (int i = 0; i < step.call().args().size(); i++) {
        if (bound(parts, to).get(i)) {
          there.add((Variable) step.call().args().get(i));
        }
      }
      List<Branch> mine = branches.computeIfAbsent(to, key -> new ArrayList<>());
      if (step.from().equals(rule.name())) {
        mine.add(new Branch(head(here, there), step.way(), form));
      }
      if (isReached(parts, step.from())) {
        List<Clause> further = new ArrayList<>();
        further.add(call(reachName(rule, parts, step.from()), start, here, form));
        further.addAll(step.way());
        mine.add(new Branch(head(start, there), further, form));
      }
    }
    List<Rule> rules = new ArrayList<>();
    branches.forEach((to, mine) -> rules.add(
        new Rule(reachName(rule, parts, to), mine.get(0).head().variables().size(), 0, mine)));
    return rules;
  }

  private static Rule rule(Rule rule, Parts parts) {
    List<Boolean> bound = bound(parts, rule.name());
    List<Variable> start = start(bound);
    List<Branch> branches = new ArrayList<>(Objects.requireNonNull(parts.ends().get(rule.name())));
    parts.ends().forEach((name, ends) -> {
      for (Branch end : isReached(parts, name) ? ends : List.<Branch>of()) {
        List<Variable> here = chosen(end.head().variables(), bound(parts, name), true);
        List<Clause> body = new ArrayList<>();
        body.add(call(reachName(rule, parts, name), start, here, end.form()));
        body.addAll(end.body());
        List<Variable> found = chosen(end.head().variables(), bound(parts, name), false);
        List<Variable> head = new ArrayList<>();
        int begun = 0;
        for (int i = 0; i < bound.size(); i++) {
          head.add(bound.get(i) ? start.get(begun++) : found.get(i - begun));
        }
        branches.add(new Branch(new Clause.Head(head, 0), body, end.form()));
      }
    });
    return new Rule(rule.name(), rule.argumentCount(), rule.requiredCount(), branches);
  }

  private static List<Boolean> bound(Parts parts, Symbol name) {
    return Objects.requireNonNull(parts.bound().get(name));
  }

  private static boolean isReached(Parts parts, Symbol name) {
    return parts.steps().stream().anyMatch(step -> step.call().name().equals(name));
  }

  /// Has a space, so no query can name it.
  private static Symbol reachName(Rule rule, Parts parts, Symbol to) {
    String place = to.equals(rule.name()) ? "" : " " + to;
    return Symbol.intern(
        rule.name().getNamespace(),
        rule.name().getName() + " reach " + bound(parts, rule.name()) + place);
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

  private static List<Variable> chosen(
      List<Variable> variables, List<Boolean> bound, boolean isBound) {
    List<Variable> chosen = new ArrayList<>();
    for (int i = 0; i < bound.size(); i++) {
      if (bound.get(i) == isBound) {
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
