package valence.node.app;

import static valence.api.Valence.kw;

import clojure.lang.Symbol;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.Connection;
import valence.engine.function.FunctionResolver.Use;
import valence.engine.local.LocalClient;
import valence.ion.AppInfo;
import valence.ion.LambdaContext;
import valence.node.http.Lane;
import valence.node.telemetry.Telemetry;
import valence.storage.memory.MemoryStorage;
import valence.wire.ion.IonConfig;

/// What [IsolationTest] runs in a process of its own: an application that does all it can to its
/// node. Ends with 0 when the node came through.
final class IsolationProbe {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(200);

  private static final String CONFIG = """
      {:app-name "bad"
       :allow [bad.Bad/* ]
       :lambdas {:call {:fn bad.Bad/call :timeout-secs 60 :concurrency-limit 100}}}
      """;

  private final Path jar;
  private final Telemetry telemetry = Telemetry.quiet();
  private final Serving serving = new Serving(Duration.ofSeconds(5));
  private final Client client;
  private final Connection database;

  private IsolationProbe(Path jar, Duration transactionTimeMax) {
    this.jar = jar;
    client = new LocalClient(
        MemoryStorage.open(),
        new AllowedFunctions(serving, telemetry, transactionTimeMax),
        Clock.systemUTC());
    client.createDatabase("shop");
    database = client.connect("shop");
    database.transact("[{:db/ident :item/count :db/valueType :db.type/long"
        + " :db/cardinality :db.cardinality/one}]");
  }

  public static void main(String... arguments) throws Exception {
    var probe = new IsolationProbe(
        Path.of(arguments[1]), arguments[0].equals("loop") ? Duration.ofMillis(500) : LONG);
    try {
      switch (arguments[0]) {
        case "swap" -> probe.swap(Integer.parseInt(arguments[2]));
        case "loop" -> probe.loop();
        case "memory" -> probe.memory();
        case "threads" -> probe.threads();
        case "exit" -> probe.exit();
        default -> throw new IllegalArgumentException(arguments[0]);
      }
    } catch (Throwable e) {
      e.printStackTrace();
      Runtime.getRuntime().halt(1); // what loops must not keep the process
    }
    System.out.println("PASSED " + arguments[0]);
    Runtime.getRuntime().halt(0); // what loops goes on, and must not keep the process
  }

  private Application load(String revision) {
    return Application.load(
        new AppInfo("bad", "solo", revision),
        IonConfig.parse(CONFIG),
        List.of(jar),
        client,
        telemetry);
  }

  private Object call(String what, Duration limit) throws Exception {
    try (Serving.Call call = serving.begin().orElseThrow()) {
      Application application = call.application();
      Application.Lambda lambda = application.lambda("solo-call").orElseThrow();
      var context = new LambdaContext("solo-call", "r", java.time.Instant.now());
      return application.perform(
          Entrance.LAMBDA,
          lambda.function(),
          lambda.calls(),
          limit,
          () -> lambda.call(what, context));
    }
  }

  private static AnomalyException refused(Attempt attempt) throws Exception {
    try {
      attempt.run();
    } catch (AnomalyException e) {
      return e;
    }
    throw new AssertionError("it wasn't refused");
  }

  private interface Attempt {
    void run() throws Exception;
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }

  /// Swaps revisions that each leave threads, timers, executors, hooks, a driver, a bean and
  /// thread-locals, and sees that all of it is gone and memory is as it was.
  private void swap(int count) throws Exception {
    List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    var lane = new Lane("queries", 2, 100);
    long metaspaceAtFirst = 0;
    for (int i = 1; i <= count; i++) {
      serving.swap(load("r" + i));
      require("left".equals(call("\"leave\"", LONG)), "the call of r" + i);
      loaders.add(new WeakReference<>(codeOf()));
      for (int query = 0; query < 2; query++) {
        Object found = lane.call(
            LONG,
            () -> database
                .db()
                .q("[:find ?x . :where"
                    + " [?e :db/ident :item/count] [(bad.Bad/remember ?e) ?x]]"));
        require(found instanceof Long, "the query of r" + i);
      }
      database.transact("[(bad.Bad/count " + i + ")]");
      if (i == count / 4) {
        collect();
        metaspaceAtFirst = metaspace();
      }
    }
    long deadline = System.nanoTime() + LONG.toNanos();
    long alive;
    do {
      collect();
      alive = loaders.stream().filter(loader -> loader.get() != null).count();
    } while (alive > 3 && System.nanoTime() < deadline);
    System.out.println("revisions=" + count + " loaders-alive=" + alive + " metaspace-at-first="
        + metaspaceAtFirst + " metaspace=" + metaspace() + " heap="
        + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() + " threads="
        + ManagementFactory.getThreadMXBean().getThreadCount());
    require(alive <= 3, alive + " revisions are still loaded");
    require(
        metaspace() < metaspaceAtFirst + (8 << 20), "classes took more and more: " + metaspace());
    require(Collections.list(DriverManager.getDrivers()).size() <= 3, "drivers are left");
    require(
        ManagementFactory.getPlatformMBeanServer()
                .queryNames(new javax.management.ObjectName("bad:*"), null)
                .size()
            <= 3,
        "beans are left");
    require(Integer.getInteger("bad.hooks", 0) >= count - 3, "hooks weren't run");
    require(database.db().q("[:find ?c . :where [_ :item/count ?c]]") instanceof Long, "facts");
  }

  private ClassLoader codeOf() {
    try (Serving.Call call = serving.begin().orElseThrow()) {
      return call.application().code();
    }
  }

  private static void collect() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      new CountDownLatch(1).await(100, java.util.concurrent.TimeUnit.MILLISECONDS);
    }
  }

  private static long metaspace() {
    long bytes = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getName().contains("Metaspace") || pool.getName().contains("Class Space")) {
        bytes += pool.getUsage().getUsed();
      }
    }
    return bytes;
  }

  /// Functions that never come back, at every door.
  private void loop() throws Exception {
    serving.swap(load("r1"));
    database.transact("[{:item/count 1}]");
    AnomalyException handler = refused(() -> call("\"loop\"", SHORT));
    require(Lane.isTimeout(handler.anomaly()), "a handler: " + handler.getMessage());
    for (int i = 0; i < 3; i++) {
      AnomalyException transaction = refused(() -> database.transact("[(bad.Bad/loop 1)]"));
      require(
          transaction.anomaly().error().orElseThrow().getName().equals("transaction-too-long"),
          "a transaction: " + transaction.getMessage());
      database.transact("[(bad.Bad/count " + i + ")]");
    }
    var operations = new Lane("operations", 4, 4);
    AnomalyException query = refused(() -> operations.call(
        SHORT,
        () -> database.db().q("[:find ?x . :where [?e :item/count] [(bad.Bad/spin ?e) ?x]]")));
    require(Lane.isTimeout(query.anomaly()), "a query: " + query.getMessage());
    // With six calls spinning the node goes on, virtual threads as well.
    require("well".equals(call("\"well\"", LONG)), "another call");
    require(
        database.db().q("[:find ?c . :where [_ :item/count ?c]]") instanceof Long, "another query");
    var virtual = new CountDownLatch(1);
    Thread.ofVirtual().start(virtual::countDown);
    virtual.await();
    while (telemetry.overdue().stuck().size() < 4) {
      Thread.onSpinWait();
    }
    Map<?, ?> stuck = telemetry.overdue().stuck().getFirst();
    require(String.valueOf(stuck.get(kw("stack"))).contains("bad.Bad"), "the stack: " + stuck);
    require(stuck.get(kw("revision")).equals("r1"), "the revision: " + stuck);
    Map<?, ?> alerts = telemetry.casts().after(0, "alert", 10, System.nanoTime());
    require(alerts.toString().contains("doesn't end"), "an alert: " + alerts);
    // Too many that don't end, and the revision takes no more.
    var refusals = new AtomicInteger();
    for (int i = 0; i < 10 * Application.STUCK_MAX && refusals.get() == 0; i++) {
      AnomalyException e = refused(() -> call("\"loop\"", Duration.ofMillis(20)));
      if (!Lane.isTimeout(e.anomaly())) {
        require(e.getMessage().contains("takes no more calls"), e.getMessage());
        refusals.incrementAndGet();
      }
    }
    require(refusals.get() == 1, "no call was refused");
    serving.swap(load("r2")); // and the next one does
    require("well".equals(call("\"well\"", LONG)), "a call of the next revision");
    // One that heeds the interrupt ends.
    refused(() -> call("\"wait\"", SHORT));
    while (!"true".equals(System.getProperty("bad.interrupted"))) {
      Thread.onSpinWait();
    }
  }

  /// Functions that take all memory and all stack.
  private void memory() throws Exception {
    serving.swap(load("r1"));
    database.transact("[{:item/count 1}]");
    for (int i = 0; i < 3; i++) {
      try {
        call("\"hoard\"", LONG);
        throw new AssertionError("the heap has no end");
      } catch (OutOfMemoryError e) {
        require("well".equals(call("\"well\"", LONG)), "a call after it");
      }
      try {
        call("\"arrays\"", LONG);
        throw new AssertionError("the heap has no end");
      } catch (OutOfMemoryError e) {
        require("well".equals(call("\"well\"", LONG)), "a call after it");
      }
      AnomalyException hoarded = refused(() -> database.transact("[(bad.Bad/hoard 1)]"));
      require(hoarded.getMessage().contains("more memory"), hoarded.getMessage());
      AnomalyException queried = refused(() ->
          database.db().q("[:find ?x . :where [?e :item/count] [(bad.Bad/hoardLong ?e) ?x]]"));
      require(queried.getMessage().contains("more memory"), queried.getMessage());
      AnomalyException deep = refused(() -> database.transact("[(bad.Bad/deep 1)]"));
      require(deep.getMessage().contains("StackOverflowError"), deep.getMessage());
      database.transact("[(bad.Bad/count " + i + ")]");
    }
  }

  /// Functions that begin threads without end.
  private void threads() throws Exception {
    serving.swap(load("r1"));
    database.transact("[{:item/count 1}]");
    int before = ManagementFactory.getThreadMXBean().getThreadCount();
    try {
      call("\"threads\"", LONG);
      throw new AssertionError("there is no end of threads");
    } catch (OutOfMemoryError e) {
      require(e.getMessage().contains("too many threads"), e.getMessage());
    }
    AnomalyException transaction = refused(() -> database.transact("[(bad.Bad/threads 1)]"));
    require(transaction.getMessage().contains("revision r1"), transaction.getMessage());
    require(
        transaction.anomaly().data().get(kw("ion/revision")).equals("r1"),
        "the revision: " + transaction.anomaly());
    AnomalyException query = refused(() ->
        database.db().q("[:find ?x . :where [?e :item/count] [(bad.Bad/threadsLong ?e) ?x]]"));
    require(query.getMessage().contains("more threads"), query.getMessage());
    require("well".equals(call("\"well\"", LONG)), "another call");
    database.transact("[(bad.Bad/count 2)]");
    serving.swap(load("r2"));
    serving.swap(load("r3")); // r1 is unloaded, and its threads are interrupted
    long deadline = System.nanoTime() + LONG.toNanos();
    while (ManagementFactory.getThreadMXBean().getThreadCount() > before + 50) {
      require(System.nanoTime() < deadline, "threads are left");
      Thread.onSpinWait();
    }
    require("well".equals(call("\"well\"", LONG)), "a call of the next revision");
  }

  /// Functions that would end the process.
  private void exit() throws Exception {
    serving.swap(load("r1"));
    for (String way : List.of("exit", "runtime-exit", "halt")) {
      AnomalyException e = refused(() -> call('"' + way + '"', LONG));
      require(e.getMessage().contains("tried to end the process"), e.getMessage());
    }
    AnomalyException e = refused(() -> database.transact("[(bad.Bad/exit 1)]"));
    require(e.getMessage().contains("tried to end the process"), e.getMessage());
    require("well".equals(call("\"well\"", LONG)), "a call");
    AnomalyException within = refused(() -> database.transact("[(bad.Bad/transact 1)]"));
    require(within.getMessage().contains("transact"), within.getMessage());
    require(
        new AllowedFunctions(serving).resolve(Symbol.intern("bad.Bad/spin"), Use.QUERY) != null,
        "a function");
  }
}
