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
  private final @Nullable Trace trace;
  private final Tables tables = new Tables(this);
  // By clause, not by its text: rules are run with different sources, each with clauses of its own.
  private final Map<String, Map<Clause, Object>> found = new HashMap<>();

  /// @param trace to be told what is run; null for a run that nobody looks at
  public Execution(
      Map<String, Source> sources,
      RuleSet rules,
      Functions functions,
      Budget budget,
      @Nullable Trace trace) {
    this.sources = Map.copyOf(sources);
    this.rules = rules;
    this.functions = functions;
    this.budget = budget;
    this.trace = trace;
  }

  /// The distinct rows over the wanted variables that satisfy the clauses.
  ///
  /// @param inputs relations that the clauses are joined with; no two share a variable
  public Relation run(List<Clause> where, List<Relation> inputs, List<Variable> wanted) {
    try {
      return found(where, inputs, wanted);
    } catch (AnomalyException mistake) {
      throw Place.numbered(where.stream().map(Clause::form).toList(), mistake);
    }
  }

  private Relation found(List<Clause> where, List<Relation> inputs, List<Variable> wanted) {
    Set<Variable> bound = new LinkedHashSet<>();
    inputs.forEach(input -> bound.addAll(input.variables()));
    List<Ordering.Placed> placed = new Ordering(this).order(where, bound, DEFAULT_SOURCE);
    checkBound(where, bound, wanted);
    for (Clause clause : where) {
      if (clause instanceof Clause.Pattern pattern
          && source(pattern.source(), DEFAULT_SOURCE) instanceof Source.Facts) {
        for (Relation input : inputs) {
          for (Variable variable : input.variables()) {
            check(pattern, variable, input);
          }
        }
      }
    }
    return new Conjunction(this, placed, DEFAULT_SOURCE, new LinkedHashSet<>(wanted))
        .run(Relation.UNIT, inputs)
        .project(wanted)
        .distinct(budget);
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
    return (FactsPattern) found(scope).computeIfAbsent(pattern, key -> {
      Source.Facts facts = (Source.Facts) source(pattern.source(), scope);
      try {
        return FactsPattern.of(facts.database(), pattern);
      } catch (AnomalyException mistake) {
        throw Place.in(pattern.form(), mistake);
      }
    });
  }

  Expression expression(Clause.Apply clause, String scope) {
    Map<Clause, Object> known = found(scope);
    Object expression = known.get(clause);
    if (expression == null) {
      try {
        expression = Expression.of(clause, this, scope);
      } catch (AnomalyException mistake) {
        throw Place.in(clause.form(), mistake);
      }
      known.put(clause, expression);
    }
    return (Expression) expression;
  }

  private Map<Clause, Object> found(String scope) {
    return found.computeIfAbsent(scope, key -> new IdentityHashMap<>());
  }
}
