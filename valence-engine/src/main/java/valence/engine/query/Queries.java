package valence.engine.query;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Db;
import valence.api.QueryRequest;
import valence.edn.Edn;
import valence.edn.Persistent;
import valence.engine.db.DatabaseValue;
import valence.engine.function.FunctionResolver;
import valence.engine.query.call.Builtins;
import valence.engine.query.exec.Budget;
import valence.engine.query.exec.Destructuring;
import valence.engine.query.exec.Execution;
import valence.engine.query.exec.Functions;
import valence.engine.query.exec.Relation;
import valence.engine.query.exec.Source;
import valence.engine.query.exec.Trace;
import valence.engine.query.syntax.Binding;
import valence.engine.query.syntax.ClauseReader;
import valence.engine.query.syntax.Forms;
import valence.engine.query.syntax.Input;
import valence.engine.query.syntax.Query;
import valence.engine.query.syntax.QueryReader;
import valence.engine.query.syntax.RuleSet;
import valence.engine.query.syntax.Term.Variable;

/// Answers queries.
public final class Queries {
  /// Queries called by queries, at most, one in the other.
  private static final int NESTED_MAX = 20;

  private static final ReadCache<Query> QUERIES = new ReadCache<>(QueryReader::read);
  private static final ReadCache<RuleSet> RULES = new ReadCache<>(ClauseReader::rules);

  private final FunctionResolver application;
  private final Map<String, Source> sources = new HashMap<>();
  private final Map<Symbol, Object> patterns = new HashMap<>();
  private final List<Relation> relations = new ArrayList<>();
  private RuleSet rules = RuleSet.EMPTY;

  private Queries(FunctionResolver application) {
    this.application = application;
  }

  /// The answer to a query, in the shape that its `:find` asks for.
  ///
  /// @param application the functions that the query may call beside those that are built in
  @SuppressWarnings("NullAway") // it doesn't see that what the lambda gives may be null
  public static @Nullable Object run(QueryRequest request, FunctionResolver application) {
    Budget budget = new Budget(request.timeout());
    return application.during(functions -> {
      Trace trace = request.stats() ? new Trace() : null;
      Found found = find(request.query(), request.args(), functions, budget, trace, 0);
      Object result = found.results().of(found.rows(), request.offset(), request.limit());
      return trace == null ? result : withStats(result, request.query(), found, trace);
    });
  }

  /// The rows of a query that finds a relation or a collection, pulled as they are read; each row
  /// by the functions that are deployed then.
  public static List<@Nullable Object> seq(QueryRequest request, FunctionResolver application) {
    if (request.stats()) {
      throw Forms.mistake("qseq was asked for query-stats.", "They are given with a result, by q.");
    }
    Budget budget = new Budget(request.timeout());
    Found found = find(request.query(), request.args(), application, budget, null, 0);
    return found.results().lazily(found.rows(), request.offset(), request.limit());
  }

  /// Rows that a query found, and what makes its result of them.
  private record Found(Query query, RuleSet rules, Relation rows, Results results) {}

  private static Map<Keyword, Object> withStats(
      @Nullable Object result, Object form, Found found, Trace trace) {
    Map<Keyword, Object> stats = new LinkedHashMap<>();
    stats.put(Keyword.intern("query"), form instanceof String text ? Edn.read(text) : form);
    stats.put(Keyword.intern("phases"), trace.toData());
    stats.put(
        Keyword.intern("warnings"),
        Lint.warnings(found.query(), found.rules(), found.results().unknownAttributes()));
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(Keyword.intern("ret"), result);
    map.put(Keyword.intern("query-stats"), stats);
    return map;
  }

  private static Found find(
      Object form,
      List<@Nullable Object> args,
      FunctionResolver application,
      Budget budget,
      @Nullable Trace trace,
      int depth) {
    if (depth > NESTED_MAX) {
      throw Forms.mistake("The query nests more than " + NESTED_MAX + " queries in each other.");
    }
    Query query = QUERIES.read(form);
    Queries inputs = new Queries(application);
    inputs.bind(query, args);
    Functions functions = new Functions(
        application,
        (inner, innerArgs, sameBudget) -> {
          Found found = find(inner, innerArgs, application, sameBudget, null, depth + 1);
          return asSet(found.results().of(found.rows(), 0, -1));
        },
        budget);
    return inputs.find(query, functions, budget, trace);
  }

  /// Inside of a query, the rows of another one are a set.
  private static @Nullable Object asSet(@Nullable Object result) {
    return result instanceof List<?> rows && (rows.isEmpty() || rows.get(0) instanceof List<?>)
        ? Persistent.set(rows)
        : result;
  }

  private Found find(Query query, Functions functions, Budget budget, @Nullable Trace trace) {
    Execution execution = new Execution(sources, rules, functions, budget, trace);
    Results results = new Results(query, functions, application, sources, patterns, budget);
    Relation found =
        execution.run(query.where(), distinctVariables(budget), query.resultVariables());
    return new Found(query, rules, found, results);
  }

  /// Inputs that share variables, joined, so that no two do.
  private List<Relation> distinctVariables(Budget budget) {
    List<Relation> joined = new ArrayList<>();
    for (Relation relation : relations) {
      Relation merged = relation;
      for (int i = joined.size() - 1; i >= 0; i--) {
        Relation other = joined.get(i);
        if (!Collections.disjoint(other.variables(), merged.variables())) {
          joined.remove(i);
          merged = other.join(merged, budget);
        }
      }
      joined.add(merged);
    }
    return joined;
  }

  private void bind(Query query, List<@Nullable Object> args) {
    List<Input> inputs = query.inputs().orElse(List.of(new Input.Source("$")));
    if (query.inputs().isPresent() && args.size() < inputs.size()) {
      throw Anomaly.incorrect(
              "db.error/too-few-inputs",
              "Query expected " + inputs.size() + " inputs but received " + args.size() + ".",
              "Pass an argument for each element of :in.")
          .toException();
    }
    for (int i = 0; i < Math.min(inputs.size(), args.size()); i++) {
      bind(inputs.get(i), args.get(i));
    }
  }

  private void bind(Input input, @Nullable Object arg) {
    switch (input) {
      case Input.Ignored ignored -> {}
      case Input.Source(String name) -> sources.put(name, source(name, arg));
      case Input.RuleSet ignored -> rules = RULES.read(required("%", arg));
      case Input.Pattern(Symbol name) -> patterns.put(name, required(name.getName(), arg));
      case Input.Bind(Binding binding) -> {
        Set<Variable> variables = new LinkedHashSet<>();
        binding.addVariables(variables);
        Object value = required(variables.toString(), arg);
        if (binding instanceof Binding.Each
            && !(value instanceof Collection<?>)
            && Builtins.elements(value) == null) {
          throw mismatch(variables.toString(), value, "a collection");
        }
        relations.add(Destructuring.input(binding, value, shown(variables)));
      }
    }
  }

  private static Object shown(Set<Variable> variables) {
    return Symbol.intern(":in " + variables);
  }

  private static Object required(String name, @Nullable Object arg) {
    if (arg == null) {
      throw mismatch(name, null, "a value");
    }
    return arg;
  }

  private static AnomalyException mismatch(String name, @Nullable Object arg, String expected) {
    return Anomaly.of(
            Anomaly.Category.INCORRECT,
            "The input for " + name + " is " + Forms.show(arg) + ".",
            "Expected " + expected + ".")
        .toException();
  }

  private static Source source(String name, @Nullable Object arg) {
    if (arg instanceof DatabaseValue value) {
      return new Source.Facts(value);
    }
    if (arg instanceof Db) {
      throw mismatch(name, Symbol.intern("a database of another system"), "one of this system");
    }
    Iterable<?> rows = Builtins.elements(arg);
    if (arg == null || rows == null) {
      throw Anomaly.incorrect(
              "db.error/invalid-data-source",
              "The input for " + name + " is " + Forms.show(arg) + ".",
              "Expected a database or a collection of rows.")
          .toException();
    }
    return new Source.Rows(arg, rows);
  }
}
