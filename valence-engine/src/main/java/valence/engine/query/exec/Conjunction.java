package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.AnomalyException;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.Place;
import valence.engine.query.syntax.RuleSet.Branch;
import valence.engine.query.syntax.RuleSet.Rule;
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

  /// Where the next pattern makes more rows, it is thought through what comes after it.
  private static final double ROWS_LOOKAHEAD_MIN = 64;

  /// Rows that are hashed and looked up in the time of asking an index once.
  private static final double SHARED_ROWS_PER_ROW = 4;

  /// Relations with fewer rows aren't searched for equal ones on the way.
  private static final int ROWS_DISTINCT_MIN = 64;

  private final Execution execution;
  private final Budget budget;
  private final Body body;
  private final String scope;
  private final Set<Variable> wanted;
  private final boolean[] done;
  private final @Nullable FactsPattern[] facts; // of patterns over databases, once they are needed
  private final int[] choices; // patterns that may run next
  private final int[] uses; // by variable of the body: who still needs it
  private final List<Relation> givens = new ArrayList<>();
  private final Trace.@Nullable Phase phase; // null when nobody looks
  private final boolean isTold; // whether each clause has to do its own work, to be seen
  private Relation current = Relation.UNIT;
  private long enough = Long.MAX_VALUE; // rows; whatever is found beyond isn't wanted
  private int first; // clause that isn't done
  // A pattern without variables rejects nothing beside clauses that have some, as in the reference;
  // alone, as in `(not [_ :attribute 5])`, it asks whether there is such a datom.
  private boolean ignoresConstants;
  private boolean isHurried; // whether patterns no longer wait for names of attributes
  private boolean isPart; // whether clauses were left out, or rows that aren't asked for
  private boolean isTest;
  private boolean mayDrop = true; // whether a variable may have lost its last use
  private Object ran = List.of(); // last: a clause, or the variables of a given relation
  // Null unless what was run so far may be what other conjunctions begin with.
  private @Nullable SharedGroups groups;
  private Relation begun = Relation.UNIT;

  Conjunction(Execution execution, Body body, String scope, Set<Variable> wanted) {
    this.execution = execution;
    this.budget = execution.budget();
    this.body = body;
    this.scope = scope;
    this.wanted = wanted;
    done = new boolean[body.count()];
    facts = new FactsPattern[body.count()];
    choices = new int[body.count()];
    uses = new int[body.slotCount()];
    for (int i = 0; i < body.count(); i++) {
      for (int slot : body.used(i)) {
        uses[slot]++;
      }
    }
    Trace trace = execution.trace();
    phase = trace == null ? null : trace.phase(body.placed(), budget.operator());
    isTold = trace != null && !trace.isPlan();
  }

  /// Leaves a clause out, whose rows are among the given relations.
  Conjunction without(int index) {
    markDone(index);
    isPart = true;
    return this;
  }

  /// Says how many distinct rows are enough: the first ones of those that it would find.
  Conjunction stoppingAt(long rows) {
    enough = rows;
    return this;
  }

  /// Says that it is only asked which of the rows it begins with have any others: in whatever
  /// order.
  private Conjunction testing() {
    isTest = true;
    return this;
  }

  private void markDone(int index) {
    done[index] = true;
    while (first < done.length && done[first]) {
      first++;
    }
    for (int slot : body.used(index)) {
      mayDrop |= --uses[slot] == 0;
    }
  }

  /// The rows over the wanted variables, equal ones perhaps more than once.
  ///
  /// @param start what to begin with
  /// @param inputs what else to join
  Relation run(Relation start, List<Relation> inputs) {
    long heldBytes = budget.heldBytes();
    try {
      return joined(start, inputs);
    } finally {
      budget.hold(heldBytes);
    }
  }

  private Relation joined(Relation start, List<Relation> inputs) {
    long heldBytes = budget.heldBytes();
    current = start;
    begun = start;
    groups = isPart || isTold ? null : groups();
    ignoresConstants = !inputs.isEmpty() || body.hasVariables();
    givens.addAll(inputs);
    while (current.count() > 0) {
      budget.check();
      Relation before = current;
      Operator outer = budget.operator();
      boolean isOver = !joinGiven() && !stepPlaced();
      Operator operator = budget.enter(outer);
      if (isOver) {
        return current.project(wanted);
      }
      drop();
      long bytes = current.bytes();
      operator.ran(before.count(), current.count(), bytes);
      budget.hold(heldBytes + bytes);
      if (phase != null) {
        phase.ran(ran, before, current);
      }
      share();
    }
    tellDoubtsOfUnrun();
    return Relation.empty(wanted);
  }

  /// What conjunctions may share, if this is one with several patterns that others have, too.
  private @Nullable SharedGroups groups() {
    SharedGroups all = execution.groups();
    SharedPatterns patterns = execution.shared();
    if (all == null || patterns == null) {
      return null;
    }
    boolean isWorth = execution.plan().kept(body, "groups", () -> {
      List<Clause> repeated = new ArrayList<>();
      for (int i = 0; i < body.count(); i++) {
        if (body.clause(i) instanceof Clause.Pattern pattern && patterns.isRepeated(pattern)) {
          repeated.add(pattern);
        }
      }
      return hasRepeatedPair(all, repeated);
    });
    return isWorth ? all : null;
  }

  private static boolean hasRepeatedPair(SharedGroups all, List<Clause> patterns) {
    for (int i = 0; i < patterns.size(); i++) {
      for (int j = i + 1; j < patterns.size(); j++) {
        if (all.isRepeated(List.of(patterns.get(i), patterns.get(j)))) {
          return true;
        }
      }
    }
    return false;
  }

  /// Keeps the rows for conjunctions that begin with the same clauses.
  private void share() {
    if (groups == null) {
      return;
    }
    List<Clause> clauses = new ArrayList<>();
    Set<Variable> made = begun.variableSet();
    int patterns = 0;
    boolean isClosed = true;
    for (int i = 0; i < done.length; i++) {
      if (done[i]) {
        Clause clause = body.clause(i);
        isClosed &= SharedGroups.mayShare(clause);
        clauses.add(clause);
        if (clause instanceof Clause.Pattern) {
          patterns++;
          made.addAll(clause.variables());
        }
      }
    }
    for (Clause clause : clauses) {
      isClosed &= made.containsAll(clause.variables());
    }
    if (!isClosed || patterns > 1 && !groups.isRepeated(clauses)) {
      groups = null;
    } else if (patterns > 1) {
      groups.keep(begun, clauses, scope, current);
    }
  }

  /// Goes on from what another conjunction found that began with the same clauses.
  ///
  /// @param next the pattern that is to run next
  /// @param rows how many rows it would make; negative when nobody asked
  private boolean goOnFromShared(int next, double rows) {
    if (groups == null || groups.isEmpty() || current != begun) {
      return false;
    }
    List<Clause> clauses = new ArrayList<>();
    for (int i = 0; i < done.length; i++) {
      if (done[i]) {
        return false;
      }
      clauses.add(body.clause(i));
    }
    SharedGroups.Found found =
        groups.find(begun, clauses, scope, each -> isOfUse(each, next, rows));
    if (found == null) {
      return false;
    }
    int told = found.clauses().contains(next) ? next : found.clauses().getFirst();
    run(body.clause(told));
    budget.operator().by(Operator.Way.SHARED);
    for (int i : found.clauses()) {
      markDone(i);
    }
    Relation shared = found.rows();
    current = found.isOfStart()
        ? shared
        : Join.natural(current, shared, budget, body.clause(told).form());
    mayDrop = true;
    for (int i : found.clauses()) {
      if (i != told) {
        budget.operator().filter(body.clause(i).form());
        if (phase != null) {
          phase.operator(body.clause(i)).by(Operator.Way.SHARED);
          phase.ran(body.clause(i), current, current); // as if they had let all pass
        }
      }
    }
    return true;
  }

  /// Whether rows that were found elsewhere have what is needed here, and take less than what would
  /// be done else.
  private boolean isOfUse(SharedGroups.Found found, int next, double rows) {
    Relation shared = found.rows();
    if (!found.clauses().contains(next)
        && (rows < 0 || shared.count() > rows || !found.isOfStart())) {
      return false;
    }
    Set<Variable> concerned = found.isOfStart() ? begun.variableSet() : new HashSet<>();
    boolean isReady = true;
    for (int i : found.clauses()) {
      concerned.addAll(body.clause(i).variables());
      isReady &= !(body.clause(i) instanceof Clause.Pattern pattern) || isReady(i, pattern);
    }
    for (Variable variable : concerned) {
      int times = 0;
      for (int i : found.clauses()) {
        times += body.uses(i, variable) ? 1 : 0;
      }
      boolean isKept = shared.has(variable);
      isReady &= isKept || !isNeeded(variable, times);
      isReady &= isKept || found.isOfStart() || !begun.has(variable);
    }
    return isReady && (found.isOfStart() || joinsFew(found));
  }

  /// Whether joining the rows takes less than asking the indexes for each row that there is.
  private boolean joinsFew(SharedGroups.Found found) {
    List<Variable> common = begun.shared(found.rows());
    for (Variable variable : common) {
      if (begun.column(variable) instanceof Column.Objects) {
        return false; // perhaps names, which have to be resolved
      }
    }
    return isTest
        && !common.isEmpty()
        && found.rows().count() <= SHARED_ROWS_PER_ROW * found.clauses().size() * begun.count();
  }

  /// A mistake in a clause that nothing was left for may be why.
  private void tellDoubtsOfUnrun() {
    for (int i = 0; phase != null && i < done.length; i++) {
      if (!done[i]
          && body.clause(i) instanceof Clause.Pattern pattern
          && execution.source(pattern.source(), scope) instanceof Source.Facts) {
        Set<Doubt> doubts = new LinkedHashSet<>();
        facts(i, pattern).addDoubts(Relation.UNIT, doubts);
        if (!doubts.isEmpty()) {
          phase.doubts(pattern).addAll(doubts);
        }
      }
    }
  }

  /// Joins given relations that can't make many rows, and values that must be resolved.
  private boolean joinGiven() {
    for (Relation given : givens) {
      if (isConnected(given)
          || (double) current.count() * given.count() <= Math.max(ROWS_CHEAP, given.count())
          || isLast()) {
        givens.remove(given);
        groups = null;
        mayDrop = true;
        run(given.variables());
        budget.operator().by(Operator.Way.INPUT);
        current = current == Relation.UNIT
            ? given
            : Join.natural(current, given, budget, given.variables());
        return true;
      }
    }
    return false;
  }

  private boolean isConnected(Relation given) {
    for (Variable variable : given.variables()) {
      if (current.has(variable)) {
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

  /// Begins a step: time and rows are those of the clause, or of the given rows.
  private void run(Object what) {
    ran = what;
    budget.enter(phase == null ? budget.operator(what) : phase.operator(what));
    if (phase != null
        && what instanceof Clause.Pattern pattern
        && execution.source(pattern.source(), scope) instanceof Source.Facts) {
      budget.operator().distinct(execution.facts(pattern, scope).distinctAbout());
    }
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
    int ready = 0; // patterns
    for (int i = first; i < done.length; i++) {
      if (done[i] || !isReady(i)) {
        continue;
      }
      switch (body.clause(i)) {
        case Clause.Apply apply -> {
          run(apply);
          if (phase != null) {
            execution.expression(apply, scope).addDoubts(current, phase.doubts(apply));
          }
          boolean repeats = execution.uses(Optimization.REPEATED_CALLS);
          finish(i, execution.expression(apply, scope).apply(current, repeats, budget));
          return true;
        }
        case Clause.Not not -> {
          run(not);
          finish(i, not(not));
          return true;
        }
        case Clause.Pattern ignored -> choices[ready++] = i;
        case Clause.RuleCall ignored -> call = call < 0 ? i : call;
        case Clause.Or ignored -> call = call < 0 ? i : call;
      }
    }
    int pattern = -1;
    double rows = -1;
    boolean isPoint = false;
    if (ready == 1 && call < 0 && phase == null) {
      pattern = choices[0]; // there is nothing to choose
    } else if (ready > 1 && current.count() == 1) {
      pattern = point(ready); // nothing can be cheaper
      isPoint = pattern >= 0;
      rows = isPoint ? 1 : -1;
    }
    if (pattern < 0) {
      for (int i = 0; i < ready; i++) {
        double estimate = estimate(choices[i]);
        if (i == 0 || estimate < rows) {
          pattern = choices[i];
          rows = estimate;
        }
      }
      if (ready > 2 && current.count() > 0 && isAlone(pattern)) {
        int other = goingOn(ready, pattern, rows);
        rows = other == pattern ? rows : estimate(other);
        pattern = other;
      }
      if (ready > 2 && rows > ROWS_LOOKAHEAD_MIN) {
        int other = lookAhead(ready, pattern);
        rows = other == pattern ? rows : estimate(other);
        pattern = other;
      }
    }
    if (pattern >= 0 && groups != null && goOnFromShared(pattern, rows)) {
      return true;
    }
    boolean cheap = rows <= Math.max(ROWS_CHEAP, current.count() * GROWTH_CHEAP);
    if (pattern >= 0 && (cheap || call < 0)) {
      if (rows >= 0 && !isPoint && joinCycle(rows)) {
        return true;
      }
      if (enough < Long.MAX_VALUE && !isPoint && stopEarly(pattern)) {
        return false;
      }
      run(body.clause(pattern));
      if (rows >= 0) {
        budget.operator().estimated(rows);
      }
      finish(pattern, pattern(pattern, (Clause.Pattern) body.clause(pattern)));
      return true;
    }
    if (call < 0 && !isHurried && first < done.length) {
      isHurried = true; // clauses wait for each other
      return step();
    }
    if (call < 0) {
      assert first == done.length : "no clause can run";
      return false;
    }
    if (enough < Long.MAX_VALUE && (stopEarly(call) || stopInBranches(call))) {
      return false;
    }
    run(body.clause(call));
    finish(
        call,
        switch (body.clause(call)) {
          case Clause.RuleCall rule ->
            execution.tables().call(rule, body.placed().get(call).boundBefore(), current, scope);
          case Clause.Or or -> or(or);
          default -> throw new AssertionError();
        });
    return true;
  }

  /// Takes rows through the clauses that are left, block by block, until there are enough of them;
  /// false when that isn't worth it, or would find others than the first ones.
  ///
  /// @param next the clause that is to run next
  private boolean stopEarly(int next) {
    double few = Tail.rowsMin(execution.blockRows(), enough);
    Clause.Pattern scanned =
        current.count() == 1 && body.clause(next) instanceof Clause.Pattern pattern
            ? pattern
            : null;
    if (isTold
        || groups != null // others wait for what all of it makes
        || body.mayHaveCycle()
        || !body.hasVariables()
        || !givens.isEmpty()
        || scanned != null && !(execution.source(scanned.source(), scope) instanceof Source.Facts)
        || (scanned != null ? estimate(next) : current.count()) < few
        || !isRowByRow(scanned != null ? next : -1)) {
      return false;
    }
    Clause clause = body.clause(next);
    if (scanned == null) {
      Relation all = current;
      int[] from = {0};
      through(
          clause,
          wantedRows -> {
            int count = (int) Math.min(wantedRows, all.count() - from[0]);
            Relation block = count == 0 ? null : all.slice(from[0], count);
            from[0] += count;
            return block;
          },
          all.count());
      return true;
    }
    run(clause);
    FactsPattern pattern = facts(next, scanned);
    if (phase != null) {
      pattern.addDoubts(current, phase.doubts(clause));
    }
    FactsPattern narrowed = narrowed(pattern, true);
    FactsJoin.Blocks blocks = new FactsJoin(narrowed, current, needed(next), execution).blocks();
    markDone(next);
    Relation before = current;
    Operator operator = budget.operator();
    through(
        clause,
        wantedRows -> {
          Relation block = blocks == null ? null : blocks.next(wantedRows);
          if (block != null) {
            operator.ran(before.count(), block.count(), block.bytes());
            if (phase != null) {
              phase.ran(clause, before, block);
            }
          }
          return block;
        },
        narrowed.rowCount());
    return true;
  }

  /// Takes what each branch of an `or` or a rule finds through the clauses that are left, until
  /// there is enough; false when it isn't the same as if all of them were run first.
  ///
  /// @param index of the clause, which goes on from a single row
  private boolean stopInBranches(int index) {
    Clause clause = body.clause(index);
    boolean[] left = left(index);
    boolean isLast = !hasAny(left);
    Set<Variable> known = current.variableSet();
    known.addAll(clause.variables());
    if (isTold
        || groups != null
        || current.count() != 1
        || !givens.isEmpty()
        || !body.hasVariables()
        || !execution.tables().isPure(clause)
        || !isLast && body.mayHaveCycle()
        || !new RowByRow(execution).isSo(body, left, scope, known)) {
      return false;
    }
    List<Alternative> alternatives = alternatives(clause);
    if (alternatives.size() < 2) {
      return false;
    }
    run(clause);
    markDone(index);
    Operator operator = budget.operator();
    operator.by(Operator.Way.UNION);
    Relation before = current;
    int[] next = {0};
    through(
        clause,
        _ -> {
          if (next[0] == alternatives.size()) {
            return null;
          }
          Relation block = found(alternatives.get(next[0]++), before, isLast);
          operator.ran(before.count(), block.count(), block.bytes());
          if (phase != null) {
            phase.ran(clause, before, block);
          }
          return block;
        },
        Long.MAX_VALUE);
    return true;
  }

  private static boolean hasAny(boolean[] left) {
    for (boolean each : left) {
      if (each) {
        return true;
      }
    }
    return false;
  }

  /// A branch of an `or` or a rule, under its own names.
  ///
  /// @param head its variables
  /// @param args what stands for each of them here
  private record Alternative(
      List<Clause> body, List<Variable> head, List<Term> args, String scope) {}

  /// The branches of a clause; none of a rule that comes to call itself.
  private List<Alternative> alternatives(Clause clause) {
    List<Alternative> alternatives = new ArrayList<>();
    if (clause instanceof Clause.Or or) {
      List<Variable> head = or.head().variables();
      String inner = Execution.scoped(or.source(), scope);
      for (List<Clause> branch : or.branches()) {
        alternatives.add(new Alternative(branch, head, List.copyOf(head), inner));
      }
    } else if (clause instanceof Clause.RuleCall call
        && RowByRow.hasPlainArguments(call)
        && !execution.tables().isRecursive(call.name())) {
      Rule rule = Objects.requireNonNull(execution.rule(call.name()));
      String inner = Execution.scoped(call.source(), scope);
      for (Branch branch : rule.branches()) {
        if (Set.copyOf(branch.head().variables()).size() < call.args().size()) {
          return List.of(); // one variable for two arguments
        }
        alternatives.add(
            new Alternative(branch.body(), branch.head().variables(), call.args(), inner));
      }
    }
    return alternatives;
  }

  /// What a branch makes of a row.
  ///
  /// @param isLast whether nothing is left to be run on that, so that no more than enough is asked
  private Relation found(Alternative alternative, Relation row, boolean isLast) {
    List<Variable> given = new ArrayList<>();
    List<Column> values = new ArrayList<>();
    Set<Variable> asked = new LinkedHashSet<>();
    List<Variable> names = new ArrayList<>();
    for (int i = 0; i < alternative.head().size(); i++) {
      Variable mine = alternative.head().get(i);
      switch (alternative.args().get(i)) {
        case Variable variable -> {
          if (row.has(variable)) {
            given.add(mine);
            values.add(row.column(variable));
          }
          if (!isLast || row.has(variable) || wanted.contains(variable)) {
            asked.add(mine);
            names.add(variable);
          }
        }
        case Term.Constant(Object value) -> {
          given.add(mine);
          values.add(Column.repeat(Values.normalize(value), 1));
        }
        default -> throw new AssertionError();
      }
    }
    Relation start = new Relation(given, values, 1);
    Body ordered = execution.body(alternative.body(), start.variableSet(), alternative.scope());
    Conjunction branch = new Conjunction(execution, ordered, alternative.scope(), asked)
        .stoppingAt(isLast ? enough : Long.MAX_VALUE);
    Relation found = branch.run(start, List.of()).project(asked).rename(names).distinct(budget);
    return Join.inOrder(row, found, budget, alternative.head());
  }

  /// Takes blocks through the clauses that are left until they have made enough.
  ///
  /// @param clause  that is told of, when it was ended
  /// @param rowsMax that the blocks have together, at most
  private void through(Clause clause, Tail.Blocks blocks, long rowsMax) {
    Tail tail = new Tail(wanted, enough, execution.blockRows(), budget, clause.form());
    current = tail.take(blocks, rowsMax, this::rest);
    if (tail.isEnded()) {
      (phase == null ? budget.operator((Object) clause) : phase.operator(clause))
          .by(Operator.Way.EARLY_STOP);
    }
    while (first < done.length) {
      markDone(first);
    }
  }

  /// What the clauses that are left make of some rows.
  private Relation rest(Relation block) {
    Conjunction rest = new Conjunction(execution, body, scope, wanted);
    for (int i = 0; i < done.length; i++) {
      if (done[i]) {
        rest.markDone(i);
      }
    }
    rest.isHurried = isHurried;
    rest.isPart = true;
    return rest.run(block, List.of());
  }

  /// Whether the clauses that are left may be those of a [Tail].
  ///
  /// @param scanned that is read first of all; negative when rows are there
  private boolean isRowByRow(int scanned) {
    Set<Variable> known = current.variableSet();
    if (scanned >= 0) {
      FactsPattern pattern = facts(scanned, (Clause.Pattern) body.clause(scanned));
      if (pattern.attribute() == null) {
        return false;
      }
      known.addAll(pattern.variables().values());
    }
    return new RowByRow(execution).isSo(body, left(scanned), scope, known);
  }

  /// The clauses that are left beside one.
  private boolean[] left(int beside) {
    boolean[] left = new boolean[done.length];
    for (int i = 0; i < left.length; i++) {
      left[i] = !done[i] && i != beside;
    }
    return left;
  }

  /// Whether a pattern has nothing to do with the rows that are there, which have variables.
  private boolean isAlone(int pattern) {
    for (Variable variable : body.variables(pattern)) {
      if (current.has(variable)) {
        return false;
      }
    }
    return !current.variables().isEmpty();
  }

  /// Instead of the smallest pattern, which has nothing to do with the rows, the best that goes on
  /// from them, if it makes fewer rows than that one and the one that would be joined with it next.
  ///
  /// @param rows what the smallest would make
  private int goingOn(int ready, int smallest, double rows) {
    int best = smallest;
    double bestRows = 0;
    double next = Double.MAX_VALUE;
    FactsPattern alone = null;
    for (int i = 0; i < ready; i++) {
      int choice = choices[i];
      if (!isAlone(choice)) {
        double estimate = estimate(choice);
        if (best == smallest || estimate < bestRows) {
          best = choice;
          bestRows = estimate;
        }
      } else if (choice != smallest && sharesVariable(choice, smallest)) {
        alone = alone == null ? known(smallest) : alone;
        FactsPattern joined = known(choice);
        if (alone != null && joined != null) {
          next = Math.min(next, joined.rowCount() * alone.share());
        }
      }
    }
    return best != smallest && bestRows < rows + next ? best : smallest;
  }

  /// The pattern to go on with after all those that may run are thought through to the end; another
  /// than the one that makes the fewest rows now only if that takes far less.
  ///
  /// @param next that makes the fewest rows
  private int lookAhead(int ready, int next) {
    if (!execution.uses(Optimization.LOOKAHEAD) || ready > Lookahead.PATTERNS_MAX) {
      return next;
    }
    Lookahead ahead = new Lookahead(current);
    int asked = -1;
    for (int i = 0; i < ready; i++) {
      FactsPattern known = known(choices[i]);
      if (known == null || !ahead.add(known, estimate(choices[i]))) {
        return next;
      }
      asked = choices[i] == next ? i : asked;
    }
    for (int i = 0; i < done.length; i++) {
      if (done[i] && body.clause(i) instanceof Clause.Pattern pattern) {
        if (execution.source(pattern.source(), scope) instanceof Source.Facts) {
          ahead.ran(facts(i, pattern));
        }
      }
    }
    return choices[ahead.best(asked)];
  }

  private boolean sharesVariable(int pattern, int other) {
    for (Variable variable : body.variables(pattern)) {
      if (body.uses(other, variable)) {
        return true;
      }
    }
    return false;
  }

  /// A pattern of facts of one attribute, as it would be read now; null when it is another.
  private @Nullable FactsPattern known(int index) {
    Clause.Pattern pattern = (Clause.Pattern) body.clause(index);
    return execution.source(pattern.source(), scope) instanceof Source.Facts
            && !facts(index, pattern).hasVariableAttribute()
        ? narrowed(facts(index, pattern), false)
        : null;
  }

  /// A pattern that makes no more than one row of one; negative when there is none.
  private int point(int ready) {
    for (int i = 0; i < ready; i++) {
      if (body.clause(choices[i]) instanceof Clause.Pattern pattern
          && execution.source(pattern.source(), scope) instanceof Source.Facts
          && facts(choices[i], pattern).isAtMostOne(current)) {
        return choices[i];
      }
    }
    return -1;
  }

  /// Joins patterns that form a cycle at once, if that takes less than going on pair by pair.
  ///
  /// @param rows how many rows the next pattern would make
  private boolean joinCycle(double rows) {
    if (!body.mayHaveCycle() || !execution.uses(Optimization.CYCLIC_JOINS)) {
      return false;
    }
    boolean isCounted =
        givens.isEmpty() && body.count() < Long.SIZE && body.slotCount() < Long.SIZE;
    long doneBits = isCounted ? doneBits() : 0;
    long boundBits = isCounted ? boundBits() : 0;
    if (isCounted && body.isAcyclic(doneBits, boundBits)) {
      return false;
    }
    List<Link> links = new ArrayList<>();
    List<Inequality> inequalities = new ArrayList<>();
    for (int i = first; i < done.length; i++) {
      Clause clause = body.clause(i);
      if (done[i]) {
        continue;
      }
      if (clause instanceof Clause.Pattern pattern
          && execution.source(pattern.source(), scope) instanceof Source.Facts
          && isReady(i)) {
        Link link = facts(i, pattern).link();
        if (link != null) {
          links.add(link);
        }
      } else if (clause instanceof Clause.Apply apply) {
        Inequality inequality = Inequality.of(apply);
        if (inequality != null) {
          inequalities.add(inequality);
        }
      }
    }
    double most = Math.max(rows, current.count());
    if (!CyclicJoin.mayBeCheaper(links, most)) {
      return false;
    }
    CyclicCore core = CyclicCore.find(links, current.variableSet());
    if (core == null && isCounted) {
      body.noteAcyclic(doneBits, boundBits);
    }
    if (core == null || !CyclicJoin.isCheaper(core, most)) {
      return false;
    }
    CyclicJoin join = CyclicJoin.of(core, inequalities, current);
    if (join == null) {
      return false;
    }
    run(core.edges().getFirst().clause());
    for (Clause clause : join.clauses()) {
      markDone(indexOf(clause));
      if (phase != null && clause instanceof Clause.Pattern pattern) {
        execution.facts(pattern, scope).addDoubts(current, phase.doubts(pattern));
      }
    }
    current = join.run(current, neededAfter(), budget);
    for (Clause clause : join.clauses()) {
      if (clause != ran) {
        budget.operator().filter(clause.form());
        if (phase != null) {
          phase.ran(clause, current, current); // as if they had let all pass
        }
      }
    }
    return true;
  }

  private long doneBits() {
    long bits = 0;
    for (int i = 0; i < done.length; i++) {
      bits |= done[i] ? 1L << i : 0;
    }
    return bits;
  }

  private long boundBits() {
    long bits = 0;
    for (int i = 0; i < body.slotCount(); i++) {
      bits |= current.has(body.variables()[i]) ? 1L << i : 0;
    }
    return bits;
  }

  private int indexOf(Clause clause) {
    for (int i = 0; i < done.length; i++) {
      if (body.clause(i) == clause) {
        return i;
      }
    }
    throw new AssertionError("no clause of this conjunction: " + clause.form());
  }

  private void finish(int index, Relation result) {
    markDone(index);
    current = result;
  }

  private boolean isReady(int index) {
    if (body.clause(index) instanceof Clause.Pattern pattern) {
      return isReady(index, pattern);
    }
    Variable[] needed = body.needed(index);
    return needed == null ? followsAll(index) : areBound(needed);
  }

  private boolean areBound(Variable[] variables) {
    for (Variable variable : variables) {
      if (!current.has(variable)) {
        return false;
      }
    }
    return true;
  }

  private boolean followsAll(int index) {
    if (first < index) {
      return false;
    }
    // What inputs give counts as written before everything.
    for (Relation given : givens) {
      for (Variable variable : given.variables()) {
        if (body.uses(index, variable)) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean isReady(int index, Clause.Pattern pattern) {
    for (Relation given : givens) {
      for (Variable variable : given.variables()) {
        if (body.uses(index, variable) && given.column(variable) instanceof Column.Objects) {
          return false;
        }
      }
    }
    boolean isFacts = execution.source(pattern.source(), scope) instanceof Source.Facts;
    if (isFacts
        && !facts(index, pattern).isFindable(Set.of())
        && !facts(index, pattern).isFindable(current.variableSet())) {
      return followsAll(index);
    }
    for (int before : body.awaited(index)) {
      if (!done[before]) {
        return false;
      }
    }
    return isHurried || !isFacts || !awaitsNames(index, facts(index, pattern));
  }

  /// Whether another pattern will find names for the attributes of this one: what is found before
  /// them has entity ids there, which no keyword is equal to.
  private boolean awaitsNames(int index, FactsPattern pattern) {
    if (!pattern.hasVariableAttribute()) {
      return false;
    }
    for (int i = first; i < done.length; i++) {
      if (!done[i]
          && i != index
          && body.clause(i) instanceof Clause.Pattern other
          && execution.source(other.source(), scope) instanceof Source.Facts
          && facts(i, other).findsNames(pattern)) {
        return true;
      }
    }
    return false;
  }

  private FactsPattern facts(int index, Clause.Pattern pattern) {
    FactsPattern known = facts[index];
    if (known == null) {
      known = execution.facts(pattern, scope);
      facts[index] = known;
    }
    return known;
  }

  private double estimate(int index) {
    Clause.Pattern pattern = (Clause.Pattern) body.clause(index);
    return switch (execution.source(pattern.source(), scope)) {
      case Source.Facts ignored -> narrowed(facts(index, pattern), false).estimate(current);
      case Source.Rows ignored ->
        Collections.disjoint(pattern.variables(), current.variables())
            ? ROWS_CHEAP * current.count()
            : current.count();
    };
  }

  /// The pattern with comparisons of its values that can be made while it is read.
  ///
  /// @param isRun whether it is run now, and comparisons that are fully made are done with it
  private FactsPattern narrowed(FactsPattern facts, boolean isRun) {
    FactsPattern narrowed = facts;
    if (!body.hasTests() || isTold || !execution.uses(Optimization.PUSHED_PREDICATES)) {
      return narrowed;
    }
    for (int i = first; i < done.length; i++) {
      if (!done[i] && body.clause(i) instanceof Clause.Apply apply) {
        ValueBounds bounds = Comparand.bounds(apply, facts, this::only);
        if (bounds != null) {
          narrowed = narrowed.within(bounds);
          if (isRun && !bounds.isExact()) {
            groups = null; // rows that a clause left out which isn't done
          }
          if (isRun) {
            budget.operator().filter(apply.form());
          }
          if (isRun && bounds.isExact()) {
            markDone(i);
          }
        }
      }
    }
    return narrowed;
  }

  /// The value that a variable has in all rows; null when it isn't known to have one.
  private @Nullable Object only(Variable variable) {
    if (current.has(variable)) {
      return current.count() == 1 ? current.column(variable).value(0) : null;
    }
    for (Relation given : givens) {
      if (given.has(variable)) {
        return given.count() == 1 ? given.column(variable).value(0) : null;
      }
    }
    return null;
  }

  private Relation pattern(int index, Clause.Pattern pattern) {
    if (ignoresConstants && body.used(index).length == 0) {
      if (phase != null) {
        phase.ignored(pattern);
      }
      return current;
    }
    return switch (execution.source(pattern.source(), scope)) {
      case Source.Facts ignored -> {
        FactsPattern facts = facts(index, pattern);
        if (phase != null) {
          facts.addDoubts(current, phase.doubts(pattern));
        }
        FactsPattern narrowed = narrowed(facts, true);
        Set<Variable> needed = needed(index);
        int known = current.variables().size();
        for (Variable variable : body.variables(index)) {
          known += current.has(variable) ? 0 : 1;
        }
        boolean isAlone = current.variables().isEmpty() && current.count() == 1;
        Relation joined = isAlone && narrowed == facts && !isTold
            ? alone(index, facts, needed)
            : new FactsJoin(narrowed, current, needed, execution).rows();
        yield joined.variables().size() < known ? thinned(joined) : joined;
      }
      case Source.Rows rows -> {
        budget.operator().by(Operator.Way.COLLECTION_SCAN);
        Relation scanned = RowsPattern.scan(rows, pattern, budget);
        yield Join.natural(current, scanned, budget, pattern.form());
      }
    };
  }

  /// What a pattern finds by itself, read once where several conjunctions begin with it.
  private Relation alone(int index, FactsPattern facts, Set<Variable> needed) {
    SharedPatterns shared = execution.shared();
    Clause.Pattern pattern = (Clause.Pattern) body.clause(index);
    if (shared == null || !shared.isRepeated(pattern)) {
      return new FactsJoin(facts, current, needed, execution).rows();
    }
    String source = Execution.scoped(pattern.source(), scope);
    Relation rows = shared.find(pattern, source);
    if (rows == null) {
      Set<Variable> all = pattern.variables();
      rows = new FactsJoin(facts, current, all, execution).rows();
      shared.keep(pattern, source, rows);
    } else {
      budget.operator().by(Operator.Way.SHARED);
    }
    List<Variable> kept = new ArrayList<>(rows.variables());
    kept.retainAll(needed);
    return rows.project(kept);
  }

  /// The distinct rows of what is bound of some variables.
  private Relation seed(Set<Variable> variables) {
    List<Variable> bound = new ArrayList<>(variables);
    bound.retainAll(current.variables());
    return current.project(bound).distinct(budget);
  }

  private Relation not(Clause.Not not) {
    Set<Variable> shared = not.shared();
    if (not.body().isEmpty()) {
      return current;
    }
    Relation left = withoutMatch(not);
    if (left != null) {
      return left;
    }
    Relation seed = seed(shared);
    String inner = Execution.scoped(not.source(), scope);
    // Of a single row it is enough to know whether it has any.
    long matches =
        seed.count() == 1 && execution.uses(Optimization.EARLY_STOP) ? 1 : Long.MAX_VALUE;
    Body ordered = execution.body(not.body(), seed.variableSet(), inner);
    Relation found = new Conjunction(execution, ordered, inner, shared)
        .stoppingAt(matches)
        .testing()
        .run(seed, List.of());
    budget.operator().by(Operator.Way.ANTI_JOIN);
    return Join.semi(current, found, false, List.copyOf(shared), budget);
  }

  /// The rows that the only pattern of a `not` doesn't find; null when it has to be run apart.
  private @Nullable Relation withoutMatch(Clause.Not not) {
    String inner = Execution.scoped(not.source(), scope);
    if (isTold
        || !execution.uses(Optimization.SORTED_JOINS)
        || not.body().size() != 1
        || !(not.body().get(0) instanceof Clause.Pattern pattern)
        || !(execution.source(pattern.source(), inner) instanceof Source.Facts)) {
      return null;
    }
    List<Variable> bound = new ArrayList<>(not.shared());
    bound.retainAll(current.variables());
    FactsPattern facts = execution.facts(pattern, inner);
    int[] rows = new FactsJoin(facts, current.project(bound), Set.of(), execution).unmatched();
    if (rows != null) {
      budget.operator().by(Operator.Way.ANTI_JOIN);
    }
    return rows == null ? null : current.select(rows, rows.length);
  }

  private Relation run(List<Clause> body, Relation seed, Set<Variable> variables, String inner) {
    Body ordered = execution.body(body, seed.variableSet(), inner);
    return new Conjunction(execution, ordered, inner, variables).run(seed, List.of());
  }

  private Relation or(Clause.Or or) {
    Set<Variable> head = new LinkedHashSet<>(or.head().variables());
    Relation seed = seed(head);
    List<Relation> parts = new ArrayList<>();
    for (List<Clause> branch : or.branches()) {
      parts.add(run(branch, seed, head, Execution.scoped(or.source(), scope)));
    }
    budget.operator().by(Operator.Way.UNION);
    Relation union = Union.of(head, parts, budget).distinct(budget);
    return Join.inOrder(current, union, budget, or.form());
  }

  /// Forgets variables that nothing needs any more.
  private void drop() {
    if (!mayDrop) {
      return;
    }
    mayDrop = false;
    List<Variable> kept = new ArrayList<>(current.variables().size());
    for (Variable variable : current.variables()) {
      if (isNeeded(variable, 0)) {
        kept.add(variable);
      }
    }
    if (kept.size() < current.variables().size()) {
      current = thinned(current.project(kept));
    }
  }

  /// The variables of the rows and of a clause that somebody needs after that.
  private Set<Variable> needed(int next) {
    Set<Variable> needed = new HashSet<>();
    for (Variable variable : body.variables(next)) {
      if (isNeeded(variable, 1)) {
        needed.add(variable);
      }
    }
    for (Variable variable : current.variables()) {
      if (isNeeded(variable, body.uses(next, variable) ? 1 : 0)) {
        needed.add(variable);
      }
    }
    return needed;
  }

  /// The variables that somebody needs now.
  private Set<Variable> neededAfter() {
    Set<Variable> needed = new HashSet<>(wanted);
    for (Variable variable : body.variables()) {
      if (isNeeded(variable, 0)) {
        needed.add(variable);
      }
    }
    return needed;
  }

  /// Rows that lost variables, of which many may be equal now.
  private Relation thinned(Relation rows) {
    return rows.variables().isEmpty() || rows.count() >= ROWS_DISTINCT_MIN
        ? rows.distinct(budget)
        : rows;
  }

  /// Whether a variable is wanted, or used by more clauses that wait than so many.
  private boolean isNeeded(Variable variable, int times) {
    int slot = body.slot(variable);
    if (slot >= 0 && uses[slot] > times || wanted.contains(variable)) {
      return true;
    }
    for (Relation given : givens) {
      if (given.has(variable)) {
        return true;
      }
    }
    return false;
  }

  /// The relation over the variables of arguments that rows of answers make, which have a column
  /// for each argument.
  static Relation ofArguments(List<Term> args, Relation answers, Budget budget) {
    List<Variable> variables = new ArrayList<>();
    for (Term arg : args) {
      if (arg instanceof Variable variable && !variables.contains(variable)) {
        variables.add(variable);
      }
    }
    if (variables.size() == args.size()) {
      return answers.rename(variables);
    }
    variables.clear();
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
