package valence.engine.query.exec;

import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.AnomalyException;
import valence.engine.query.exec.Ordering.Placed;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.RuleSet.Branch;
import valence.engine.query.syntax.RuleSet.Rule;
import valence.engine.query.syntax.Term;
import valence.engine.query.syntax.Term.Variable;

/// The answers of rules, for the arguments that they were asked for.
///
/// There is a table for each rule, source and choice of bound arguments. Calls put distinct
/// requests into it; answers are found to a fixed point, in rounds: a branch runs on the requests
/// that are new since its last run, and once for each recursive call in it on that call's answers
/// that are new. What was asked before is never computed again within a query.
final class Tables {
  private record Key(Symbol rule, List<Boolean> bound, String scope) {}

  private final Execution execution;
  private final Map<Key, Table> tables = new LinkedHashMap<>();
  private final Map<Symbol, Set<Symbol>> reached = new HashMap<>();
  private @Nullable Progress progress; // of the fixed point that is being computed
  private final Set<Symbol> running = new HashSet<>(); // rules of fixed points being computed
  private final Set<Symbol> flattened = new HashSet<>(); // rules that are in the form to be run
  // How many answers to a recursive call count, where the newer ones are another run's matter.
  private final Map<Clause.RuleCall, Integer> limits = new IdentityHashMap<>();

  Tables(Execution execution) {
    this.execution = execution;
  }

  /// The current rows joined with the answers to a call.
  ///
  /// @param boundBefore what is bound at the call's written place, which decides the requests of a
  ///     recursive call
  Relation call(Clause.RuleCall call, Set<Variable> boundBefore, Relation current, String scope) {
    flatten(call.name());
    Rule rule = rule(call.name());
    boolean recursive = running.contains(rule.name());
    List<Boolean> bound = new ArrayList<>();
    for (Term arg : call.args()) {
      bound.add(arg instanceof Term.Constant
          || arg instanceof Variable variable
              && current.has(variable)
              && (!recursive || boundBefore.contains(variable)));
    }
    Table table = table(rule, bound, Execution.scoped(call.source(), scope));
    table.request(requests(call.args(), bound, current));
    if (!recursive) {
      execution.budget().operator().by(Operator.Way.SEMI_NAIVE);
      complete(rule);
    }
    Relation answers = table.answers();
    Integer limit = limits.get(call);
    if (limit != null && limit < answers.count()) {
      answers = table.tuples().slice(0, limit);
    }
    return joined(current, answers, call, !recursive);
  }

  /// The current rows joined with answers, which have a column for each argument.
  ///
  /// @param inOrder whether the rows come in the order of the current ones, then of the answers
  private Relation joined(
      Relation current, Relation answers, Clause.RuleCall call, boolean inOrder) {
    Budget budget = execution.budget();
    if (answers.set() != null && RowByRow.hasPlainArguments(call)) {
      // Constants are columns, too, so that the answers' index serves them.
      Relation left = current;
      List<Variable> names = new ArrayList<>();
      for (int i = 0; i < call.args().size(); i++) {
        switch (call.args().get(i)) {
          case Variable variable -> names.add(variable);
          case Term.Constant(Object value) -> {
            names.add(new Variable("? " + i)); // with a space, so that no clause has it
            left =
                left.with(names.getLast(), Column.repeat(Values.normalize(value), current.count()));
          }
          default -> throw new AssertionError();
        }
      }
      Relation named = answers.rename(names);
      Relation joined = inOrder
          ? Join.inOrder(left, named, budget, call.form())
          : Join.natural(left, named, budget, call.form());
      if (left == current) {
        return joined;
      }
      List<Variable> wanted = new ArrayList<>(joined.variables());
      wanted.removeIf(variable -> variable.name().startsWith("? "));
      return joined.project(wanted);
    }
    Relation found = Conjunction.ofArguments(call.args(), answers, budget);
    return current.variables().isEmpty() && current.count() == 1
        ? found
        : inOrder
            ? Join.inOrder(current, found, budget, call.form())
            : Join.natural(current, found, budget, call.form());
  }

  /// Gives rules that call each other through `or` a form in which they call each other directly:
  /// then what is new in one is joined with the others, and not all with all.
  private void flatten(Symbol name) {
    if (!execution.uses(Optimization.DELTAS) || !flattened.add(name)) {
      return;
    }
    Set<Symbol> component = component(name);
    flattened.addAll(component);
    boolean isMade = false;
    for (Symbol each : component) {
      Rule rule = rule(each);
      List<Rule> made = execution.plan().kept(rule, "flat", () -> Flattening.of(rule, component));
      for (Rule flat : made) {
        execution.make(flat);
        flattened.add(flat.name());
        isMade = true;
      }
    }
    if (isMade) {
      reached.clear();
    }
  }

  /// How a rule reaches along edges that are found by calls of nothing that can fail.
  private Optional<Reachability> reachability(Rule asked) {
    return component(asked.name()).size() == 1
        ? Reachability.of(asked)
            .filter(
                how -> how.edges().stream().allMatch(edge -> isPure(edge.body(), new HashSet<>())))
        : Optional.empty();
  }

  /// Whether a clause calls nothing that can fail, nor do rules that it calls.
  boolean isPure(Clause clause) {
    return isPure(List.of(clause), new HashSet<>());
  }

  /// Whether a rule comes to call itself.
  boolean isRecursive(Symbol name) {
    return reached(name).contains(name);
  }

  /// Whether clauses call nothing that can fail, nor do rules that they call.
  private boolean isPure(List<Clause> clauses, Set<Symbol> called) {
    return Body.isPure(
        clauses,
        call -> !called.add(call.name())
            || rule(call.name()).branches().stream()
                .allMatch(branch -> isPure(branch.body(), called)));
  }

  /// What all answers take.
  private long bytes() {
    long bytes = 0;
    for (Table table : tables.values()) {
      bytes += table.answerCount() * table.answers.variables().size() * Long.BYTES
          + table.answers.indexBytes()
          + table.valueBytes;
    }
    return bytes;
  }

  private Rule rule(Symbol name) {
    return Objects.requireNonNull(execution.rule(name));
  }

  private Table table(Rule rule, List<Boolean> bound, String scope) {
    return tables.computeIfAbsent(
        new Key(rule.name(), bound, scope), key -> new Table(rule, bound, scope));
  }

  private static Variable parameter(int index) {
    return new Variable("?" + index);
  }

  /// The distinct values of bound arguments, over parameters.
  private Relation requests(List<Term> args, List<Boolean> bound, Relation current) {
    List<Variable> parameters = new ArrayList<>();
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < args.size(); i++) {
      if (bound.get(i)) {
        parameters.add(parameter(i));
        columns.add(
            switch (args.get(i)) {
              case Variable variable -> current.column(variable);
              case Term.Constant(Object value) ->
                Column.repeat(Values.normalize(value), current.count());
              default -> throw new AssertionError();
            });
      }
    }
    return new Relation(parameters, columns, current.count()).distinct(execution.budget());
  }

  /// Answers all requests to a rule and those it depends on recursively.
  private void complete(Rule rule) {
    Set<Symbol> component = component(rule.name());
    running.addAll(component);
    Set<Symbol> called = new HashSet<>(reached(rule.name()));
    called.add(rule.name());
    Progress mine = new Progress(rule.name(), called.stream().map(this::rule).toList());
    Progress outer = progress;
    progress = mine;
    try {
      boolean changed = true;
      while (changed) {
        changed = false;
        mine.round(answerCount(component));
        for (Table table : List.copyOf(tables.values())) {
          if (component.contains(table.rule.name())) {
            execution.budget().check();
            changed |= table.advance();
          }
        }
      }
    } catch (AnomalyException stopped) {
      throw mine.told(stopped, answerCount(component));
    } finally {
      running.removeAll(component);
      progress = outer;
    }
  }

  private long answerCount(Set<Symbol> rules) {
    long count = 0;
    for (Table table : tables.values()) {
      count += rules.contains(table.rule.name()) ? table.answerCount() : 0;
    }
    return count;
  }

  /// The rule and those which it reaches and which reach it.
  private Set<Symbol> component(Symbol name) {
    Set<Symbol> component = new HashSet<>();
    component.add(name);
    for (Symbol other : reached(name)) {
      if (reached(other).contains(name)) {
        component.add(other);
      }
    }
    return component;
  }

  private Set<Symbol> reached(Symbol name) {
    Set<Symbol> known = reached.get(name);
    if (known == null) {
      known = new LinkedHashSet<>();
      List<Symbol> open = new ArrayList<>(List.of(name));
      while (!open.isEmpty()) {
        for (Branch branch : rule(open.removeLast()).branches()) {
          Set<Symbol> called = new LinkedHashSet<>();
          addCalled(branch.body(), called);
          for (Symbol each : called) {
            if (execution.rule(each) != null && known.add(each)) {
              open.add(each);
            }
          }
        }
      }
      reached.put(name, known);
    }
    return known;
  }

  private static void addCalled(List<Clause> clauses, Set<Symbol> called) {
    for (Clause clause : clauses) {
      switch (clause) {
        case Clause.RuleCall call -> called.add(call.name());
        case Clause.Not not -> addCalled(not.body(), called);
        case Clause.Or or -> or.branches().forEach(branch -> addCalled(branch, called));
        case Clause.Pattern ignored -> {}
        case Clause.Apply ignored -> {}
      }
    }
  }

  /// Requests and answers of one rule for one choice of bound arguments.
  private final class Table {
    private Rule rule;
    private final List<Boolean> bound;
    private final String scope;
    private final TupleSet requests;
    private final TupleSet answers;
    private final List<Alternative> alternatives = new ArrayList<>();
    private final boolean unconditional; // no argument is bound, so there is one request
    private boolean requested;
    private @Nullable Reach reach; // what answers instead of the alternatives
    private final List<Relation> walks = new ArrayList<>(); // its answers, all different
    private int requestsReached;
    private int walksTaken; // of them, which the answers have too
    private long valueBytes; // of answers that functions made

    Table(Rule asked, List<Boolean> bound, String scope) {
      rule = asked;
      this.bound = bound;
      this.scope = scope;
      List<Variable> inputs = new ArrayList<>();
      List<Variable> all = new ArrayList<>();
      for (int i = 0; i < bound.size(); i++) {
        all.add(parameter(i));
        if (bound.get(i)) {
          inputs.add(parameter(i));
        }
      }
      requests = new TupleSet(inputs);
      answers = new TupleSet(all);
      unconditional = inputs.isEmpty();
      reach = execution.uses(Optimization.REACHABILITY)
          ? execution
              .plan()
              .kept(asked, "reachability", () -> reachability(asked))
              .flatMap(how -> Reach.of(execution, asked, how, all, bound, scope))
              .orElse(null)
          : null;
      if (reach == null) {
        runAlternatives();
      }
    }

    /// Answers by running the branches from now on.
    private void runAlternatives() {
      Rule asked = rule;
      Optional<RightLinear> rightLinear = execution.plan().kept(rule, bound, () -> {
        Map<Symbol, Rule> rules = new LinkedHashMap<>();
        component(asked.name()).forEach(name -> rules.put(name, rule(name)));
        return RightLinear.of(asked, bound, rules);
      });
      rightLinear.ifPresent(form -> form.reach().forEach(execution::make));
      rule = rightLinear.map(RightLinear::rule).orElse(rule);
      tuples();
      walks.clear();
      walksTaken = 0;
      for (Branch branch : rule.branches()) {
        alternatives.add(new Alternative(this, branch, bound, scope));
      }
    }

    /// The answers so far, to which more are only added at the end.
    TupleSet tuples() {
      for (Relation walk : walks.subList(walksTaken, walks.size())) {
        answers.addAll(walk, execution.budget());
      }
      walksTaken = walks.size();
      return answers;
    }

    private long answerCount() {
      long count = walks.isEmpty() ? answers.count() : 0;
      for (Relation walk : walks) {
        count += walk.count();
      }
      return count;
    }

    /// All answers that were found so far.
    Relation answers() {
      if (walks.isEmpty()) {
        return answers.slice(0, answers.count());
      }
      if (walks.size() > 1) {
        Relation all = Union.of(answers.variables(), walks, execution.budget());
        if (walksTaken > 0) {
          tuples();
          walksTaken = 1;
        }
        walks.clear();
        walks.add(all);
      }
      return walks.get(0);
    }

    void request(Relation more) {
      if (unconditional) {
        requested |= more.count() > 0;
      } else {
        requests.addAll(more, execution.budget());
      }
    }

    int requestCount() {
      return unconditional ? (requested ? 1 : 0) : requests.count();
    }

    Relation requests(int from, int to) {
      return unconditional ? Relation.UNIT : requests.slice(from, to);
    }

    /// Runs each alternative on what is new; false when nothing was.
    boolean advance() {
      if (reach != null) {
        int count = requestCount();
        if (count == requestsReached) {
          return false;
        }
        execution.budget().operator().by(Operator.Way.REACHABILITY);
        Optional<Relation> more = reach.answers(requests(requestsReached, count));
        if (more.isPresent()) {
          requestsReached = count;
          walks.add(more.get());
          return true;
        }
        reach = null;
        runAlternatives();
      }
      boolean changed = false;
      for (Alternative alternative : alternatives) {
        changed |= alternative.advance();
      }
      return changed;
    }
  }

  /// One branch of a rule, and how far it has seen requests and answers.
  private final class Alternative {
    private final Table table;
    private final Branch branch;
    private final String scope;
    private final Body body;
    private final List<Placed> placed;
    private final List<Variable> given = new ArrayList<>(); // head variables of bound arguments
    private final int[] calls; // places of recursive calls
    private final @Nullable Table[] called; // by recursive call, once asked for
    private final int[] answersSeen; // by recursive call
    private final boolean deep; // recursive calls stand inside of other clauses
    private int requestsSeen;
    private long versionSeen = -1;

    Alternative(Table table, Branch branch, List<Boolean> bound, String scope) {
      this.table = table;
      this.branch = branch;
      this.scope = scope;
      List<Variable> head = branch.head().variables();
      for (int i = 0; i < head.size(); i++) {
        if (bound.get(i)) {
          given.add(head.get(i));
        }
      }
      Set<Symbol> component = component(table.rule.name());
      body = execution.plan().kept(branch.body(), List.of(given, scope), () -> body(component));
      placed = body.placed();
      boolean nested = false;
      List<Integer> places = new ArrayList<>();
      for (int i = 0; i < placed.size(); i++) {
        Clause clause = placed.get(i).clause();
        if (clause instanceof Clause.RuleCall call) {
          if (component.contains(call.name()) && reached(call.name()).contains(call.name())) {
            places.add(i);
          }
        } else {
          Set<Symbol> called = new LinkedHashSet<>();
          addCalled(List.of(clause), called);
          called.retainAll(component);
          nested |= !called.isEmpty();
        }
      }
      deep = nested;
      calls = places.stream().mapToInt(Integer::intValue).toArray();
      called = new Table[calls.length];
      answersSeen = new int[calls.length];
    }

    private Body body(Set<Symbol> component) {
      List<Placed> order = new Ordering(execution)
          .within(component.stream().map(Tables.this::rule).toList())
          .order(branch.body(), new LinkedHashSet<>(given), scope);
      return new Body(order, execution);
    }

    boolean advance() {
      int requestCount = table.requestCount();
      if (deep) {
        return advanceDeep(requestCount);
      }
      boolean changed = false;
      int requestsBefore = requestsSeen;
      int[] now = new int[calls.length];
      for (int i = 0; i < calls.length; i++) {
        now[i] = called(i).tuples().count();
        limit(i, now[i]);
      }
      if (requestCount > requestsBefore) {
        requestsSeen = requestCount;
        run(-1, table.requests(requestsBefore, requestCount), List.of());
        changed = true;
      }
      // Each combination of answers is joined by the run for the last of its calls that has a new
      // one: calls before it have all answers, those behind it the old ones.
      for (int i = 0; i < calls.length; i++) {
        limit(i, answersSeen[i]);
      }
      for (int i = 0; i < calls.length; i++) {
        int before = answersSeen[i];
        answersSeen[i] = now[i];
        if (now[i] > before && requestsBefore > 0) {
          Clause.RuleCall call = call(i);
          Relation fresh = Conjunction.ofArguments(
              call.args(), called(i).tuples().slice(before, now[i]), execution.budget());
          run(calls[i], fresh, List.of(named(table.requests(0, requestsBefore))));
          changed = true;
        }
        limit(i, now[i]);
      }
      for (int i = 0; i < calls.length; i++) {
        limits.remove(call(i));
      }
      return changed;
    }

    private void limit(int index, int count) {
      if (execution.uses(Optimization.DELTAS)) {
        limits.put(call(index), count);
      }
    }

    private Clause.RuleCall call(int index) {
      return (Clause.RuleCall) placed.get(calls[index]).clause();
    }

    /// Runs on everything as long as anything changes.
    private boolean advanceDeep(int requestCount) {
      long version = version();
      if (requestCount == 0 || version == versionSeen) {
        return false;
      }
      versionSeen = version;
      run(-1, table.requests(0, requestCount), List.of());
      return true;
    }

    private long version() {
      long version = 0;
      for (Table each : tables.values()) {
        version += each.requestCount() + each.answerCount();
      }
      return version;
    }

    /// The table that a recursive call asks.
    private Table called(int index) {
      Table known = called[index];
      if (known == null) {
        Clause.RuleCall call = call(index);
        List<Boolean> bound = new ArrayList<>();
        for (Term arg : call.args()) {
          bound.add(arg instanceof Term.Constant
              || arg instanceof Variable variable
                  && placed.get(calls[index]).boundBefore().contains(variable));
        }
        known = table(rule(call.name()), bound, Execution.scoped(call.source(), scope));
        called[index] = known;
      }
      return known;
    }

    private Relation named(Relation requests) {
      return requests.rename(given);
    }

    /// @param fresh requests over parameters, or the new answers to the call at the place
    private void run(int place, Relation fresh, List<Relation> inputs) {
      List<Variable> head = branch.head().variables();
      Conjunction run = new Conjunction(execution, body, scope, new LinkedHashSet<>(head));
      if (place >= 0) {
        run.without(place);
      }
      Relation found = run.run(place >= 0 ? fresh : named(fresh), inputs);
      Relation renamed = found.project(head).rename(table.answers.variables());
      int before = table.answers.count();
      execution.budget().rows(before, head.size(), branch.form());
      table.answers.addAll(renamed, execution.budget());
      if (progress != null && progress.makesValues()) {
        table.valueBytes += table.answers.valueBytes(before, execution.budget().memoryBytesMax());
      }
      // Answers stay until the query ends.
      execution.budget().keep(bytes(), table.rule.name());
    }
  }
}
