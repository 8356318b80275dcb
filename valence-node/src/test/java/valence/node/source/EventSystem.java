package valence.node.source;

import static valence.api.Valence.kw;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import valence.api.Anomaly;
import valence.api.Client;
import valence.api.Connection;
import valence.ion.AppInfo;
import valence.node.app.Application;
import valence.node.app.Serving;
import valence.node.source.queue.QueueFacts;
import valence.node.source.queue.Queues;
import valence.node.telemetry.Exposition;
import valence.node.telemetry.Metrics;
import valence.node.testing.MemorySystem;
import valence.node.testing.TestJar;
import valence.wire.ion.IonConfig;

/// An application that notes what it is called with in the database `noted`, and its sources.
final class EventSystem implements AutoCloseable {
  private static final String SOURCE = """
      package ev;

      import static valence.api.Valence.kw;

      import java.util.List;
      import java.util.Map;
      import valence.api.Db;
      import valence.api.Valence;
      import valence.ion.*;

      public final class Events {
        private static void say(Object... facts) {
          Valence.client(Map.of("server-type", kw("ion")))
              .connect("noted")
              .transact(List.of(facts));
        }

        public static String note(String payload, LambdaContext context) {
          say(Map.of(kw("noted/payload"), payload, kw("noted/by"), "%1$s"));
          return "null";
        }

        public static void files(S3Event event) {
          for (S3Event.Entry each : event.records()) {
            say(Map.of(kw("noted/payload"), each.key() + " " + each.isCreated() + " "
                + each.s3().bucket().name() + " " + each.s3().object().size().orElse(-1)));
          }
        }

        public static Object messages(SqsEvent event) {
          for (SqsEvent.Message each : event.records()) {
            say(Map.of(kw("noted/payload"), each.body() + " " + each.receiveCount() + " "
                + each.group().orElse("alone") + " "
                + each.messageAttributes().values().stream()
                    .map(said -> said.stringValue().orElse("")).toList()));
          }
          return SqsEvent.failed(List.of());
        }

        public static void notices(SnsEvent event, LambdaContext context) {
          for (SnsEvent.Entry each : event.records()) {
            say(Map.of(kw("noted/payload"), each.sns().message() + " "
                + each.sns().subject().isPresent() + " " + each.sns().timestamp().isAfter(
                    java.time.Instant.EPOCH)));
          }
        }

        public static void time(ScheduledEvent event) {
          say(Map.of(kw("noted/payload"), event.detailType() + " " + event.source() + " "
              + event.time().getNano() + " " + event.detail() + event.resources().size()));
        }

        public static String fragile(String payload) {
          if (payload.contains("poison")) {
            throw new IllegalStateException("poisoned");
          }
          say(Map.of(kw("noted/payload"), payload));
          return "null";
        }

        private static final java.util.regex.Pattern BAD = java.util.regex.Pattern.compile(
            "\\"messageId\\":\\"([^\\"]*)\\",\\"receiptHandle\\":\\"[^\\"]*\\","
                + "\\"body\\":\\"bad\\"");

        public static String partly(String payload) {
          say(Map.of(kw("noted/payload"), payload));
          var bad = BAD.matcher(payload);
          return bad.find()
              ? "{\\"batchItemFailures\\":[{\\"itemIdentifier\\":\\"" + bad.group(1) + "\\"}]}"
              : "";
        }

        public static void low(Db db, List<?> rows) {
          say(Map.of(
              kw("noted/payload"), valence.edn.Edn.print(rows),
              kw("noted/t"), db.asOfT().orElse(-1)));
        }

        /** Sets what is low to 10: its own transaction would call it again. */
        public static void refill(Db db, List<List<?>> rows) {
          low(db, rows);
          var client = Valence.client(Map.of("server-type", kw("ion")));
          var shop = client.connect(db.dbName());
          for (List<?> row : rows) {
            shop.transact(List.of(Map.of(kw("db/id"), row.get(0), kw("item/free"), 4L)));
          }
        }

        private static final java.util.Random RANDOM = new java.util.Random();

        public static void shaky(Db db, List<?> rows) {
          if (RANDOM.nextInt(4) == 0) {
            throw new IllegalStateException("shaken");
          }
          low(db, rows);
        }

        public static void broken(Db db, List<?> rows) {
          throw new IllegalStateException("broken at " + db.asOfT().orElse(-1));
        }
      }
      """;

  private static final String NOTED = """
      [{:db/ident :noted/payload :db/valueType :db.type/string :db/cardinality :db.cardinality/one}
       {:db/ident :noted/by :db/valueType :db.type/string :db/cardinality :db.cardinality/one}
       {:db/ident :noted/t :db/valueType :db.type/long :db/cardinality :db.cardinality/one}]
      """;

  static final String SHOP = """
      [{:db/ident :item/sku :db/valueType :db.type/string :db/cardinality :db.cardinality/one
        :db/unique :db.unique/identity}
       {:db/ident :item/free :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
       {:db/ident :item/kind :db/valueType :db.type/ref :db/cardinality :db.cardinality/one}
       {:db/ident :other/thing :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
       {:db/ident :kind/tea}
       {:db/ident :kind/oat}]
      """;

  final Path directory;
  final Client client = MemorySystem.open();
  final Serving serving = new Serving(Duration.ofSeconds(5));
  final Map<String, String> parameters = new ConcurrentHashMap<>();
  final Connection noted;
  Queues queues;
  Sources sources;
  private Breakable breakable;

  EventSystem(Path directory) {
    this.directory = directory;
    client.createDatabase("noted");
    noted = client.connect("noted");
    noted.transact(NOTED);
    client.createDatabase("shop");
    client.connect("shop").transact(SHOP);
    run();
  }

  /// Begins the sources, as a node does.
  void run() {
    breakable = new Breakable(client);
    QueueFacts facts = QueueFacts.open(breakable.client());
    queues = Queues.open(facts, Clock.systemUTC());
    sources = new Sources(
            serving,
            facts,
            queues,
            client,
            name -> Optional.ofNullable(parameters.get(name)),
            Clock.systemUTC(),
            new Backoff(Duration.ofMillis(5), Duration.ofMillis(40)),
            Duration.ofSeconds(5))
        .start();
  }

  /// Ends the sources so that nothing that they do at their end is durable.
  void crash() {
    breakable.broken = true;
    sources.close();
  }

  void deploy(String version, String sources) throws IOException {
    IonConfig config = IonConfig.parse(
        "{:app-name \"ev\" :lambdas {:note {:fn ev.Events/note}} :sources {" + sources + "}}");
    Path jar = TestJar.compile(
        directory, "events-" + version, Map.of("ev.Events", SOURCE.formatted(version)));
    serving.swap(
        Application.load(new AppInfo("ev", "solo", version), config, List.of(jar), client));
  }

  Connection shop() {
    return client.connect("shop");
  }

  /// What the application noted, in its order.
  List<String> payloads() {
    List<List<Object>> found =
        new ArrayList<>(noted.db().q("[:find ?e ?p :where [?e :noted/payload ?p]]"));
    found.sort(Comparator.comparingLong(row -> (long) row.getFirst()));
    return found.stream().map(row -> (String) row.get(1)).toList();
  }

  List<Long> ts() {
    List<List<Object>> found =
        new ArrayList<>(noted.db().q("[:find ?e ?t :where [?e :noted/t ?t]]"));
    found.sort(Comparator.comparingLong(row -> (long) row.getFirst()));
    return found.stream().map(row -> (long) row.get(1)).toList();
  }

  List<String> awaitPayloads(int count) {
    await(() -> payloads().size() >= count, () -> payloads() + " " + sources.status());
    return payloads();
  }

  Object status(String source, String key) {
    return sources.status().stream()
        .filter(each -> source.equals(each.get(kw("name"))))
        .map(each -> each.getOrDefault(kw(key), ""))
        .findFirst()
        .orElse("");
  }

  /// What its sources measure, as Prometheus reads it.
  List<String> measured() {
    Metrics metrics = new Metrics();
    metrics.source(sources::tell);
    return Exposition.PROMETHEUS.print(metrics.read()).lines().toList();
  }

  void await(BooleanSupplier condition, Supplier<Object> otherwise) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("It didn't come: " + otherwise.get());
      }
      java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
    }
  }

  @Override
  public void close() {
    sources.close();
    serving.close();
    client.close();
  }

  /// A client whose transactions fail once it is broken.
  private static final class Breakable {
    private final Client client;
    volatile boolean broken;

    Breakable(Client client) {
      this.client = client;
    }

    Client client() {
      return (Client) Proxy.newProxyInstance(
          EventSystem.class.getClassLoader(), new Class<?>[] {Client.class}, (_, method, args) -> {
            Object result = on(client, method, args);
            return result instanceof Connection connection ? connection(connection) : result;
          });
    }

    private Connection connection(Connection connection) {
      InvocationHandler handler = (_, method, args) -> {
        if (broken && method.getName().equals("transact")) {
          throw Anomaly.of(Anomaly.Category.UNAVAILABLE, "Crashed.").toException();
        }
        return on(connection, method, args);
      };
      return (Connection) Proxy.newProxyInstance(
          EventSystem.class.getClassLoader(), new Class<?>[] {Connection.class}, handler);
    }

    private static Object on(Object target, java.lang.reflect.Method method, Object[] args)
        throws Throwable {
      try {
        return method.invoke(target, args);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }
  }
}
