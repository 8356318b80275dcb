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
import valence.engine.function.CallLimit;
import valence.engine.function.FunctionResolver;
import valence.engine.index.Reads;
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
    Trace trace = request.stats() ? new Trace() : null;
    if (request.ioContext().isEmpty()) {
      Answer answer = answer(request, application, trace);
      return trace == null ? answer.result() : withStats(answer, request, trace);
    }
    Reads reads = new Reads();
    Answer answer = reads.during(() -> answer(request, application, trace));
    Map<Keyword, Object> map =
        trace == null ? answered(answer.result()) : withStats(answer, request, trace);
    map.put(Keyword.intern("io-stats"), reads.ioStats(request.ioContext().get(), "query"));
    return map;
  }

  private record Answer(@Nullable Object result, Found found) {}

  @SuppressWarnings("NullAway") // it doesn't see that what the lambda gives isn't null
  private static Answer answer(
      QueryRequest request, FunctionResolver application, @Nullable Trace trace) {
    Budget budget = new Budget(request.timeout());
    return application.during(functions -> CallLimit.during(budget::tick, () -> {
      Found found = find(request.query(), request.args(), functions, budget, trace, 0);
      Object result = found.results().of(found.rows(), request.offset(), request.limit());
      return new Answer(result, found);
    }));
  }

  @SuppressWarnings("NullAway") // :ret may be null, as the plain result
  private static Map<Keyword, Object> answered(@Nullable Object result) {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(Keyword.intern("ret"), result);
    return map;
  }

  /// The rows of a query that finds a relation or a collection, pulled as they are read; each row
  /// by the functions that are deployed then.
  public static List<@Nullable Object> seq(QueryRequest request, FunctionResolver application) {
    if (request.stats() || request.ioContext().isPresent()) {
      throw Forms.mistake(
          "qseq was asked for query-stats or io-stats.",
          "They are given with a result, by q or qseqWithStats.");
    }
    return rows(request, found(request, application, null));
  }

  /// [#seq] with what finding the rows was like, in the shape of [#run].
  @SuppressWarnings("NullAway") // it doesn't see that what the lambda gives isn't null
  public static Map<Keyword, Object> seqWithStats(
      QueryRequest request, FunctionResolver application) {
    Trace trace = request.stats() ? new Trace() : null;
    Reads reads = new Reads();
    Found found = reads.during(() -> found(request, application, trace));
    Answer answer = new Answer(rows(request, found), found);
    Map<Keyword, Object> map =
        trace == null ? answered(answer.result()) : withStats(answer, request, trace);
    request
        .ioContext()
        .ifPresent(context -> map.put(Keyword.intern("io-stats"), reads.ioStats(context, "qseq")));
    return map;
  }

  private static Found found(
      QueryRequest request, FunctionResolver application, @Nullable Trace trace) {
    Budget budget = new Budget(request.timeout());
    return CallLimit.during(
        budget::tick, () -> find(request.query(), request.args(), application, budget, trace, 0));
  }

  private static List<@Nullable Object> rows(QueryRequest request, Found found) {
    return found.results().lazily(found.rows(), request.offset(), request.limit());
  }

  /// Rows that a query found, and what makes its result of them.
  private record Found(Query query, RuleSet rules, Relation rows, Results results) {}

  private static Map<Keyword, Object> withStats(Answer answer, QueryRequest request, Trace trace) {
    Object form = request.query();
    Map<Keyword, Object> stats = new LinkedHashMap<>();
    stats.put(Keyword.intern("query"), form instanceof String text ? Edn.read(text) : form);
    stats.put(Keyword.intern("phases"), trace.toData());
    stats.put(
        Keyword.intern("warnings"),
        Lint.warnings(
            answer.found().query(),
            answer.found().rules(),
            request.args().size(),
            answer.found().rows().count(),
            answer.found().results().pullDoubts()));
    Map<Keyword, Object> map = answered(answer.result());
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
          Object outer = trace == null ? null : trace.enter(inner);
          Found found = find(inner, innerArgs, application, sameBudget, trace, depth + 1);
          if (trace != null) {
            trace.leave(outer);
          }
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
