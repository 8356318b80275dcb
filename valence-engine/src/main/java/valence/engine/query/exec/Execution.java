package valence.engine.query.exec;

import clojure.lang.Symbol;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Persistent;
import valence.engine.db.Database;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.Place;
import valence.engine.query.syntax.RuleSet;
import valence.engine.query.syntax.RuleSet.Rule;
import valence.engine.query.syntax.Term.Variable;

/// One run of one query: its sources, rules and limits, and what was found out about its clauses.
/// For one thread.
public final class Execution {
  /// The source of clauses that name none.
  private static final String DEFAULT_SOURCE = "$";

  private final Map<String, Source> sources;
  private final RuleSet rules;
  private final Functions functions;
  private final Budget budget;
  private final Map<Symbol, Rule> madeRules = new HashMap<>();
  private final Set<Optimization> optimizations;
  private final long blockRows;
  private final @Nullable Trace trace;
  private final Tables tables = new Tables(this);
  private final Plan plan;
  private @Nullable SharedPatterns shared; // once :where is known
  private @Nullable SharedGroups groups; // where several patterns stand in several conjunctions
  // By clause, not by its text: rules are run with different sources, each with clauses of its own.
  private final Map<String, Map<Clause, Object>> found = new HashMap<>();

  /// @param optimizations those that may be used
  /// @param blockRows     as in [Tuning]
  /// @param plan          what runs with the same clauses, rules, inputs and schemas have decided
  /// @param trace         to be told what is run; null for a run that nobody looks at
  public Execution(
      Map<String, Source> sources,
      RuleSet rules,
      Functions functions,
      Budget budget,
      Set<Optimization> optimizations,
      long blockRows,
      Plan plan,
      @Nullable Trace trace) {
    this.sources = sources;
    this.rules = rules;
    this.functions = functions;
    this.budget = budget;
    this.optimizations = optimizations;
    this.blockRows = blockRows;
    this.plan = plan;
    this.trace = trace;
  }

  /// The distinct rows over the wanted variables that satisfy the clauses.
  ///
  /// @param inputs relations that the clauses are joined with; no two share a variable
  /// @param enough how many rows are asked for: the first ones of all, and perhaps more, come
  public Relation run(
      List<Clause> where, List<Relation> inputs, List<Variable> wanted, long enough) {
    try {
      return found(where, inputs, wanted, enough);
    } catch (AnomalyException mistake) {
      throw Place.numbered(where.stream().map(Clause::form).toList(), mistake);
    }
  }

  /// The groups of the rows that [#run] would find, where their sizes can be had without the rows;
  /// null where not. Then nothing was run.
  ///
  /// @param keys the variables that a group's rows agree on
  public @Nullable Groups counted(
      List<Clause> where, List<Relation> inputs, List<Variable> wanted, Set<Variable> keys) {
    if (!uses(Optimization.COLUMN_AGGREGATES)
        || trace != null
        || !inputs.isEmpty()
        || where.size() != 1
        || !(where.get(0) instanceof Clause.Pattern pattern)) {
      return null;
    }
    try {
      return source(pattern.source(), DEFAULT_SOURCE) instanceof Source.Facts
              && body(where, inputs, wanted).count() == 1
          ? CountedGroups.of(facts(pattern, DEFAULT_SOURCE), keys, Set.copyOf(wanted), budget)
              .orElse(null)
          : null;
    } catch (AnomalyException mistake) {
      throw Place.numbered(where.stream().map(Clause::form).toList(), mistake);
    }
  }

  /// The clauses of `:where` in an order in which they can run.
  private Body body(List<Clause> where, List<Relation> inputs, List<Variable> wanted) {
    Body body = plan.where();
    if (body == null) {
      Set<Variable> bound = new LinkedHashSet<>();
      inputs.forEach(input -> bound.addAll(input.variables()));
      body = new Body(new Ordering(this).order(where, bound, DEFAULT_SOURCE), this);
      checkBound(where, bound, wanted);
      plan.where(body);
    } else {
      plan.resolve(this);
    }
    return body;
  }

  private Relation found(
      List<Clause> where, List<Relation> inputs, List<Variable> wanted, long enough) {
    Body body = body(where, inputs, wanted);
    if (uses(Optimization.SHARED_PATTERNS)) {
      Set<List<Object>> repeated =
          plan.repeated(() -> SharedPatterns.repeated(where, rules.rules().values()));
      shared = new SharedPatterns(repeated);
      if (!repeated.isEmpty() && uses(Optimization.SHARED_GROUPS)) {
        groups = new SharedGroups(where, rules.rules().values());
      }
    }
    for (int i = 0; i < body.count(); i++) {
      if (body.clause(i) instanceof Clause.Pattern pattern
          && source(pattern.source(), DEFAULT_SOURCE) instanceof Source.Facts) {
        for (Relation input : inputs) {
          for (Variable variable : input.variables()) {
            if (body.uses(i, variable)) {
              check(pattern, variable, input);
            }
          }
        }
      }
    }
    Relation rows = new Conjunction(this, body, DEFAULT_SOURCE, plan.wanted(wanted))
        .stoppingAt(uses(Optimization.EARLY_STOP) ? enough : Long.MAX_VALUE)
        .run(Relation.UNIT, inputs)
        .project(wanted);
    return trace == null || !rows.keys().isEmpty()
        ? rows.distinct(budget)
        : new Shaping(budget, trace)
            .as(
                Operator.Way.DISTINCT,
                () -> Persistent.vector(Trace.symbols(wanted)),
                rows.count(),
                wanted.size(),
                Relation::count,
                () -> rows.distinct(budget));
  }

  private void check(Clause.Pattern pattern, Variable variable, Relation input) {
    FactsPattern facts = facts(pattern, DEFAULT_SOURCE);
    try {
      facts.checkInput(variable, input.column(variable), input.count());
    } catch (AnomalyException mistake) {
      throw Place.in(pattern.form(), mistake);
    }
  }

  private static void checkBound(List<Clause> where, Set<Variable> bound, List<Variable> wanted) {
    Set<Variable> unbound = new LinkedHashSet<>(wanted);
    unbound.removeAll(Clause.variablesOf(where));
    unbound.removeAll(bound);
    if (!unbound.isEmpty()) {
      throw Anomaly.incorrect(
              "db.error/unbound-query-variables",
              "Query is referencing unbound variables: " + unbound + ".",
              "Bind them in :where or :in.")
          .with("variables", unbound.stream().map(Variable::name).toList())
          .toException();
    }
  }

  /// The clauses as they can run when some variables are bound.
  Body body(List<Clause> clauses, Set<Variable> bound, String scope) {
    return plan.body(
        clauses,
        bound,
        scope,
        () -> new Body(new Ordering(this).order(clauses, bound, scope), this));
  }

  /// What patterns found that stand in several conjunctions; null when each is to read for itself.
  @Nullable SharedPatterns shared() {
    return shared;
  }

  /// What groups of clauses found that stand in several conjunctions; null where there are none.
  @Nullable SharedGroups groups() {
    return groups;
  }

  Plan plan() {
    return plan;
  }

  boolean uses(Optimization optimization) {
    return optimizations.contains(optimization);
  }

  /// Rows that are taken through the last clauses at first, when few are asked for.
  long blockRows() {
    return blockRows;
  }

  Functions functions() {
    return functions;
  }

  Budget budget() {
    return budget;
  }

  /// The rule of that name; null when there is none.
  @Nullable Rule rule(Symbol name) {
    Rule made = madeRules.get(name);
    return made == null ? rules.find(name) : made;
  }

  /// Adds a rule that the evaluation of another one calls.
  void make(Rule rule) {
    madeRules.put(rule.name(), rule);
  }

  @Nullable Trace trace() {
    return trace;
  }

  Tables tables() {
    return tables;
  }

  /// The name of the source that a clause names, inside of clauses whose own source is the scope.
  static String scoped(Optional<String> source, String scope) {
    return source.isEmpty() || source.get().equals(DEFAULT_SOURCE) ? scope : source.get();
  }

  Source source(Optional<String> named, String scope) {
    String name = scoped(named, scope);
    Source source = sources.get(name);
    if (source != null) {
      return source;
    }
    if (name.equals(DEFAULT_SOURCE)) {
      throw Anomaly.incorrect(
              "db.error/invalid-data-source",
              "The query reads $, and no database was given for it.",
              "Pass a database as the argument that $ stands for in :in.")
          .toException();
    }
    throw Anomaly.of(
            Anomaly.Category.INCORRECT,
            "Cannot resolve key: " + name + ".",
            "A source that clauses name is an input: list it in :in and pass it.")
        .toException();
  }

  FactsPattern facts(Clause.Pattern pattern, String scope) {
    Map<Clause, Object> known = found(scope);
    FactsPattern facts = (FactsPattern) known.get(pattern);
    if (facts == null) {
      Database db = ((Source.Facts) source(pattern.source(), scope)).database();
      facts = plan.facts(pattern, scope, db);
      if (facts == null) {
        try {
          facts = FactsPattern.of(db, pattern);
        } catch (AnomalyException mistake) {
          throw Place.in(pattern.form(), mistake);
        }
        plan.keep(pattern, scope, facts);
      }
      known.put(pattern, facts);
    }
    return facts;
  }

  Expression expression(Clause.Apply clause, String scope) {
    Map<Clause, Object> known = found(scope);
    Expression expression = (Expression) known.get(clause);
    if (expression == null) {
      expression = plan.expression(clause, scope);
      if (expression == null) {
        try {
          expression = Expression.of(clause, this, scope);
        } catch (AnomalyException mistake) {
          throw Place.in(clause.form(), mistake);
        }
        plan.keep(clause, scope, expression);
      }
      known.put(clause, expression);
    }
    return expression;
  }

  private Map<Clause, Object> found(String scope) {
    return found.computeIfAbsent(scope, key -> new IdentityHashMap<>());
  }
}
