package valence.node.app;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.code.EntryPoint;
import valence.engine.function.AppFunction;
import valence.engine.function.FunctionResolver;
import valence.node.http.Lane;
import valence.node.telemetry.Cause;
import valence.node.telemetry.Histogram;
import valence.node.telemetry.Span;
import valence.node.telemetry.Telemetry;

/// The functions that the serving application allows, as the engine calls them.
public final class AllowedFunctions implements FunctionResolver {
  private static final Keyword REVISION = Keyword.intern("valence.tx", "revision");
  private static final Keyword FUNCTION = Keyword.intern("valence.tx", "function");

  private static final Keyword REQUEST = Keyword.intern("valence.tx", "request");
  private static final Keyword TRACE = Keyword.intern("valence.tx", "trace");
  private static final Keyword PRINCIPAL = Keyword.intern("valence.tx", "principal");

  /// How long the functions of one transaction may take together: their database takes no other
  /// meanwhile.
  static final Duration TRANSACTION_TIME_MAX = Duration.ofSeconds(10);

  private final Serving serving;
  private final Telemetry telemetry;
  private final Duration transactionTimeMax;
  private final Map<Use, Histogram> times = new EnumMap<>(Use.class);

  public AllowedFunctions(Serving serving) {
    this(serving, Telemetry.quiet(), TRANSACTION_TIME_MAX);
  }

  public AllowedFunctions(Serving serving, Telemetry telemetry) {
    this(serving, telemetry, TRANSACTION_TIME_MAX);
  }

  AllowedFunctions(Serving serving, Telemetry telemetry, Duration transactionTimeMax) {
    this.serving = serving;
    this.telemetry = telemetry;
    this.transactionTimeMax = transactionTimeMax;
    for (Use use : Use.values()) {
      times.put(
          use,
          telemetry
              .metrics()
              .histogram(
                  "valence_work_seconds",
                  "Queries, and the computing of transactions, whoever asked.",
                  "kind",
                  word(use)));
    }
  }

  private static String word(Use use) {
    return switch (use) {
      case TRANSACTION -> "transaction";
      case QUERY -> "query";
      case XFORM -> "pull";
    };
  }

  /// The function of whichever revision serves when it is called.
  @Override
  @SuppressWarnings("NullAway") // it doesn't see that what the lambda gives may be null
  public AppFunction resolve(Symbol name, Use use) {
    during(now -> now.resolve(name, use)); // what isn't there is refused at once
    return args -> during(now -> now.resolve(name, use).invoke(args));
  }

  @Override
  public FunctionResolver forCaller() {
    Cause cause = Cause.orNull();
    return cause == null ? this : new OfCaller(this, cause);
  }

  @Override
  public <T extends @Nullable Object, E extends Exception> T during(Use use, Work<T, E> work)
      throws E {
    Cause cause = Cause.orNull();
    Span span = cause != null && cause.span().sampled()
        ? telemetry.tracer().part(word(use), cause.span())
        : null;
    long begin = System.nanoTime();
    try {
      return during(work);
    } catch (RuntimeException | Error e) {
      if (span != null) {
        span.failed(e);
      }
      throw e;
    } finally {
      Objects.requireNonNull(times.get(use)).record(System.nanoTime() - begin);
      if (span != null) {
        span.close();
      }
    }
  }

  @Override
  public <T extends @Nullable Object, E extends Exception> T during(Work<T, E> work) throws E {
    Optional<Serving.Call> call = serving.begin();
    if (call.isEmpty()) {
      return work.with(AllowedFunctions::nothing);
    }
    try (Serving.Call held = call.get()) {
      return work.with(
          new OfRevision(held.application(), System.nanoTime() + transactionTimeMax.toNanos()));
    }
  }

  private static AppFunction nothing(Symbol name, Use use) {
    throw notFound(name, use, "here");
  }

  /// The functions of one revision, which somebody else keeps loaded.
  ///
  /// @param deadlineNanos until when they may transact
  private record OfRevision(Application application, long deadlineNanos)
      implements FunctionResolver {
    @Override
    public AppFunction resolve(Symbol name, Use use) {
      return application
          .function(name, use)
          .map(function -> bound(function, use))
          .orElseThrow(() -> refused(application, name, use));
    }

    private AppFunction bound(EntryPoint function, Use use) {
      return switch (use) {
        case TRANSACTION -> new InTransaction(application, function, deadlineNanos);
        case QUERY, XFORM ->
          new InQuery(application, function, application.meter(function, Entrance.QUERY));
      };
    }
  }

  /// The functions of somebody whose transaction another thread computes.
  private record OfCaller(AllowedFunctions all, Cause cause) implements FunctionResolver {
    @Override
    public AppFunction resolve(Symbol name, Use use) {
      return all.resolve(name, use);
    }

    @Override
    public <T extends @Nullable Object, E extends Exception> T during(Work<T, E> work) throws E {
      return cause.during(() -> all.during(work));
    }

    @Override
    public <T extends @Nullable Object, E extends Exception> T during(Use use, Work<T, E> work)
        throws E {
      return cause.during(() -> all.during(use, work));
    }
  }

  /// A function of a query, called where the query runs; the query's deadline is its.
  private record InQuery(Application application, EntryPoint function, CallMeter meter)
      implements AppFunction {
    @Override
    public @Nullable Object invoke(@Nullable Object... args) throws Exception {
      long begin = meter.begin();
      boolean failed = true;
      try {
        Object result = function.answer(args);
        failed = false;
        return result;
      } catch (OutOfMemoryError e) {
        throw outOfMemory(application, function, e);
      } finally {
        meter.end(begin, failed);
      }
    }
  }

  /// A function of a transaction: on a thread of its own, so that the database goes on when it
  /// doesn't come back.
  private record InTransaction(Application application, EntryPoint function, long deadlineNanos)
      implements AppFunction {
    @Override
    public @Nullable Object invoke(@Nullable Object... args) throws Exception {
      try {
        return application.transact(function, deadlineNanos, args);
      } catch (OutOfMemoryError e) {
        throw outOfMemory(application, function, e);
      } catch (AnomalyException e) {
        if (System.nanoTime() >= deadlineNanos && Lane.isTimeout(e.anomaly())) {
          throw tooLong(e);
        }
        throw e;
      }
    }

    private AnomalyException tooLong(AnomalyException cause) {
      return Anomaly.of(
              Anomaly.Category.INCORRECT,
              "The functions of the transaction took too long; the last was "
                  + text(function.name()) + ".",
              "Nothing was transacted.",
              "A database takes no other transaction meanwhile: let a function look at few facts"
                  + " and return.")
          .withError("ion.error/transaction-too-long")
          .with("ion/function", function.name())
          .with("ion/revision", application.info().revision())
          .toException(cause);
    }

    @Override
    public Map<Keyword, Object> provenance() {
      Map<Keyword, Object> facts = new LinkedHashMap<>();
      facts.put(REVISION, application.info().revision());
      facts.put(FUNCTION, text(function.name()));
      Cause cause = Cause.orNull();
      if (cause != null) {
        facts.put(REQUEST, cause.requestId());
        facts.put(TRACE, cause.span().traceId());
        if (cause.principal() != null) {
          facts.put(PRINCIPAL, cause.principal());
        }
      }
      return facts;
    }
  }

  private static AnomalyException outOfMemory(
      Application application, EntryPoint function, OutOfMemoryError cause) {
    return Anomaly.of(
            Anomaly.Category.FAULT,
            text(function.name()) + " of revision " + application.info().revision()
                + " needed more memory than the node has left, or more threads than an application"
                + " may have.",
            "Let it work on less at once, or give the node more with `valence up --heap`.")
        .withError("ion.error/out-of-memory")
        .with("ion/function", function.name())
        .with("ion/revision", application.info().revision())
        .toException(cause);
  }

  private static AnomalyException refused(Application application, Symbol name, Use use) {
    String key = use == Use.XFORM ? ":xforms" : ":allow";
    if (name.getNamespace() == null || !application.has(name)) {
      return notFound(name, use, "in revision " + application.info().revision());
    }
    return Anomaly.of(
            Anomaly.Category.FORBIDDEN,
            "'" + text(name) + "' is not allowed by ion-config.edn.",
            "The application has the function but doesn't list it under " + key + ".",
            "Add it to " + key + " of ion-config.edn, push and deploy.")
        .with("ion/function", name)
        .toException();
  }

  private static AnomalyException notFound(Symbol name, Use use, String where) {
    return Anomaly.of(
            use == Use.XFORM ? Anomaly.Category.FORBIDDEN : Anomaly.Category.NOT_FOUND,
            "There is no function " + text(name) + " " + where + ".",
            "Expected a function of the deployed application.",
            "Check the name, or deploy the revision that has it.")
        .with("ion/function", name)
        .toException();
  }

  private static String text(Symbol name) {
    return name.getNamespace() == null
        ? name.getName()
        : name.getNamespace() + "/" + name.getName();
  }
}
