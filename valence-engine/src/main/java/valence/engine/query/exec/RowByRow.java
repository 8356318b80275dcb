package valence.engine.query.exec;

import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.RuleSet.Branch;
import valence.engine.query.syntax.RuleSet.Rule;
import valence.engine.query.syntax.Term;
import valence.engine.query.syntax.Term.Variable;

/// Whether clauses find for each row the same, and in the same order, whatever rows there are
/// beside it: then they may be the clauses of a [Tail].
///
/// That holds for clauses that only reject rows, for patterns that make one of one, and for one
/// clause more: rows come in the order of those before, and what is made of one in that of the
/// index, or of the branches of an `or` or a rule, each of which is of this kind itself. Two
/// clauses that make many of one would be joined in an order that depends on how many rows there
/// are; and answers of a rule that calls itself come in rounds.
///
/// What may fail is not among them, since a mistake must show whatever is asked for.
final class RowByRow {
  private final Execution execution;

  RowByRow(Execution execution) {
    this.execution = execution;
  }

  /// @param left  clauses of the body, by place
  /// @param known the variables of the rows
  boolean isSo(Body body, boolean[] left, String scope, Set<Variable> known) {
    List<Clause> waiting = new ArrayList<>();
    for (int i = 0; i < left.length; i++) {
      if (left[i]) {
        Clause clause = body.clause(i);
        boolean mayBe = switch (clause) {
          case Clause.Pattern pattern -> isOfOneAttribute(pattern, scope);
          case Clause.Apply ignored -> body.needed(i) != null;
          case Clause.Not ignored -> body.needed(i) != null;
          case Clause.Or ignored -> execution.tables().isPure(clause);
          case Clause.RuleCall call ->
            hasPlainArguments(call) && execution.tables().isPure(clause);
        };
        if (!mayBe) {
          return false;
        }
        if (!(clause instanceof Clause.Apply || clause instanceof Clause.Not)) {
          waiting.add(clause);
        }
      }
    }
    return areSo(waiting, scope, new HashSet<>(known));
  }

  private boolean areSo(List<Clause> waiting, String scope, Set<Variable> bound) {
    boolean hasGrown = false;
    while (!waiting.isEmpty()) {
      Clause next = null;
      int growing = 0;
      for (Clause each : waiting) {
        if (!(each instanceof Clause.Pattern) && each != waiting.getFirst()) {
          continue; // it follows all that is written before it
        }
        if (isAtMostOne(each, scope, bound)) {
          next = each;
          growing = 0;
          break;
        }
        if (isConnected(each, scope, bound)) {
          next = each;
          growing++;
        }
      }
      if (next == null
          || growing > 1
          || growing == 1 && (hasGrown || !isSteady(next, scope, bound))) {
        return false;
      }
      hasGrown |= growing == 1;
      waiting.remove(next);
      bound.addAll(next.variables());
    }
    return true;
  }

  private boolean isOfOneAttribute(Clause.Pattern pattern, String scope) {
    if (!(execution.source(pattern.source(), scope) instanceof Source.Facts)) {
      return false;
    }
    FactsPattern facts = execution.facts(pattern, scope);
    return !facts.isImpossible() && facts.attribute() != null;
  }

  /// Whether arguments are constants and variables, none of them twice.
  static boolean hasPlainArguments(Clause.RuleCall call) {
    Set<Variable> seen = new HashSet<>();
    for (Term arg : call.args()) {
      if (!(arg instanceof Term.Constant
          || arg instanceof Variable variable && seen.add(variable))) {
        return false;
      }
    }
    return true;
  }

  /// Whether a row that binds some variables can't become two.
  private boolean isAtMostOne(Clause clause, String scope, Set<Variable> bound) {
    return clause instanceof Clause.Pattern pattern
        ? execution.facts(pattern, scope).isAtMostOne(bound)
        : bound.containsAll(clause.variables());
  }

  private boolean isConnected(Clause clause, String scope, Set<Variable> bound) {
    return clause instanceof Clause.Pattern pattern
        ? execution.facts(pattern, scope).isConnected(bound)
        : clause.variables().stream().anyMatch(bound::contains);
  }

  private boolean isSteady(Clause clause, String scope, Set<Variable> bound) {
    return switch (clause) {
      case Clause.Or or -> {
        Set<Variable> given = new HashSet<>(or.head().variables());
        given.retainAll(bound);
        String inner = Execution.scoped(or.source(), scope);
        yield or.branches().stream().allMatch(branch -> isSteady(branch, inner, given));
      }
      case Clause.RuleCall call -> {
        Symbol name = call.name();
        Rule rule = execution.rule(name);
        String inner = Execution.scoped(call.source(), scope);
        yield rule != null
            && !execution.tables().isRecursive(name)
            && rule.branches().stream()
                .allMatch(branch -> isSteady(branch.body(), inner, given(call, branch, bound)));
      }
      case Clause.Pattern ignored -> true;
      case Clause.Apply ignored -> true;
      case Clause.Not ignored -> true;
    };
  }

  /// The variables of a rule's head that a call binds.
  static Set<Variable> given(Clause.RuleCall call, Branch branch, Set<Variable> bound) {
    Set<Variable> given = new HashSet<>();
    for (int i = 0; i < call.args().size(); i++) {
      Term arg = call.args().get(i);
      if (arg instanceof Term.Constant || arg instanceof Variable v && bound.contains(v)) {
        given.add(branch.head().variables().get(i));
      }
    }
    return given;
  }

  private boolean isSteady(List<Clause> branch, String scope, Set<Variable> given) {
    Body body = execution.body(branch, given, scope);
    boolean[] all = new boolean[body.count()];
    Arrays.fill(all, true);
    return !body.mayHaveCycle() && isSo(body, all, scope, given);
  }
}
