package valence.engine.query.exec;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.edn.Edn;
import valence.engine.index.DistinctCounts;
import valence.engine.index.Order;
import valence.engine.query.exec.Ordering.Placed;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.Forms;
import valence.engine.query.syntax.Term.Variable;
import valence.engine.schema.Attribute;

/// What a run of a query did, clause by clause. For one thread.
///
/// A phase is a conjunction: the query itself, the body of a rule, a branch of `or`, the body of
/// `not`. One that runs again and again, as rules do, is one phase whose rows are summed up.
public final class Trace {
  /// Clauses that are marked for how many rows they added.
  private static final int EXPANSIONS_MAX = 3;

  /// Rows of an attribute that are no matter to read.
  private static final int SCAN_ROWS = 1000;

  private final boolean isPlan;
  private final List<Phase> phases = new ArrayList<>();
  private final List<Operator> shaping = new ArrayList<>(); // what makes the result
  private @Nullable Object query; // that runs within the one traced; null for that one itself

  /// @param isPlan whether the query is to run as it does when nobody looks, so that clauses which
  ///     are decided together are told of together
  public Trace(boolean isPlan) {
    this.isPlan = isPlan;
  }

  boolean isPlan() {
    return isPlan;
  }

  /// Tells that the clauses to come are of a query that the present one calls.
  ///
  /// @return what [#leave] is to be given
  public @Nullable Object enter(Object called) {
    Object outer = query;
    query = called;
    return outer;
  }

  public void leave(@Nullable Object outer) {
    query = outer;
  }

  /// The operator of a part of `:find`. Queries within the one traced have none that is shown.
  Operator shaping(Shaping.Part part) {
    for (Operator known : shaping) {
      if (query == null && form(known).equals(part.form())) {
        return known;
      }
    }
    return new Operator(part, true);
  }

  /// Notes that a part was made.
  void shaped(Operator operator) {
    if (query == null && !shaping.contains(operator)) {
      shaping.add(operator);
    }
  }

  private static Object form(Operator operator) {
    return ((Shaping.Part) operator.what()).form();
  }

  /// The phase of these clauses, in whatever order they stand.
  ///
  /// @param around the operator that these clauses are run by
  Phase phase(List<Placed> placed, Operator around) {
    for (Phase phase : phases) {
      if (phase.isOf(placed)) {
        return phase;
      }
    }
    Phase phase = new Phase(placed, query, around);
    phases.add(phase);
    return phase;
  }

  /// What the clauses cost, as a tree: `[{:clause … :rows-out … :inside [[…]]} …]`. The
  /// conjunctions that a clause ran, bodies of rules and branches, are inside of it. What makes the
  /// result comes last.
  ///
  /// @param around the operator of the query itself
  public List<Object> toTree(Operator around) {
    List<Object> tree = new ArrayList<>();
    for (Object inside : inside(around)) {
      tree.addAll((List<?>) inside);
    }
    for (Operator operator : shaping) {
      Map<Keyword, Object> map =
          told(operator, form(operator), operator.rowsIn(), operator.rowsOut());
      if (operator.runs() > 1) {
        map.put(key("runs"), operator.runs());
      }
      tree.add(map);
    }
    return tree;
  }

  private static Map<Keyword, Object> told(
      Operator operator, Object form, long rowsIn, long rowsOut) {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(key("clause"), form);
    map.put(key("text"), Edn.print(form));
    map.put(
        key("by"),
        operator.ways().stream().<Object>map(way -> Keyword.intern(way.text())).toList());
    if (!operator.ranges().isEmpty()) {
      map.put(key("ranges"), List.<Object>copyOf(operator.ranges()));
      map.put(key("range-count"), operator.rangeCount());
    }
    if (!operator.filters().isEmpty()) {
      map.put(
          key("filters"), operator.filters().stream().<Object>map(Edn::print).toList());
    }
    map.put(key("rows-in"), rowsIn);
    map.put(key("rows-out"), rowsOut);
    if (operator.rowsEstimated() >= 0) {
      map.put(key("rows-expected"), Math.round(operator.rowsEstimated()));
    }
    DistinctCounts.Of distinct = operator.distinct();
    if (distinct != null) {
      map.put(
          key("distinct"),
          Map.of(key("values"), distinct.values(), key("entities"), distinct.entities()));
    }
    map.put(key("rows-read"), operator.rowsRead());
    map.put(key("nanos"), operator.nanos());
    map.put(key("bytes"), operator.bytes());
    return map;
  }

  private List<Object> inside(Operator around) {
    List<Object> inside = new ArrayList<>();
    for (Phase phase : phases) {
      if (phase.around == around && !phase.steps.isEmpty()) {
        List<Object> operators = new ArrayList<>();
        for (Step step : phase.steps) {
          Map<Keyword, Object> map = step.toOperator();
          List<Object> within = inside(step.operator);
          if (!within.isEmpty()) {
            map.put(key("inside"), within);
          }
          operators.add(map);
        }
        inside.add(List.copyOf(operators));
      }
    }
    return List.copyOf(inside);
  }

  /// Phases that ran, as maps: `{:sched (clause …) :clauses [{:clause … :rows-in …} …]}`.
  public List<Object> toData() {
    Set<Step> expanding = expanding();
    List<Object> shown = new ArrayList<>();
    for (Phase phase : phases) {
      if (!phase.steps.isEmpty()) {
        shown.add(phase.toMap(expanding));
      }
    }
    return shown;
  }

  private Set<Step> expanding() {
    List<Step> steps = new ArrayList<>();
    phases.forEach(phase -> steps.addAll(phase.steps));
    steps.removeIf(step -> step.expansion() <= 0);
    steps.sort(Comparator.comparingLong(Step::expansion).reversed());
    Set<Step> most = Collections.newSetFromMap(new java.util.IdentityHashMap<>());
    most.addAll(steps.subList(0, Math.min(EXPANSIONS_MAX, steps.size())));
    return most;
  }

  /// One conjunction, as far as it ran.
  static final class Phase {
    private final List<Placed> placed;
    private final @Nullable Object query;
    private final Operator around;
    private final List<Step> steps = new ArrayList<>();
    private @Nullable Step pattern; // that ran last, with nothing but predicates since

    private Phase(List<Placed> placed, @Nullable Object query, Operator around) {
      this.placed = placed;
      this.query = query;
      this.around = around;
    }

    private boolean isOf(List<Placed> others) {
      if (others.size() != placed.size()) {
        return false;
      }
      for (Placed other : others) {
        if (placed.stream().noneMatch(mine -> mine.clause() == other.clause())) {
          return false;
        }
      }
      return true;
    }

    /// @param what a clause, or the variables of rows that were given
    void ran(Object what, Relation before, Relation after) {
      Step step = step(what);
      step.add(before, after);
      boolean isPredicate =
          what instanceof Clause.Apply apply && apply.binding().isEmpty();
      if (!isPredicate) {
        pattern = what instanceof Clause.Pattern ? step : null;
      } else if (pattern != null) {
        pattern.predicates.add(step.form());
      }
    }

    /// What the clause, or the given rows, cost.
    Operator operator(Object what) {
      return step(what).operator;
    }

    /// Where to put doubts about a clause that is about to run.
    Set<Doubt> doubts(Clause clause) {
      return step(clause).doubts;
    }

    /// Notes that a clause was left out, since it has no variable.
    void ignored(Clause clause) {
      step(clause).isIgnored = true;
    }

    private Step step(Object what) {
      for (Step step : steps) {
        if (step.what == what || what instanceof List<?> && what.equals(step.what)) {
          return step;
        }
      }
      Step step = new Step(what);
      steps.add(step);
      return step;
    }

    private Map<Keyword, Object> toMap(Set<Step> expanding) {
      List<Object> order = new ArrayList<>();
      List<Object> clauses = new ArrayList<>();
      for (Step step : steps) {
        order.add(step.form());
        clauses.add(step.toMap(expanding.contains(step)));
      }
      Map<Keyword, Object> map = new LinkedHashMap<>();
      if (query != null) {
        map.put(key("query"), query instanceof String text ? Edn.read(text) : query);
      }
      map.put(key("sched"), List.copyOf(order));
      map.put(key("clauses"), List.copyOf(clauses));
      return map;
    }
  }

  /// What one clause did, in all runs of its phase.
  private static final class Step {
    private final Object what;
    private final Operator operator;
    private final Set<Doubt> doubts = new LinkedHashSet<>();
    private final Set<Object> predicates = new LinkedHashSet<>(); // that ran right after it
    private List<Variable> bindsIn = List.of();
    private List<Variable> bindsOut = List.of();
    private long rowsIn;
    private long rowsOut;
    private long runs;
    private boolean isCrossProduct;
    private boolean isIgnored;

    Step(Object what) {
      this.what = what;
      operator = new Operator(what, true);
    }

    void add(Relation before, Relation after) {
      bindsIn = before.variables();
      bindsOut = after.variables();
      rowsIn += before.count();
      rowsOut += after.count();
      runs++;
      isCrossProduct |= before.count() > 1
          && !variables().isEmpty()
          && Collections.disjoint(before.variables(), variables())
          && after.count() > before.count();
    }

    long expansion() {
      return rowsOut - rowsIn;
    }

    private Collection<Variable> variables() {
      if (what instanceof Clause clause) {
        return clause.variables();
      }
      Set<Variable> given = new LinkedHashSet<>();
      ((List<?>) what).forEach(variable -> given.add((Variable) variable));
      return given;
    }

    /// Of given rows, what would bring them: `[(ground $__in) [[?a ?b]]]`.
    Object form() {
      return what instanceof Clause clause
          ? clause.form()
          : List.of(
              List.of(Symbol.intern("ground"), Symbol.intern("$__in")),
              List.of(symbols(variables())));
    }

    Map<Keyword, Object> toMap(boolean isExpanding) {
      Map<Keyword, Object> map = new LinkedHashMap<>();
      map.put(key("clause"), form());
      map.put(key("rows-in"), rowsIn);
      map.put(key("rows-out"), rowsOut);
      map.put(key("binds-in"), symbols(bindsIn));
      map.put(key("binds-out"), symbols(bindsOut));
      if (!predicates.isEmpty()) {
        map.put(key("preds"), List.copyOf(predicates));
      }
      if (runs > 1) {
        map.put(key("runs"), runs);
      }
      if (isExpanding) {
        map.put(key("expansion"), expansion());
      }
      Map<Keyword, Object> warnings = warnings();
      if (!warnings.isEmpty()) {
        map.put(key("warnings"), warnings);
      }
      return map;
    }

    Map<Keyword, Object> toOperator() {
      Map<Keyword, Object> map = told(operator, form(), rowsIn, rowsOut);
      if (runs > 1) {
        map.put(key("runs"), runs);
      }
      if (operator.threadCount() > 1) {
        map.put(key("workers"), (long) operator.threadCount());
      }
      Map<Keyword, Object> warnings = warnings();
      warnings.remove(key("unbound-vars"));
      if (isUnboundScan()) {
        warnings.put(
            key("unbound-scan"),
            "It reads all " + operator.rowsRead() + " rows of "
                + operator.ranges().get(0)
                + ". Bind its entity or its value, if not all are wanted.");
      }
      if (!warnings.isEmpty()) {
        map.put(key("warnings"), warnings);
      }
      return map;
    }

    /// Whether many rows were read of a range that an attribute alone makes.
    private boolean isUnboundScan() {
      return operator.rowsRead() >= SCAN_ROWS
          && operator.rangeCount() == runs
          && operator.ranges().size() == 1
          && operator.ranges().get(0).startsWith(Order.AEVT.name())
          && operator.filters().isEmpty();
    }

    private Map<Keyword, Object> warnings() {
      Map<Keyword, Object> warnings = new LinkedHashMap<>();
      if (what instanceof Clause.Pattern pattern
          && !pattern.variables().isEmpty()
          && Collections.disjoint(bindsIn, pattern.variables())) {
        warnings.put(key("unbound-vars"), Set.copyOf(symbols(pattern.variables())));
      }
      if (isCrossProduct) {
        warnings.put(
            key("cross-product"),
            "It shares no variable with the " + rowsIn + " rows before it, and made " + rowsOut
                + " of them. Join it by a variable, unless every pair is wanted.");
      }
      if (isIgnored) {
        warnings.put(
            key("ignored"),
            "It has no variable, and so rejects no row whatever the database holds. Join it by a"
                + " variable, or test with missing?, get-else or not-join.");
      }
      if (!doubts.isEmpty()) {
        warnings.put(key("no-match"), doubts.stream().map(Step::sentence).toList());
      }
      return warnings;
    }

    private static String sentence(Doubt doubt) {
      return switch (doubt) {
        case Doubt.NoEntity(Object named) -> Forms.show(named) + " names no entity.";
        case Doubt.NoAttribute(Object named) -> Forms.show(named) + " is no attribute.";
        case Doubt.OtherType(Object given, Attribute attribute) ->
          Forms.show(given) + " can't be a value of " + attribute.ident() + ", whose type is "
              + attribute.type().name().toLowerCase(Locale.ROOT) + ".";
        case Doubt.NotHistory() -> "Only a history database has retractions.";
        case Doubt.NoTransaction(Object given) ->
          Forms.show(given) + " is no transaction's entity id. A t or an instant doesn't match.";
        case Doubt.Literal(Object named) ->
          Forms.show(named) + " is compared as a value, and not as the entity that it names,"
              + " because the attribute is a variable.";
        case Doubt.Kinds(Object x, Object y) ->
          Forms.show(x) + " and " + Forms.show(y) + " are of different kinds, and so "
              + "neither equal nor ordered by their values.";
        case Doubt.Bytes() -> "A byte array that a query brings equals none that a database holds.";
      };
    }
  }

  static List<Object> symbols(Collection<Variable> variables) {
    return variables.stream().<Object>map(v -> Symbol.intern(v.name())).toList();
  }

  static Keyword key(String name) {
    return Keyword.intern(name);
  }
}
