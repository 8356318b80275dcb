package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.RuleSet.Branch;
import valence.engine.query.syntax.RuleSet.Rule;
import valence.engine.query.syntax.Term;
import valence.engine.query.syntax.Term.Variable;

/// What groups of clauses found that stand in several conjunctions of a query, such as two branches
/// of an `or`, a `not` and what is around it, or two rules: the clauses that a conjunction begins
/// with are kept as they come, and one that would begin with the same goes on from there. For one
/// run.
///
/// Groups are the same that differ in the names of variables alone, read the same sources and begin
/// with the same rows. They are of patterns, and of tests that can't fail: nothing tells how often
/// these are run.
final class SharedGroups {
  /// What is kept in all, in bytes; more is found again.
  private static final long BYTES_MAX = 1 << 24;

  private static final int KEPT_MAX = 32;

  /// @param start   the rows that the clauses went on from
  /// @param clauses that were run
  /// @param rows    that they made, over the variables that somebody needed then
  private record Kept(Relation start, List<Clause> clauses, String scope, Relation rows) {}

  /// Rows that clauses of a conjunction would make.
  ///
  /// @param clauses their places
  /// @param rows    under the conjunction's names
  record Found(List<Integer> clauses, Relation rows, boolean isOfStart) {}

  private final List<List<Clause>> conjunctions = new ArrayList<>();
  private final List<Kept> kept = new ArrayList<>();
  private long bytes;

  SharedGroups(List<Clause> where, Iterable<Rule> rules) {
    add(where);
    for (Rule rule : rules) {
      for (Branch branch : rule.branches()) {
        add(branch.body());
      }
    }
  }

  private void add(List<Clause> conjunction) {
    conjunctions.add(conjunction);
    for (Clause clause : conjunction) {
      switch (clause) {
        case Clause.Not not -> add(not.body());
        case Clause.Or or -> or.branches().forEach(this::add);
        case Clause.Pattern ignored -> {}
        case Clause.Apply ignored -> {}
        case Clause.RuleCall ignored -> {}
      }
    }
  }

  /// Whether a clause may be one of a group.
  static boolean mayShare(Clause clause) {
    return switch (clause) {
      case Clause.Pattern pattern -> !pattern.variables().isEmpty();
      case Clause.Apply apply -> apply.binding().isEmpty() && Expression.isTotal(apply.call());
      case Clause.Not ignored -> false;
      case Clause.Or ignored -> false;
      case Clause.RuleCall ignored -> false;
    };
  }

  /// Whether another conjunction than that of the clauses has the same ones, perhaps under other
  /// names.
  boolean isRepeated(List<Clause> clauses) {
    for (List<Clause> conjunction : conjunctions) {
      if (conjunction.stream().noneMatch(each -> each == clauses.getFirst())
          && new Match(clauses, "", conjunction, "", Map.of()).run(0)) {
        return true;
      }
    }
    return false;
  }

  /// Keeps what clauses made of the rows that a conjunction began with.
  void keep(Relation start, List<Clause> clauses, String scope, Relation rows) {
    if (kept.size() < KEPT_MAX && bytes + rows.bytes() <= BYTES_MAX) {
      bytes += rows.bytes();
      kept.add(new Kept(start, List.copyOf(clauses), scope, rows));
    }
  }

  /// Whether nothing was kept.
  boolean isEmpty() {
    return kept.isEmpty();
  }

  /// What some group would make, the largest one; null when there is none.
  ///
  /// @param start    the rows that a conjunction begins with
  /// @param clauses  its clauses, all of them still to be run
  /// @param accepted whether rows and clauses suit
  @Nullable
  Found find(Relation start, List<Clause> clauses, String scope, Predicate<Found> accepted) {
    Found best = null;
    for (Kept each : kept) {
      boolean isUnit = isUnit(each.start());
      boolean isOfStart = isUnit ? isUnit(start) : each.start() == start;
      if (!isOfStart && !isUnit
          || best != null && best.clauses().size() >= each.clauses().size()) {
        continue;
      }
      Map<Variable, Variable> names = new HashMap<>();
      for (Variable variable : isUnit ? List.<Variable>of() : start.variables()) {
        names.put(variable, variable);
      }
      Match match = new Match(each.clauses(), each.scope(), clauses, scope, names);
      if (match.run(0)) {
        Relation rows = each.rows();
        Found found = new Found(
            List.copyOf(match.places),
            rows.rename(rows.variables().stream().map(match::name).toList()),
            isOfStart);
        if (accepted.test(found)) {
          best = found;
        }
      }
    }
    return best;
  }

  private static boolean isUnit(Relation start) {
    return start.variables().isEmpty() && start.count() == 1;
  }

  /// A search for clauses of a conjunction that are those of a group under other names.
  private static final class Match {
    private final List<Clause> group;
    private final String groupScope;
    private final List<Clause> conjunction;
    private final String scope;
    private final List<Integer> places = new ArrayList<>();
    private Map<Variable, Variable> names; // those of the group to those of the conjunction

    Match(
        List<Clause> group,
        String groupScope,
        List<Clause> conjunction,
        String scope,
        Map<Variable, Variable> names) {
      this.group = group;
      this.groupScope = groupScope;
      this.conjunction = conjunction;
      this.scope = scope;
      this.names = names;
    }

    /// Finds places for the clauses from one on.
    boolean run(int from) {
      if (from == group.size()) {
        return true;
      }
      for (int i = 0; i < conjunction.size(); i++) {
        Map<Variable, Variable> before = names;
        if (!places.contains(i) && isSame(group.get(from), conjunction.get(i))) {
          places.add(i);
          if (run(from + 1)) {
            return true;
          }
          places.removeLast();
        }
        names = before;
      }
      return false;
    }

    Variable name(Variable ofGroup) {
      return names.getOrDefault(ofGroup, ofGroup);
    }

    private boolean isSame(Clause one, Clause other) {
      return switch (one) {
        case Clause.Pattern pattern ->
          other instanceof Clause.Pattern same
              && Execution.scoped(pattern.source(), groupScope)
                  .equals(Execution.scoped(same.source(), scope))
              && areSame(pattern.terms(), same.terms());
        case Clause.Apply apply ->
          other instanceof Clause.Apply same
              && same.binding().isEmpty()
              && apply.call().callee().equals(same.call().callee())
              && areSame(apply.call().args(), same.call().args());
        case Clause.Not ignored -> false;
        case Clause.Or ignored -> false;
        case Clause.RuleCall ignored -> false;
      };
    }

    /// Whether terms are the same once more variables are named; else no more are.
    private boolean areSame(List<Term> some, List<Term> others) {
      if (some.size() != others.size()) {
        return false;
      }
      Map<Variable, Variable> more = new HashMap<>(names);
      for (int i = 0; i < some.size(); i++) {
        Term one = some.get(i);
        Term other = others.get(i);
        if (one instanceof Variable mine && other instanceof Variable its) {
          Variable known = more.get(mine);
          if (known == null ? more.containsValue(its) : !known.equals(its)) {
            return false;
          }
          more.put(mine, its);
        } else if (!one.equals(other)) {
          return false;
        }
      }
      names = more;
      return true;
    }
  }
}
