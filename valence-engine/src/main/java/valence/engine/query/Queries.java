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
import java.util.Objects;
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
import valence.engine.function.FunctionResolver.Use;
import valence.engine.index.Reads;
import valence.engine.query.call.Builtins;
import valence.engine.query.exec.Budget;
import valence.engine.query.exec.Destructuring;
import valence.engine.query.exec.Execution;
import valence.engine.query.exec.Functions;
import valence.engine.query.exec.Groups;
import valence.engine.query.exec.Optimization;
import valence.engine.query.exec.Plan;
import valence.engine.query.exec.Relation;
import valence.engine.query.exec.Shaping;
import valence.engine.query.exec.Source;
import valence.engine.query.exec.Trace;
import valence.engine.query.exec.Tuning;
import valence.engine.query.exec.Workers;
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

  private static final ReadCache<Prepared> QUERIES =
      new ReadCache<>(form -> new Prepared(QueryReader.read(form)));
  private static final ReadCache<RuleSet> RULES = new ReadCache<>(ClauseReader::rules);

  private static final ScopedValue<Set<Optimization>> OPTIMIZATIONS = ScopedValue.newInstance();

  private final FunctionResolver application;
  private final Map<String, Source> sources = new HashMap<>();
  private final Map<Symbol, Object> patterns = new HashMap<>();
  private final List<Relation> relations = new ArrayList<>();
  private RuleSet rules = RuleSet.EMPTY;

  private Queries(FunctionResolver application) {
    this.application = application;
  }

  private static final ScopedValue<Tuning> TUNING = ScopedValue.newInstance();

  /// Work whose queries use some optimizations for smaller sizes. For tests.
  public static <T extends @Nullable Object, X extends Throwable> T tuned(
      Tuning tuning, ScopedValue.CallableOp<T, X> work) throws X {
    return ScopedValue.where(TUNING, tuning).call(work);
  }

  /// Work whose queries use some optimizations alone. For tests, which compare their answers.
  public static <T extends @Nullable Object, X extends Throwable> T using(
      Set<Optimization> optimizations, ScopedValue.CallableOp<T, X> work) throws X {
    return ScopedValue.where(OPTIMIZATIONS, Set.copyOf(optimizations)).call(work);
  }

  /// The answer to a query, in the shape that its `:find` asks for.
  ///
  /// @param application the functions that the query may call beside those that are built in
  @SuppressWarnings("NullAway") // it doesn't see that what the lambda gives may be null
  public static @Nullable Object run(QueryRequest request, FunctionResolver application) {
    Workers workers = workers();
    workers.began();
    try {
      return run(request, application, trace(request));
    } finally {
      workers.ended();
    }
  }

  /// Who may help.
  private static Workers workers() {
    return optimizations().contains(Optimization.PARALLEL) ? tuning().workers() : Workers.NONE;
  }

  private static Tuning tuning() {
    return TUNING.isBound() ? TUNING.get() : Tuning.DEFAULT;
  }

  private static Set<Optimization> optimizations() {
    return OPTIMIZATIONS.isBound() ? OPTIMIZATIONS.get() : Optimization.ALL;
  }

  private static Budget budget(QueryRequest request) {
    return new Budget(request.timeout(), request.memoryBytes(), workers());
  }

  @SuppressWarnings("NullAway") // it doesn't see that what the lambda gives isn't null
  private static @Nullable Object run(
      QueryRequest request, FunctionResolver application, @Nullable Trace trace) {
    if (request.ioContext().isEmpty()) {
      Answer answer = answer(request, application, trace);
      return trace == null ? answer.result() : told(answer, request, trace);
    }
    Reads reads = new Reads();
    Answer answer = reads.during(() -> answer(request, application, trace));
    Map<Keyword, Object> map = told(answer, request, trace);
    map.put(Keyword.intern("io-stats"), reads.ioStats(request.ioContext().get(), "query"));
    return map;
  }

  private static @Nullable Trace trace(QueryRequest request) {
    return request.stats() || request.plan() ? new Trace(!request.stats()) : null;
  }

  private record Answer(@Nullable Object result, Found found, Budget budget) {}

  @SuppressWarnings("NullAway") // it doesn't see that what the lambda gives isn't null
  private static Answer answer(
      QueryRequest request, FunctionResolver application, @Nullable Trace trace) {
    Budget budget = budget(request);
    return application.during(
        Use.QUERY,
        functions -> CallLimit.during(budget::tick, () -> {
          Found found =
              find(request.query(), request.args(), Cut.of(request), functions, budget, trace, 0);
          Object result = found.result(request.offset(), request.limit());
          return new Answer(result, found, budget);
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
    if (request.stats() || request.plan() || request.ioContext().isPresent()) {
      throw Forms.mistake(
          "qseq was asked for query-stats, a plan or io-stats.",
          "They are given with a result, by q or qseqWithStats.");
    }
    Budget budget = budget(request);
    return rows(request, found(request, application, budget, null));
  }

  /// [#seq] with what finding the rows was like, in the shape of [#run].
  @SuppressWarnings("NullAway") // it doesn't see that what the lambda gives isn't null
  public static Map<Keyword, Object> seqWithStats(
      QueryRequest request, FunctionResolver application) {
    Trace trace = trace(request);
    Reads reads = new Reads();
    Budget budget = budget(request);
    Found found = reads.during(() -> found(request, application, budget, trace));
    Answer answer = new Answer(rows(request, found), found, budget);
    Map<Keyword, Object> map = told(answer, request, trace);
    request
        .ioContext()
        .ifPresent(context -> map.put(Keyword.intern("io-stats"), reads.ioStats(context, "qseq")));
    return map;
  }

  private static Found found(
      QueryRequest request, FunctionResolver application, Budget budget, @Nullable Trace trace) {
    budget.workers().began();
    try {
      return CallLimit.during(
          budget::tick,
          () -> find(
              request.query(), request.args(), Cut.of(request), application, budget, trace, 0));
    } finally {
      budget.workers().ended();
    }
  }

  private static List<@Nullable Object> rows(QueryRequest request, Found found) {
    return found.results().lazily(found.rows(), found.counted(), request.offset(), request.limit());
  }

  /// Which rows of a result are asked for.
  private record Cut(long offset, long limit) {
    static final Cut NONE = new Cut(0, -1);

    static Cut of(QueryRequest request) {
      return new Cut(request.offset(), request.limit());
    }
  }

  /// Rows that a query found, and what makes its result of them.
  ///
  /// @param counted their groups, when these are all that there is of them
  private record Found(
      Query query, RuleSet rules, Relation rows, @Nullable Groups counted, Results results) {
    @Nullable Object result(long offset, long limit) {
      return results.of(rows, counted, offset, limit);
    }
  }

  /// The result with what else was asked for.
  private static Map<Keyword, Object> told(
      Answer answer, QueryRequest request, @Nullable Trace trace) {
    Map<Keyword, Object> map = answered(answer.result());
    if (trace != null && request.stats()) {
      Map<Keyword, Object> stats = new LinkedHashMap<>();
      stats.put(Keyword.intern("query"), form(request));
      stats.put(Keyword.intern("phases"), trace.toData());
      stats.put(Keyword.intern("warnings"), warnings(answer, request));
      map.put(Keyword.intern("query-stats"), stats);
    }
    if (trace != null && request.plan()) {
      map.put(Keyword.intern("plan"), plan(answer, request, trace));
    }
    return map;
  }

  private static Object form(QueryRequest request) {
    return request.query() instanceof String text
        ? Objects.requireNonNull(Edn.read(text))
        : request.query();
  }

  private static List<Map<Keyword, Object>> warnings(Answer answer, QueryRequest request) {
    return Lint.warnings(
        answer.found().query(),
        answer.found().rules(),
        request.args().size(),
        answer.found().rows().count(),
        answer.found().results().pullDoubts());
  }

  private static Map<Keyword, Object> plan(Answer answer, QueryRequest request, Trace trace) {
    Map<Keyword, Object> plan = new LinkedHashMap<>();
    plan.put(Keyword.intern("query"), form(request));
    plan.put(Keyword.intern("rows"), (long) answer.found().rows().count());
    plan.put(Keyword.intern("nanos"), answer.budget().nanos());
    plan.put(Keyword.intern("bytes"), answer.budget().peakBytes());
    plan.put(Keyword.intern("operators"), trace.toTree(answer.budget().operator()));
    plan.put(Keyword.intern("warnings"), warnings(answer, request));
    return plan;
  }

  private static Found find(
      Object form,
      List<@Nullable Object> args,
      Cut cut,
      FunctionResolver application,
      Budget budget,
      @Nullable Trace trace,
      int depth) {
    if (depth > NESTED_MAX) {
      throw Forms.mistake("The query nests more than " + NESTED_MAX + " queries in each other.");
    }
    Prepared prepared = QUERIES.read(form);
    Queries inputs = new Queries(application);
    @Nullable Source[] given = inputs.bind(prepared, args);
    Functions functions = new Functions(
        application,
        (inner, innerArgs, sameBudget) -> {
          Object outer = trace == null ? null : trace.enter(inner);
          Found found = find(inner, innerArgs, Cut.NONE, application, sameBudget, trace, depth + 1);
          if (trace != null) {
            trace.leave(outer);
          }
          return asSet(found.result(0, -1));
        },
        budget);
    return inputs.find(prepared, given, cut, functions, budget, trace);
  }

  /// Inside of a query, the rows of another one are a set.
  private static @Nullable Object asSet(@Nullable Object result) {
    return result instanceof List<?> rows && (rows.isEmpty() || rows.get(0) instanceof List<?>)
        ? Persistent.set(rows)
        : result;
  }

  private Found find(
      Prepared prepared,
      @Nullable Source[] arguments,
      Cut cut,
      Functions functions,
      Budget budget,
      @Nullable Trace trace) {
    Query query = prepared.query();
    Set<Optimization> optimizations = optimizations();
    Plan plan = optimizations.contains(Optimization.KEPT_PLANS)
        ? prepared.plan(rules, arguments)
        : new Plan();
    Execution execution = new Execution(
        sources, rules, functions, budget, optimizations, tuning().blockRows(), plan, trace);
    Results results = new Results(
        query,
        functions,
        application,
        sources,
        patterns,
        budget,
        new Shaping(budget, trace),
        optimizations.contains(Optimization.COLUMN_AGGREGATES));
    List<Relation> given = distinctVariables(budget);
    Groups counted = results.counts()
        ? execution.counted(query.where(), given, prepared.resultVariables(), results.keys())
        : null;
    Relation found = counted == null
        ? execution.run(
            query.where(),
            given,
            prepared.resultVariables(),
            results.enough(cut.offset(), cut.limit()))
        : counted.rows();
    return new Found(query, rules, found, counted, results);
  }

  /// Inputs that share variables, joined, so that no two do.
  private List<Relation> distinctVariables(Budget budget) {
    if (relations.size() < 2) {
      return relations;
    }
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

  /// @return the sources among the arguments, each at its place
  private @Nullable Source[] bind(Prepared prepared, List<@Nullable Object> args) {
    List<Input> inputs = prepared.inputs();
    if (prepared.query().inputs().isPresent() && args.size() < inputs.size()) {
      throw Anomaly.incorrect(
              "db.error/too-few-inputs",
              "Query expected " + inputs.size() + " inputs but received " + args.size() + ".",
              "Pass an argument for each element of :in.")
          .toException();
    }
    @Nullable Source[] given = new Source[inputs.size()];
    for (int i = 0; i < Math.min(inputs.size(), args.size()); i++) {
      Object arg = args.get(i);
      switch (inputs.get(i)) {
        case Input.Ignored ignored -> {}
        case Input.Source(String name) -> {
          Source source = source(name, arg);
          given[i] = source;
          sources.put(name, source);
        }
        case Input.RuleSet ignored -> rules = RULES.read(required("%", arg));
        case Input.Pattern(Symbol name) -> patterns.put(name, required(name.getName(), arg));
        case Input.Bind(Binding.Scalar(Variable variable)) ->
          relations.add(
              Relation.of(variable, arg == null ? required("[" + variable + "]", arg) : arg));
        case Input.Bind(Binding binding) -> relations.add(bound(binding, arg));
      }
    }
    return given;
  }

  private static Relation bound(Binding binding, @Nullable Object arg) {
    Set<Variable> variables = new LinkedHashSet<>();
    binding.addVariables(variables);
    Object value = required(variables.toString(), arg);
    if (binding instanceof Binding.Each
        && !(value instanceof Collection<?>)
        && Builtins.elements(value) == null) {
      throw mismatch(variables.toString(), value, "a collection");
    }
    return Destructuring.input(binding, value, shown(variables));
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
