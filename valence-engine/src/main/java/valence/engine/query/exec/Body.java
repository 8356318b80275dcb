package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import valence.engine.query.exec.Ordering.Placed;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.Term.Variable;

/// A conjunction in an order in which it can run, with what follows from its text alone. Immutable;
/// many runs and threads share one.
final class Body {
  /// Longs that are kept of what has no cycle.
  private static final int ACYCLIC_MAX = 64;

  private final List<Placed> placed;
  private final Variable[] bySlot;
  private final int[][] used; // slots, by clause
  private final Variable[] @Nullable [] needed; // of clauses that may run once these are bound
  private final int[][] awaited; // clauses written before a pattern that must have run
  private final Variable[][] variables; // by clause
  private final boolean hasVariables;
  private final boolean hasTests;
  private final boolean mayHaveCycle;
  private volatile long[] acyclic = {}; // pairs of sets of clauses and variables, as bits

  Body(List<Placed> placed, Execution execution) {
    this.placed = List.copyOf(placed);
    int count = placed.size();
    used = new int[count][];
    needed = new Variable[count][];
    awaited = new int[count][];
    variables = new Variable[count][];
    List<Set<Variable>> sets = new ArrayList<>();
    for (Placed each : placed) {
      sets.add(each.clause().variables());
    }
    Map<Variable, Integer> slots = new LinkedHashMap<>();
    boolean isTested = false;
    for (int i = 0; i < count; i++) {
      used[i] = new int[sets.get(i).size()];
      int next = 0;
      for (Variable variable : sets.get(i)) {
        Integer slot = slots.get(variable);
        used[i][next++] = slot == null ? slots.size() : slot;
        slots.putIfAbsent(variable, slots.size());
      }
      needed[i] = needed(placed.get(i).clause());
      awaited[i] = awaited(i, sets, execution);
      variables[i] = sets.get(i).toArray(new Variable[0]);
      isTested |= placed.get(i).clause() instanceof Clause.Apply apply
          && apply.binding().isEmpty();
    }
    bySlot = slots.keySet().toArray(new Variable[0]);
    hasVariables = bySlot.length > 0;
    hasTests = isTested;
    mayHaveCycle = mayHaveCycle(placed);
  }

  /// Whether so many variables are shared that patterns could form a cycle.
  private static boolean mayHaveCycle(List<Placed> placed) {
    if (placed.size() < 2) {
      return false;
    }
    Set<Variable> seen = new HashSet<>(placed.getFirst().boundBefore());
    Set<Variable> shared = new HashSet<>();
    for (Placed each : placed) {
      for (Variable variable : each.clause().variables()) {
        if (!seen.add(variable)) {
          shared.add(variable);
        }
      }
    }
    return shared.size() > 2 && isClosed(placed);
  }

  /// Whether some variables are connected in two ways, by clauses that bring rows or by the inputs.
  private static boolean isClosed(List<Placed> placed) {
    Map<Variable, Variable> towards = new HashMap<>(); // one that it is connected with
    boolean isClosed = connect(placed.getFirst().boundBefore(), towards);
    for (Placed each : placed) {
      boolean isFilter = each.clause() instanceof Clause.Not
          || each.clause() instanceof Clause.Apply apply && apply.binding().isEmpty();
      isClosed |= !isFilter && connect(each.clause().variables(), towards);
    }
    return isClosed;
  }

  /// Connects variables with each other; true when some of them were already.
  private static boolean connect(Set<Variable> variables, Map<Variable, Variable> towards) {
    boolean isClosed = false;
    Variable first = null;
    for (Variable variable : variables) {
      Variable end = end(variable, towards);
      if (first == null) {
        first = end;
      } else if (end.equals(first)) {
        isClosed = true;
      } else {
        towards.put(end, first);
      }
    }
    return isClosed;
  }

  private static Variable end(Variable variable, Map<Variable, Variable> towards) {
    Variable end = variable;
    for (Variable next = towards.get(end); next != null; next = towards.get(end)) {
      end = next;
    }
    return end;
  }

  private static Variable @Nullable [] needed(Clause clause) {
    return switch (clause) {
      case Clause.Apply apply ->
        Expression.isTotal(apply.call()) && apply.binding().isEmpty()
            ? apply.call().variables().toArray(new Variable[0])
            : null;
      case Clause.Not not ->
        isPure(not.body(), call -> false) ? not.shared().toArray(new Variable[0]) : null;
      case Clause.RuleCall ignored -> null;
      case Clause.Or ignored -> null;
      case Clause.Pattern ignored -> null;
    };
  }

  /// Whether clauses call nothing that can fail.
  ///
  /// @param calls whether that is so of a rule that is called
  static boolean isPure(List<Clause> clauses, Predicate<Clause.RuleCall> calls) {
    for (Clause clause : clauses) {
      boolean pure = switch (clause) {
        case Clause.Pattern ignored -> true;
        case Clause.Apply apply -> Expression.isTotal(apply.call());
        case Clause.Not not -> isPure(not.body(), calls);
        case Clause.Or or -> or.branches().stream().allMatch(branch -> isPure(branch, calls));
        case Clause.RuleCall call -> calls.test(call);
      };
      if (!pure) {
        return false;
      }
    }
    return true;
  }

  /// The clauses before a pattern that may bring it values which have to be resolved.
  private int[] awaited(int index, List<Set<Variable>> sets, Execution execution) {
    if (!(placed.get(index).clause() instanceof Clause.Pattern)) {
      return new int[0];
    }
    List<Integer> before = new ArrayList<>();
    for (int i = 0; i < index; i++) {
      if (!Collections.disjoint(sets.get(i), sets.get(index))
          && Ordering.bringsForeignValues(placed.get(i).clause(), execution)) {
        before.add(i);
      }
    }
    return before.stream().mapToInt(Integer::intValue).toArray();
  }

  int count() {
    return placed.size();
  }

  List<Placed> placed() {
    return placed;
  }

  Clause clause(int index) {
    return placed.get(index).clause();
  }

  boolean hasVariables() {
    return hasVariables;
  }

  /// Whether a clause may be decided as soon as its variables are bound.
  boolean hasTests() {
    return hasTests;
  }

  /// Those of a clause, not to be written to.
  Variable[] variables(int index) {
    return variables[index];
  }

  boolean mayHaveCycle() {
    return mayHaveCycle;
  }

  /// Whether some run found that what is left has no cycle.
  ///
  /// @param done  clauses, a bit each
  /// @param bound variables, a bit each
  boolean isAcyclic(long done, long bound) {
    long[] known = acyclic;
    for (int i = 0; i < known.length; i += 2) {
      if (known[i] == done && known[i + 1] == bound) {
        return true;
      }
    }
    return false;
  }

  /// Remembers for other runs that what is left has no cycle.
  void noteAcyclic(long done, long bound) {
    long[] known = acyclic;
    if (known.length < ACYCLIC_MAX) {
      long[] more = Arrays.copyOf(known, known.length + 2);
      more[known.length] = done;
      more[known.length + 1] = bound;
      acyclic = more; // what another thread notes meanwhile may be lost, and is found again
    }
  }

  /// All that the clauses have.
  Variable[] variables() {
    return bySlot;
  }

  /// How many variables the clauses have.
  int slotCount() {
    return bySlot.length;
  }

  /// The number of a variable; -1 when no clause has it.
  int slot(Variable variable) {
    for (int i = 0; i < bySlot.length; i++) {
      if (bySlot[i].equals(variable)) {
        return i;
      }
    }
    return -1;
  }

  /// Whether a clause has a variable.
  boolean uses(int index, Variable variable) {
    for (Variable used : variables[index]) {
      if (used.equals(variable)) {
        return true;
      }
    }
    return false;
  }

  /// The variables of a clause, which are not to be written to.
  int[] used(int index) {
    return used[index];
  }

  /// What has to be bound before a test may run; null for clauses that follow all before them, and
  /// for patterns.
  Variable @Nullable [] needed(int index) {
    return needed[index];
  }

  int[] awaited(int index) {
    return awaited[index];
  }
}
