package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.query.syntax.Binding;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.Forms;
import valence.engine.query.syntax.RuleSet.Branch;
import valence.engine.query.syntax.RuleSet.Rule;
import valence.engine.query.syntax.Term;
import valence.engine.query.syntax.Term.Variable;

/// Decides, on names alone, whether a conjunction can run, and the order that it could run in: the
/// written one, except that a clause waits for the variables it needs.
///
/// The order isn't the one of execution, which looks at the data; it says what each clause may rely
/// on.
final class Ordering {
  /// A clause at its place.
  ///
  /// @param boundBefore the variables that the clauses before it bind
  record Placed(Clause clause, Set<Variable> boundBefore) {}

  private record RuleUse(Rule rule, List<Boolean> bound, String scope) {}

  private final Execution execution;
  private final Map<RuleUse, Optional<AnomalyException>> checked = new HashMap<>();
  private final List<Rule> running = new ArrayList<>(); // rules whose bodies are being checked
  private final List<Integer> negations = new ArrayList<>(); // for each the nots around its call
  // Recursive calls with nothing bound: the corpus refuses them, wherever they could be moved to.
  private final Set<AnomalyException> unbounded =
      Collections.newSetFromMap(new IdentityHashMap<>());
  private int negated;

  Ordering(Execution execution) {
    this.execution = execution;
  }

  /// Takes the clauses for the body of one of these rules, which call each other.
  Ordering within(Iterable<Rule> rules) {
    for (Rule rule : rules) {
      running.add(rule);
      negations.add(0);
    }
    return this;
  }

  /// Places every clause; fails when one can't run.
  List<Placed> order(List<Clause> clauses, Set<Variable> boundOutside, String scope) {
    List<Clause> waiting = new ArrayList<>(clauses);
    // An ident names an entity wherever its clause is written.
    waiting.sort(Comparator.comparing(clause -> !isConstant(clause)));
    Set<Variable> bound = new LinkedHashSet<>(boundOutside);
    List<Placed> placed = new ArrayList<>();
    while (!waiting.isEmpty()) {
      Clause next = next(waiting, bound, scope);
      waiting.remove(next);
      placed.add(new Placed(next, Set.copyOf(bound)));
      bound.addAll(next.variables());
    }
    return placed;
  }

  private static boolean isConstant(Clause clause) {
    return clause instanceof Clause.Apply apply
        && apply.binding().isPresent()
        && apply.call().variables().isEmpty()
        && Expression.isTotal(apply.call());
  }

  private Clause next(List<Clause> waiting, Set<Variable> bound, String scope) {
    AnomalyException first = null;
    for (Clause clause : waiting) {
      AnomalyException obstacle = obstacle(clause, bound, scope);
      if (obstacle == null) {
        return clause;
      }
      if (first == null) {
        first = obstacle;
      }
    }
    for (Clause clause : waiting) {
      if (clause instanceof Clause.Pattern pattern
          && execution.facts(pattern, scope).isFindableByValue(bound)) {
        return clause;
      }
    }
    throw Objects.requireNonNull(first);
  }

  /// Why a clause can't run with these variables bound; null when it can. What no order mends is
  /// thrown.
  private @Nullable AnomalyException obstacle(Clause clause, Set<Variable> bound, String scope) {
    return switch (clause) {
      case Clause.Pattern pattern -> pattern(pattern, bound, scope);
      case Clause.Apply apply -> {
        execution.expression(apply, scope);
        yield unbound(apply.call().variables(), bound, "expression clause", apply.form());
      }
      case Clause.RuleCall call -> ruleCall(call, bound, scope);
      case Clause.Not not -> not(not, bound, scope);
      case Clause.Or or -> or(or, bound, scope);
    };
  }

  private static @Nullable AnomalyException unbound(
      Set<Variable> needed, Set<Variable> bound, String what, Object form) {
    Set<Variable> missing = new LinkedHashSet<>(needed);
    missing.removeAll(bound);
    return missing.isEmpty()
        ? null
        : Anomaly.incorrect(
                "db.error/insufficient-binding",
                missing + " not bound in " + what + ": " + Forms.show(form) + ".",
                "Add a clause that binds them"
                    + (what.startsWith("not")
                        ? ", or use _ or not-join for variables that only the not clause has."
                        : "."))
            .with("clause", form)
            .toException();
  }

  private static AnomalyException fullScan(Object form) {
    return Anomaly.incorrect(
            "db.error/insufficient-binding",
            "Insufficient binding of db clause: " + Forms.show(form) + " would cause full scan.",
            "Bind its entity or its attribute.")
        .with("clause", form)
        .toException();
  }

  private @Nullable AnomalyException pattern(
      Clause.Pattern pattern, Set<Variable> bound, String scope) {
    if (execution.source(pattern.source(), scope) instanceof Source.Rows) {
      return null;
    }
    return execution.facts(pattern, scope).isFindable(bound) ? null : fullScan(pattern.form());
  }

  private @Nullable AnomalyException not(Clause.Not not, Set<Variable> bound, String scope) {
    AnomalyException missing = unbound(not.shared(), bound, "not clause", not.form());
    if (missing != null) {
      return missing;
    }
    negated++;
    try {
      order(not.body(), not.shared(), Execution.scoped(not.source(), scope));
    } finally {
      negated--;
    }
    return null;
  }

  private @Nullable AnomalyException or(Clause.Or or, Set<Variable> bound, String scope) {
    List<Variable> head = or.head().variables();
    Set<Variable> required = new LinkedHashSet<>(head.subList(0, or.head().requiredCount()));
    AnomalyException missing = unbound(required, bound, "clause", or.form());
    if (missing != null) {
      return missing;
    }
    Set<Variable> given = new LinkedHashSet<>(head);
    given.retainAll(bound);
    for (List<Clause> branch : or.branches()) {
      AnomalyException obstacle =
          body(branch, head, given, Execution.scoped(or.source(), scope), or.form());
      if (obstacle != null) {
        return obstacle;
      }
    }
    return null;
  }

  /// A body that can run and binds its head, or why not.
  private @Nullable AnomalyException body(
      List<Clause> body, List<Variable> head, Set<Variable> given, String scope, Object form) {
    try {
      order(body, given, scope);
    } catch (AnomalyException unrunnable) {
      if (isInsufficientBinding(unrunnable)) {
        return unrunnable;
      }
      throw unrunnable;
    }
    Set<Variable> bound = Clause.variablesOf(body);
    bound.addAll(given);
    Set<Variable> missing = new LinkedHashSet<>(head);
    missing.removeAll(bound);
    return missing.isEmpty()
        ? null
        : Anomaly.of(
                Anomaly.Category.INCORRECT,
                missing + " not bound by every branch of " + Forms.show(form) + ".",
                "Each branch binds all variables of the head, unless they are bound before.")
            .with("clause", form)
            .toException();
  }

  private static boolean isInsufficientBinding(AnomalyException anomaly) {
    return anomaly
        .anomaly()
        .error()
        .filter(e -> e.getName().equals("insufficient-binding"))
        .isPresent();
  }

  private @Nullable AnomalyException ruleCall(
      Clause.RuleCall call, Set<Variable> bound, String scope) {
    Rule rule = rule(call);
    List<Boolean> given = new ArrayList<>();
    Set<Variable> required = new LinkedHashSet<>();
    for (int i = 0; i < call.args().size(); i++) {
      Term arg = call.args().get(i);
      given.add(arg instanceof Term.Constant || arg instanceof Variable v && bound.contains(v));
      if (i < rule.requiredCount()) {
        switch (arg) {
          case Variable variable -> required.add(variable);
          case Term.Blank ignored -> required.add(new Variable("_"));
          default -> {
            // a constant is bound
          }
        }
      }
    }
    AnomalyException missing = unbound(required, bound, "clause", call.form());
    if (missing != null) {
      return missing;
    }
    int caller = running.indexOf(rule);
    if (caller >= 0) {
      if (negated > negations.get(caller)) {
        throw Anomaly.of(
                Anomaly.Category.INCORRECT,
                "The rule " + rule.name() + " calls itself through not: " + Forms.show(call.form())
                    + ".",
                "Recursion through negation has no single meaning.",
                "Negate only rules that don't depend on the rule itself.")
            .with("clause", call.form())
            .toException();
      }
      if (given.contains(true) || Flattening.isDisjunction(rule.name())) {
        return null;
      }
      AnomalyException obstacle = fullScan(call.form());
      unbounded.add(obstacle);
      return obstacle;
    }
    RuleUse use = new RuleUse(rule, given, Execution.scoped(call.source(), scope));
    Optional<AnomalyException> known = checked.get(use);
    if (known == null) {
      known = Optional.ofNullable(branches(use));
      checked.put(use, known);
    }
    if (known.isPresent() && unbounded.contains(known.get()) && running.isEmpty()) {
      throw known.get();
    }
    return known.orElse(null);
  }

  private Rule rule(Clause.RuleCall call) {
    Rule rule = execution.rule(call.name());
    if (rule == null) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "Cannot resolve key: " + call.name() + ".",
              "The clause " + Forms.show(call.form()) + " calls a rule that isn't defined.",
              "Pass rules as the argument that % stands for in :in.")
          .with("clause", call.form())
          .toException();
    }
    if (call.args().size() != rule.argumentCount()) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "The clause " + Forms.show(call.form()) + " has " + call.args().size()
                  + " arguments.",
              "The rule " + rule.name() + " has " + rule.argumentCount() + ".")
          .with("clause", call.form())
          .toException();
    }
    return rule;
  }

  private @Nullable AnomalyException branches(RuleUse use) {
    running.add(use.rule());
    negations.add(negated);
    try {
      for (Branch branch : use.rule().branches()) {
        List<Variable> head = branch.head().variables();
        Set<Variable> given = new LinkedHashSet<>();
        for (int i = 0; i < head.size(); i++) {
          if (use.bound().get(i)) {
            given.add(head.get(i));
          }
        }
        AnomalyException obstacle = body(branch.body(), head, given, use.scope(), branch.form());
        if (obstacle != null) {
          return obstacle;
        }
      }
      return null;
    } finally {
      running.removeLast();
      negations.removeLast();
    }
  }

  /// Whether a clause may bring values that name entities by ident or lookup ref, as inputs do.
  static boolean bringsForeignValues(Clause clause, Execution execution) {
    return bringsForeignValues(clause, execution, new HashSet<>());
  }

  private static boolean bringsForeignValues(Clause clause, Execution execution, Set<Rule> seen) {
    return switch (clause) {
      case Clause.Pattern ignored -> false;
      case Clause.Not ignored -> false;
      case Clause.Apply(var call, Optional<Binding> binding, var form) -> binding.isPresent();
      case Clause.Or or ->
        or.branches().stream()
            .anyMatch(b -> b.stream().anyMatch(c -> bringsForeignValues(c, execution, seen)));
      case Clause.RuleCall call -> {
        Rule rule = execution.rule(call.name());
        yield rule != null
            && seen.add(rule)
            && rule.branches().stream()
                .anyMatch(
                    b -> b.body().stream().anyMatch(c -> bringsForeignValues(c, execution, seen)));
      }
    };
  }
}
