package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.AnomalyException;
import valence.engine.query.exec.Ordering.Placed;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.Place;
import valence.engine.query.syntax.Term;
import valence.engine.query.syntax.Term.Variable;

/// Runs the clauses of one conjunction, each once, in the order that looks cheapest after every
/// step.
final class Conjunction {
  /// A pattern is run before a rule or disjunction that is ready when it makes at most so many
  /// rows,
  private static final double ROWS_CHEAP = 1000;

  /// or at most so many times the rows there are.
  private static final double GROWTH_CHEAP = 2;

  /// Relations with fewer rows aren't searched for equal ones on the way.
  private static final int ROWS_DISTINCT_MIN = 64;

  private final Execution execution;
  private final Budget budget;
  private final List<Placed> placed;
  private final String scope;
  private final Set<Variable> wanted;
  private final boolean[] done;
  private final List<Relation> givens = new ArrayList<>();
  private final Trace.@Nullable Phase phase; // null when nobody looks
  private Relation current = Relation.UNIT;
  // A pattern without variables rejects nothing beside clauses that have some, as in the reference;
  // alone, as in `(not [_ :attribute 5])`, it asks whether there is such a datom.
  private boolean ignoresConstants;
  private boolean isHurried; // whether patterns no longer wait for names of attributes
  private Object ran = List.of(); // last: a clause, or the variables of a given relation

  Conjunction(Execution execution, List<Placed> placed, String scope, Set<Variable> wanted) {
    this.execution = execution;
    this.budget = execution.budget();
    this.placed = placed;
    this.scope = scope;
    this.wanted = wanted;
    done = new boolean[placed.size()];
    Trace trace = execution.trace();
    phase = trace == null ? null : trace.phase(placed);
  }

  /// Leaves a clause out, whose rows are among the given relations.
  Conjunction without(int index) {
    done[index] = true;
    return this;
  }

  /// The rows over the wanted variables, equal ones perhaps more than once.
  ///
  /// @param start what to begin with
  /// @param inputs what else to join
  Relation run(Relation start, List<Relation> inputs) {
    current = start;
    ignoresConstants = !inputs.isEmpty()
        || placed.stream().anyMatch(each -> !each.clause().variables().isEmpty());
    givens.addAll(inputs);
    while (current.count() > 0) {
      budget.check();
      Relation before = current;
      if (!joinGiven() && !stepPlaced()) {
        return current.project(wanted);
      }
      drop();
      if (phase != null) {
        phase.ran(ran, before, current);
      }
    }
    tellDoubtsOfUnrun();
    return Relation.empty(wanted);
  }

  /// A mistake in a clause that nothing was left for may be why.
  private void tellDoubtsOfUnrun() {
    for (int i = 0; phase != null && i < done.length; i++) {
      if (!done[i]
          && placed.get(i).clause() instanceof Clause.Pattern pattern
          && execution.source(pattern.source(), scope) instanceof Source.Facts) {
        Set<Doubt> doubts = new LinkedHashSet<>();
        execution.facts(pattern, scope).addDoubts(Relation.UNIT, doubts);
        if (!doubts.isEmpty()) {
          phase.doubts(pattern).addAll(doubts);
        }
      }
    }
  }

  /// Joins given relations that can't make many rows, and values that must be resolved.
  private boolean joinGiven() {
    for (Relation given : givens) {
      boolean connected = !current.shared(given).isEmpty();
      if (connected
          || (double) current.count() * given.count() <= Math.max(ROWS_CHEAP, given.count())
          || isLast()) {
        givens.remove(given);
        ran = given.variables();
        current = Join.natural(current, given, budget, given.variables());
        return true;
      }
    }
    return false;
  }

  /// Whether no clause can go on without the given relations.
  private boolean isLast() {
    for (int i = 0; i < done.length; i++) {
      if (!done[i] && isReady(i)) {
        return false;
      }
    }
    return true;
  }

  private boolean stepPlaced() {
    try {
      return step();
    } catch (AnomalyException thrown) {
      throw ran instanceof Clause clause ? Place.in(clause.form(), thrown) : thrown;
    }
  }

  private boolean step() {
    int call = -1;
    int pattern = -1;
    double rows = Double.MAX_VALUE;
    for (int i = 0; i < done.length; i++) {
      if (done[i] || !isReady(i)) {
        continue;
      }
      switch (placed.get(i).clause()) {
        case Clause.Apply apply -> {
          ran = apply;
          if (phase != null) {
            execution.expression(apply, scope).addDoubts(current, phase.doubts(apply));
          }
          finish(i, execution.expression(apply, scope).apply(current, budget));
          return true;
        }
        case Clause.Not not -> {
          ran = not;
          finish(i, not(not));
          return true;
        }
        case Clause.Pattern one -> {
          double estimate = estimate(one);
          if (estimate < rows) {
            pattern = i;
            rows = estimate;
          }
        }
        case Clause.RuleCall ignored -> call = call < 0 ? i : call;
        case Clause.Or ignored -> call = call < 0 ? i : call;
      }
    }
    boolean cheap = rows <= Math.max(ROWS_CHEAP, current.count() * GROWTH_CHEAP);
    if (pattern >= 0 && (cheap || call < 0)) {
      ran = placed.get(pattern).clause();
      finish(pattern, pattern((Clause.Pattern) placed.get(pattern).clause()));
      return true;
    }
    if (call < 0 && !isHurried && !allDone()) {
      isHurried = true; // clauses wait for each other
      return step();
    }
    if (call < 0) {
      assert allDone() : "no clause can run";
      return false;
    }
    ran = placed.get(call).clause();
    finish(
        call,
        switch (placed.get(call).clause()) {
          case Clause.RuleCall rule ->
            execution.tables().call(rule, placed.get(call).boundBefore(), current, scope);
          case Clause.Or or -> or(or);
          default -> throw new AssertionError();
        });
    return true;
  }

  private boolean allDone() {
    for (boolean each : done) {
      if (!each) {
        return false;
      }
    }
    return true;
  }

  private void finish(int index, Relation result) {
    done[index] = true;
    current = result;
  }

  private boolean isReady(int index) {
    Clause clause = placed.get(index).clause();
    return switch (clause) {
      case Clause.Apply apply ->
        Expression.isTotal(apply.call()) && apply.binding().isEmpty()
            ? areBound(apply.call().variables())
            : followsAll(index);
      case Clause.Not not -> isPure(not.body()) ? areBound(not.shared()) : followsAll(index);
      case Clause.RuleCall ignored -> followsAll(index);
      case Clause.Or ignored -> followsAll(index);
      case Clause.Pattern pattern -> isReady(index, pattern);
    };
  }

  private boolean areBound(Set<Variable> variables) {
    for (Variable variable : variables) {
      if (!current.has(variable)) {
        return false;
      }
    }
    return true;
  }

  private boolean followsAll(int index) {
    for (int i = 0; i < index; i++) {
      if (!done[i]) {
        return false;
      }
    }
    // What inputs give counts as written before everything.
    Set<Variable> variables = placed.get(index).clause().variables();
    for (Relation given : givens) {
      for (Variable variable : given.variables()) {
        if (variables.contains(variable)) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean isReady(int index, Clause.Pattern pattern) {
    Set<Variable> variables = pattern.variables();
    for (Relation given : givens) {
      for (Variable variable : given.variables()) {
        if (variables.contains(variable) && given.column(variable) instanceof Column.Objects) {
          return false;
        }
      }
    }
    if (execution.source(pattern.source(), scope) instanceof Source.Facts
        && !execution.facts(pattern, scope).isFindable(current.variableSet())) {
      return followsAll(index);
    }
    for (int i = 0; i < index; i++) {
      Clause before = placed.get(i).clause();
      if (!done[i]
          && Ordering.bringsForeignValues(before, execution)
          && !Collections.disjoint(before.variables(), variables)) {
        return false;
      }
    }
    return isHurried || !awaitsNames(pattern);
  }

  /// Whether another pattern will find names for the attributes of this one: what is found before
  /// them has entity ids there, which no keyword is equal to.
  private boolean awaitsNames(Clause.Pattern pattern) {
    for (int i = 0; i < done.length; i++) {
      if (!done[i]
          && placed.get(i).clause() instanceof Clause.Pattern other
          && other != pattern
          && execution.source(pattern.source(), scope) instanceof Source.Facts
          && execution.source(other.source(), scope) instanceof Source.Facts
          && execution.facts(other, scope).findsNames(execution.facts(pattern, scope))) {
        return true;
      }
    }
    return false;
  }

  /// Whether clauses call nothing that can fail.
  private static boolean isPure(List<Clause> clauses) {
    for (Clause clause : clauses) {
      boolean pure = switch (clause) {
        case Clause.Pattern ignored -> true;
        case Clause.Apply apply -> Expression.isTotal(apply.call());
        case Clause.Not not -> isPure(not.body());
        case Clause.Or or -> or.branches().stream().allMatch(Conjunction::isPure);
        case Clause.RuleCall ignored -> false;
      };
      if (!pure) {
        return false;
      }
    }
    return true;
  }

  private double estimate(Clause.Pattern pattern) {
    return switch (execution.source(pattern.source(), scope)) {
      case Source.Facts ignored -> execution.facts(pattern, scope).estimate(current);
      case Source.Rows ignored ->
        Collections.disjoint(pattern.variables(), current.variables())
            ? ROWS_CHEAP * current.count()
            : current.count();
    };
  }

  private Relation pattern(Clause.Pattern pattern) {
    if (ignoresConstants && pattern.variables().isEmpty()) {
      if (phase != null) {
        phase.ignored(pattern);
      }
      return current;
    }
    return switch (execution.source(pattern.source(), scope)) {
      case Source.Facts ignored -> {
        FactsPattern facts = execution.facts(pattern, scope);
        if (phase != null) {
          facts.addDoubts(current, phase.doubts(pattern));
        }
        yield facts.join(current, budget);
      }
      case Source.Rows rows ->
        Join.natural(current, RowsPattern.scan(rows, pattern, budget), budget, pattern.form());
    };
  }

  /// The distinct rows of what is bound of some variables.
  private Relation seed(Set<Variable> variables) {
    List<Variable> bound = new ArrayList<>(variables);
    bound.retainAll(current.variables());
    return current.project(bound).distinct(budget);
  }

  private Relation not(Clause.Not not) {
    Set<Variable> shared = not.shared();
    Relation seed = seed(shared);
    if (not.body().isEmpty()) {
      return current;
    }
    Relation found = run(not.body(), seed, shared, Execution.scoped(not.source(), scope));
    return Join.semi(current, found, false, List.copyOf(shared), budget);
  }

  private Relation run(List<Clause> body, Relation seed, Set<Variable> variables, String inner) {
    List<Placed> order = new Ordering(execution).order(body, seed.variableSet(), inner);
    return new Conjunction(execution, order, inner, variables).run(seed, List.of());
  }

  private Relation or(Clause.Or or) {
    Set<Variable> head = new LinkedHashSet<>(or.head().variables());
    Relation seed = seed(head);
    List<Relation> parts = new ArrayList<>();
    for (List<Clause> branch : or.branches()) {
      parts.add(run(branch, seed, head, Execution.scoped(or.source(), scope)));
    }
    Relation union = Union.of(head, parts, budget).distinct(budget);
    return Join.natural(current, union, budget, or.form());
  }

  /// Forgets variables that nothing needs any more.
  private void drop() {
    Set<Variable> needed = new LinkedHashSet<>(wanted);
    for (int i = 0; i < done.length; i++) {
      if (!done[i]) {
        needed.addAll(placed.get(i).clause().variables());
      }
    }
    givens.forEach(given -> needed.addAll(given.variables()));
    List<Variable> kept = new ArrayList<>(current.variables());
    if (kept.retainAll(needed)) {
      current = current.project(kept);
      if (kept.isEmpty() || current.count() >= ROWS_DISTINCT_MIN) {
        current = current.distinct(budget);
      }
    }
  }

  /// The relation over the variables of arguments that rows of answers make, which have a column
  /// for each argument.
  static Relation ofArguments(List<Term> args, Relation answers, Budget budget) {
    List<Variable> variables = new ArrayList<>();
    List<Column> columns = new ArrayList<>();
    int[] rows = new int[answers.count()];
    int count = 0;
    for (int row = 0; row < answers.count(); row++) {
      budget.tick();
      if (agrees(args, answers, row)) {
        rows[count++] = row;
      }
    }
    for (int i = 0; i < args.size(); i++) {
      if (args.get(i) instanceof Variable variable && !variables.contains(variable)) {
        variables.add(variable);
        columns.add(answers.column(i).gather(rows, count));
      }
    }
    return new Relation(variables, columns, count).distinct(budget);
  }

  private static boolean agrees(List<Term> args, Relation answers, int row) {
    for (int i = 0; i < args.size(); i++) {
      Term arg = args.get(i);
      @Nullable Object value = answers.value(row, i);
      if (arg instanceof Term.Constant(Object constant)
          && !Values.equal(Values.normalize(constant), value)) {
        return false;
      }
      int first = args.indexOf(arg);
      if (arg instanceof Variable && first < i && !Values.equal(answers.value(row, first), value)) {
        return false;
      }
    }
    return true;
  }
}
