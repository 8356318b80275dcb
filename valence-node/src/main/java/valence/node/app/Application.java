package valence.node.app;

import clojure.lang.Keyword;
import clojure.lang.PersistentArrayMap;
import clojure.lang.Symbol;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.engine.code.EntryPoint;
import valence.engine.function.FunctionResolver.Use;
import valence.engine.index.Reads;
import valence.ion.AppInfo;
import valence.ion.HttpRequest;
import valence.ion.LambdaContext;
import valence.node.http.Lane;
import valence.node.telemetry.Cause;
import valence.node.telemetry.Samples;
import valence.node.telemetry.Span;
import valence.node.telemetry.Telemetry;
import valence.wire.ion.CheckConfig;
import valence.wire.ion.HttpDirect;
import valence.wire.ion.IonConfig;
import valence.wire.ion.LambdaConfig;
import valence.wire.ion.Origin;
import valence.wire.ion.SourceConfig;
import valence.wire.json.PlainJson;

/// One revision of an application, loaded and checked. Safe for many threads.
///
/// Its code stays loaded until it is retired and the last call that [#enter]ed has left.
public final class Application {
  private static final Logger LOG = LoggerFactory.getLogger(Application.class);

  /// `<group>-<function>`, AWS Lambda's own limit.
  static final int LAMBDA_CHARACTERS_MAX = 64;

  /// Calls at once of a function whose configuration says `:none`.
  private static final int UNLIMITED_CALLS_MAX = 1_000;

  /// Events of one function that wait for it.
  private static final int EVENTS_WAITING_MAX = 1_000;

  private static final int RETIRED = 1 << 31;
  private static final Keyword INPUT = Keyword.intern("input");
  private static final Keyword CONTEXT = Keyword.intern("context");

  /// Transaction functions that run at once; those of databases that run none wait.
  private static final int TRANSACTION_CALLS_MAX = 32;

  /// Calls that were given up and don't end; with more, the revision takes no new ones.
  static final int STUCK_MAX = 16;

  /// What a Lambda function takes as its payload, as its first parameter says.
  private enum Payload {
    TEXT,
    BYTES,
    DATA;

    static Payload of(Class<?> type) {
      if (type == String.class) {
        return TEXT;
      }
      return type == byte[].class || type == InputStream.class || type == ByteBuffer.class
          ? BYTES
          : DATA;
    }
  }

  /// A Lambda function.
  ///
  /// @param takes        its parameter types
  /// @param calls        where calls run whose caller waits
  /// @param events       where calls run that nobody waits for
  public record Lambda(
      EntryPoint function, List<Class<?>> takes, LambdaConfig config, Lane calls, Lane events) {
    /// Whether the function wants to know of its call.
    public boolean takesContext() {
      return takes.size() == 2;
    }

    /// Whether it takes a map, be it data or a request.
    public boolean takesMap() {
      return function.isClojure() || takes.getFirst() == Map.class;
    }

    /// Calls the function, here and now, with JSON text as what its first parameter wants: text,
    /// bytes, a stream, or the data in it. One of Clojure is given a map with the payload as
    /// `:input` and the `:context`. What it throws is thrown as it is.
    public @Nullable Object call(String payload, LambdaContext context) throws Exception {
      if (function.isClojure()) {
        return function.call(PersistentArrayMap.createWithCheck(
            new Object[] {INPUT, payload, CONTEXT, known(context)}));
      }
      Object given = switch (Payload.of(takes.getFirst())) {
        case TEXT -> payload;
        case BYTES -> payload.getBytes(StandardCharsets.UTF_8);
        case DATA -> PlainJson.read(payload);
      };
      return takesContext() ? function.call(given, context) : function.call(given);
    }
  }

  private static Object known(LambdaContext context) {
    return PersistentArrayMap.createWithCheck(new Object[] {
      Keyword.intern("functionName"), context.functionName(),
      Keyword.intern("awsRequestId"), context.requestId(),
      Keyword.intern("deadline"), Date.from(context.deadline())
    });
  }

  /// The HTTP handler.
  ///
  /// @param takesMap whether it takes requests as maps, as Ring has them, not as [HttpRequest]
  public record Web(EntryPoint handler, boolean takesMap, HttpDirect config, Lane lane) {}

  /// What says whether the revision can serve.
  ///
  /// @param takesInfo whether it wants to know which revision, and where
  /// @param isVoid    whether it says so by not throwing
  public record Check(EntryPoint function, CheckConfig config, boolean takesInfo, boolean isVoid) {}

  private final AppInfo info;
  private final ClassLoader code;
  private final Map<Symbol, EntryPoint> allowed = new HashMap<>();
  private final Map<Symbol, EntryPoint> xforms = new HashMap<>();
  private final Map<String, Lambda> lambdas = new HashMap<>();
  private final Map<String, SourceFunction> sources = new HashMap<>();
  private final Optional<Web> web;
  private final Optional<Check> check;
  private final AtomicInteger calls = new AtomicInteger(); // the sign bit is RETIRED

  private final CountDownLatch ended = new CountDownLatch(1);

  private final Telemetry telemetry;
  private final ThreadPoolExecutor threads;
  private final Lane transactions;
  private final Map<Metered, CallMeter> meters = new ConcurrentHashMap<>();

  /// A function, and how calls come to it.
  private record Metered(Symbol function, Entrance entrance) {}

  private Application(AppInfo info, ClassLoader code, IonConfig config, Telemetry telemetry) {
    this.info = info;
    this.code = code;
    this.telemetry = telemetry;
    threads = Lane.threads(this::thread);
    transactions =
        new Lane("transaction functions", TRANSACTION_CALLS_MAX, TRANSACTION_CALLS_MAX, threads);
    for (Symbol name : config.allow()) {
      if (name.getName().equals("*")) {
        EntryPoint.findAll(code, name).forEach(found -> allowed.put(found.name(), found));
      } else {
        allowed.put(name, EntryPoint.find(code, name));
      }
    }
    for (Symbol name : config.xforms()) {
      xforms.put(name, EntryPoint.find(code, name));
    }
    config
        .lambdas()
        .forEach((name, lambda) -> lambdas.put(info.group() + "-" + name, lambda(name, lambda)));
    config.sources().forEach((name, source) -> sources.put(name, source(name, source)));
    web = config.http().map(this::web);
    check = config.startUpCheck().map(this::check);
  }

  /// Loads a revision and checks every function that its configuration names; `incorrect`, naming
  /// the function and the reason, when one can't be called.
  ///
  /// @param jars   the class path, in its order
  /// @param system a client of the system, for the code
  /// @param telemetry what the code says, and what is measured of it
  public static Application load(
      AppInfo info, IonConfig config, List<Path> jars, Client system, Telemetry telemetry) {
    return load(info, config, new CodeLoader(info, jars, system, telemetry));
  }

  static Application load(AppInfo info, IonConfig config, CodeLoader code) {
    try {
      return new Application(info, code, config, code.telemetry());
    } catch (Throwable e) {
      discard(info, code);
      throw e;
    }
  }

  /// Lets go of code that no call will be on.
  static void discard(AppInfo info, CodeLoader code) {
    unload(new Unloading(code), info, () -> {});
  }

  /// Checks, as [#load] does, code that somebody else has loaded and keeps, such as a test's own.
  public static Application loaded(
      AppInfo info, IonConfig config, ClassLoader code, Telemetry telemetry) {
    return new Application(info, code, config, telemetry);
  }

  /// As [#load(AppInfo, IonConfig, List, Client, Telemetry)], for nobody who watches.
  public static Application load(AppInfo info, IonConfig config, List<Path> jars, Client system) {
    return load(info, config, jars, system, Telemetry.quiet());
  }

  private Thread thread(Runnable task) {
    Thread thread = Thread.ofPlatform().daemon().name("app-" + info.revision()).unstarted(task);
    thread.setContextClassLoader(code);
    return thread;
  }

  /// Makes a call of a function on a thread of the revision's own, in a lane, within a time limit:
  /// measured, traced, and looked after when it doesn't end.
  ///
  /// Fails as [Lane#call], and with `unavailable` when too many calls of the revision don't end.
  public <T extends @Nullable Object> T perform(
      Entrance entrance, EntryPoint function, Lane lane, Duration limit, Callable<T> call)
      throws Exception {
    requireSound();
    CallMeter meter = meter(function, entrance);
    UnderWay underWay = underWay(entrance, function, meter);
    try {
      return lane.<T>call(limit, () -> run(() -> underWay.call(call)));
    } catch (AnomalyException e) {
      if (Lane.isTimeout(e.anomaly())) {
        meter.timedOut();
        watch(underWay);
      }
      throw e;
    } catch (InterruptedException e) {
      watch(underWay);
      throw e;
    }
  }

  /// Lets a call of a function run without waiting for it, in a lane.
  ///
  /// @param after done when the call has ended, whatever came of it
  public void post(
      Entrance entrance, EntryPoint function, Lane lane, Callable<?> call, Runnable after) {
    requireSound();
    UnderWay underWay = underWay(entrance, function, meter(function, entrance));
    lane.post(() -> {
      try {
        underWay.call(call);
      } catch (Exception e) {
        LOG.error("call-failed what={}", underWay.what(), e);
      } finally {
        after.run();
      }
    });
  }

  /// Makes a call of a transaction function, until the deadline of `System.nanoTime`.
  @Nullable Object transact(EntryPoint function, long deadlineNanos, @Nullable Object... args)
      throws Exception {
    Reads reads = Reads.counting();
    Duration left = Duration.ofNanos(Math.max(1, deadlineNanos - System.nanoTime()));
    return perform(
        Entrance.TRANSACTION,
        function,
        transactions,
        left,
        () -> Reads.<@Nullable Object, Exception>during(reads, () -> function.call(args)));
  }

  CallMeter meter(EntryPoint function, Entrance entrance) {
    return meters.computeIfAbsent(
        new Metered(function.name(), entrance),
        _ -> new CallMeter(telemetry.metrics(), info, text(function.name()), entrance));
  }

  private UnderWay underWay(Entrance entrance, EntryPoint function, CallMeter meter) {
    String name = text(function.name());
    Cause caller = Cause.orNull();
    Span span = caller == null
        ? telemetry.tracer().request(name, null)
        : telemetry.tracer().part(name, caller.span());
    span.with("valence.revision", info.revision()).with("valence.entrance", entrance.word());
    String requestId = caller == null ? UUID.randomUUID().toString() : caller.requestId();
    Cause cause = new Cause(
        requestId, span.context(), caller == null ? null : caller.principal(), info, name);
    return new UnderWay(entrance, name, meter, span, cause);
  }

  private void watch(UnderWay call) {
    Thread thread = call.thread();
    if (thread != null) {
      telemetry
          .overdue()
          .watch(call.what(), thread, () -> call.thread() != null, info, call.cause());
    }
  }

  private void requireSound() {
    int stuck = telemetry.overdue().of(info);
    if (stuck >= STUCK_MAX) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              "Revision " + info.revision() + " takes no more calls: " + stuck
                  + " of its calls were given up and don't end.",
              "Deploy a revision whose functions heed interrupts; `valence status` says where they"
                  + " are.")
          .withError("ion.error/stuck")
          .toException();
    }
  }

  /// The calls that run now, by what they are.
  void tell(Samples samples) {
    meters.forEach((of, meter) -> samples.gauge(
        "valence_ion_in_flight",
        "Calls of application functions that run.",
        meter.running(),
        "function",
        text(of.function()),
        "entrance",
        of.entrance().word(),
        "revision",
        info.revision()));
    lambdas.forEach((name, lambda) -> {
      tell(samples, lambda.calls());
      tell(samples, lambda.events());
    });
    web.ifPresent(each -> tell(samples, each.lane()));
    tell(samples, transactions);
  }

  private void tell(Samples samples, Lane lane) {
    samples.gauge(
        "valence_ion_queue",
        "Calls that wait for their turn.",
        lane.queued(),
        "lane",
        lane.name(),
        "revision",
        info.revision());
    samples.counter(
        "valence_ion_busy_total",
        "Calls that were refused because too many ran and waited.",
        lane.refused(),
        "lane",
        lane.name(),
        "revision",
        info.revision());
  }

  private static String text(Symbol name) {
    return name.getNamespace() + "/" + name.getName();
  }

  public AppInfo info() {
    return info;
  }

  /// What loads its code.
  ClassLoader code() {
    return code;
  }

  /// The HTTP handler, when the application has one.
  public Optional<Web> web() {
    return web;
  }

  /// What says whether the revision can serve, when the application has it.
  public Optional<Check> check() {
    return check;
  }

  /// Calls the check, here and now: whether the revision can serve. What it throws is thrown as it
  /// is.
  public boolean isReady(Check of) throws Exception {
    Object said =
        run(() -> of.takesInfo() ? of.function().call(info) : of.function().call());
    return of.isVoid() || said != null && !Boolean.FALSE.equals(said);
  }

  /// How many calls are on it now.
  public int callsUnderWay() {
    return calls.get() & ~RETIRED;
  }

  /// The Lambda function of a full name, `<group>-<function>`.
  public Optional<Lambda> lambda(String name) {
    return Optional.ofNullable(lambdas.get(name));
  }

  /// The names of what queries and transactions may call.
  public Set<Symbol> allowed() {
    return Collections.unmodifiableSet(allowed.keySet());
  }

  /// What each source calls, by the source's name.
  public Map<String, SourceFunction> sources() {
    return Collections.unmodifiableMap(sources);
  }

  /// The functions of Clojure that queries, transactions and pulls may call.
  public List<EntryPoint> clojureFunctions() {
    return Stream.of(allowed.values(), xforms.values())
        .flatMap(Collection::stream)
        .filter(EntryPoint::isClojure)
        .toList();
  }

  /// The function of a name, if the configuration lets queries and transactions call it.
  Optional<EntryPoint> function(Symbol name, Use use) {
    return Optional.ofNullable(
        switch (use) {
          case TRANSACTION, QUERY -> allowed.get(name);
          case XFORM -> xforms.get(name);
        });
  }

  /// Whether the revision's code sees a function of the name, allowed or not. Runs none of it.
  boolean has(Symbol name) {
    return EntryPoint.exists(code, name)
        || Stream.of(allowed.values(), xforms.values())
            .flatMap(Collection::stream)
            .anyMatch(function -> function.sees(name));
  }

  /// Runs a call with the code kept loaded until it ends; `unavailable` when the code is gone,
  /// which can't happen while the caller is in a call itself.
  public <T extends @Nullable Object> T run(Callable<T> call) throws Exception {
    if (!enter()) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              "Revision " + info.revision() + " was replaced meanwhile.",
              "Try again.")
          .toException();
    }
    try {
      return call.call();
    } finally {
      leave();
    }
  }

  /// Keeps the code loaded until [#leave]; false when it is too late for that.
  boolean enter() {
    while (true) {
      int now = calls.get();
      if (now == RETIRED) {
        return false;
      }
      if (calls.compareAndSet(now, now + 1)) {
        return true;
      }
    }
  }

  void leave() {
    if (calls.decrementAndGet() == RETIRED) {
      end();
    }
  }

  /// Lets the code go as soon as no call is on it.
  public void retire() {
    int before = calls.getAndUpdate(now -> now | RETIRED);
    if (before == 0) {
      end();
    }
  }

  /// Waits until no call is on a retired application, or the deadline (of `System.nanoTime`).
  void awaitEnd(long deadlineNanos) {
    try {
      if (!ended.await(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        LOG.warn("calls-left app={} rev={}", info.appName(), info.revision());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void end() {
    threads.shutdown();
    Runnable after = () -> {
      telemetry.metrics().forget("revision", info.revision());
      ended.countDown();
    };
    if (code instanceof CodeLoader own) {
      unload(new Unloading(own), info, after);
    } else {
      after.run();
    }
  }

  private static void unload(Unloading unloading, AppInfo info, Runnable after) {
    Thread thread = Thread.ofPlatform()
        .daemon()
        .name("unload-" + info.revision())
        .unstarted(() -> {
          try {
            unloading.run();
          } finally {
            after.run();
          }
        });
    thread.setContextClassLoader(Application.class.getClassLoader());
    thread.start();
  }

  private Lambda lambda(String name, LambdaConfig config) {
    String full = info.group() + "-" + name;
    if (full.length() > LAMBDA_CHARACTERS_MAX) {
      throw Anomaly.incorrect(
              "ion.error/invalid-config",
              "The Lambda name " + full + " has " + full.length() + " characters.",
              "At most " + LAMBDA_CHARACTERS_MAX + " are possible, the group's name included.",
              "Choose a shorter name under :lambdas.")
          .toException();
    }
    EntryPoint function = EntryPoint.find(code, config.fn());
    Stream<List<Class<?>>> possible =
        function.isClojure() ? Stream.of(List.of(Map.class)) : function.parameters().stream();
    List<Class<?>> takes = possible
        .filter(types -> config.proxied() ? isHandler(types) : isLambda(types))
        .max(Comparator.comparingInt(List::size)) // with the context, if there are both
        .orElseThrow(() -> EntryPoint.unusable(
            config.fn(),
            config.proxied()
                ? "With :api-gateway/proxy it takes (HttpRequest), or a request map."
                : "A Lambda function takes (payload) or (payload, LambdaContext context) and gives"
                    + " its answer.",
            null));
    int runningMax = config.concurrency().orElse(UNLIMITED_CALLS_MAX);
    return new Lambda(
        function,
        takes,
        config,
        new Lane(full, runningMax, 0, threads),
        new Lane(full + " events", runningMax, EVENTS_WAITING_MAX, threads));
  }

  private SourceFunction source(String name, SourceConfig source) {
    return switch (source.target()) {
      case SourceConfig.Target.Lambda(String lambda) ->
        new SourceFunction.OfEvents(
            source,
            info.group() + "-" + lambda,
            java.util.Objects.requireNonNull(lambdas.get(info.group() + "-" + lambda)));
      case SourceConfig.Target.Function(Symbol fn) ->
        source.origin() instanceof Origin.Trigger
            ? SourceFunction.ofFacts(source, name, EntryPoint.find(code, fn), threads)
            : new SourceFunction.OfEvents(
                source,
                name,
                lambda(
                    name,
                    new LambdaConfig(
                        fn,
                        source.description(),
                        source.delivery().timeoutSecs(),
                        source.delivery().concurrency(),
                        "",
                        false)));
    };
  }

  private static boolean isLambda(List<Class<?>> types) {
    return types.size() == 1 && types.getFirst() != LambdaContext.class
        || types.size() == 2 && types.getLast() == LambdaContext.class;
  }

  private static boolean isHandler(List<Class<?>> types) {
    return types.equals(List.of(HttpRequest.class)) || types.equals(List.of(Map.class));
  }

  private Web web(HttpDirect config) {
    EntryPoint handler = EntryPoint.find(code, config.handlerFn());
    boolean takesRequest = handler.parameters().contains(List.of(HttpRequest.class));
    if (!handler.isClojure() && handler.parameters().stream().noneMatch(Application::isHandler)) {
      throw EntryPoint.unusable(
          config.handlerFn(),
          "An HTTP handler takes (HttpRequest) and gives HttpResponse, or it takes a request map"
              + " and gives a response map.",
          null);
    }
    return new Web(
        handler,
        !takesRequest,
        config,
        new Lane("http", config.processingConcurrency(), config.pendingOpsQueueLength(), threads));
  }

  private Check check(CheckConfig config) {
    EntryPoint function = EntryPoint.find(code, config.fn());
    for (List<Class<?>> taken : List.<List<Class<?>>>of(List.of(AppInfo.class), List.of())) {
      boolean isVoid = function.takes(void.class, taken);
      if (isVoid || function.takes(boolean.class, taken) || function.takes(Object.class, taken)) {
        return new Check(function, config, !taken.isEmpty(), isVoid);
      }
    }
    throw EntryPoint.unusable(
        config.fn(), "A check takes nothing, or an AppInfo, and gives true or false.", null);
  }
}
