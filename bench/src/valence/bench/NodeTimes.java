package valence.bench;

import static valence.api.Valence.kw;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Db;
import valence.api.Valence;
import valence.client.NodeClient;
import valence.node.Node;
import valence.node.NodeConfig;
import valence.node.http.BodyBudget;
import valence.node.http.Door;
import valence.node.http.Reply;
import valence.storage.place.Place;
import valence.wire.DbValue;

/// What does a node add to a call, and what does it do when it is asked for twice as much as it
/// can? `bench/node [SECONDS]`, for each figure (3).
///
/// One process holds the node, its callers and the same database a second time, without a network;
/// so the callers take their part of the processors. A bare handler on the same server, called by
/// the same client with a body as long as a request's, is the least that any call can take.
final class NodeTimes {
  private static final int ITEMS = 50_000;
  private static final int CALLERS = 16;
  private static final int ECHO_BYTES = 200;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final String SCHEMA = """
      [{:db/ident :item/sku :db/valueType :db.type/string :db/cardinality :db.cardinality/one
        :db/unique :db.unique/identity}
       {:db/ident :item/count :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
       {:db/ident :item/shelf :db/valueType :db.type/long :db/cardinality :db.cardinality/one}]
      """;

  /// Some milliseconds of work for an answer of a few bytes.
  private static final String LONG_QUERY =
      "[:find (sum ?c) . :with ?e :where [?e :item/count ?c] [?e :item/shelf ?s] [(< ?s 50)]]";

  private static final String SHORT_QUERY =
      "[:find ?c . :in $ ?sku :where [?e :item/sku ?sku] [?e :item/count ?c]]";

  private NodeTimes() {}

  /// Calls per second and latencies in microseconds.
  private record Figures(double perSecond, long p50, long p99) {
    static Figures of(long[] nanos, double seconds) {
      Arrays.sort(nanos);
      return nanos.length == 0
          ? new Figures(0, 0, 0)
          : new Figures(
              nanos.length / seconds,
              nanos[nanos.length / 2] / 1_000,
              nanos[(int) (nanos.length * 0.99)] / 1_000);
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%9.0f/s  p50 %7d us  p99 %7d us", perSecond, p50, p99);
    }
  }

  public static void main(String[] arguments) throws Exception {
    double seconds = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 3;
    Path directory = Files.createTempDirectory("valence-node-times");
    NodeConfig config = new NodeConfig(
        "bench",
        directory.resolve("node"),
        new Place.Directory(directory.resolve("store")),
        "solo",
        "127.0.0.1",
        0,
        0,
        Duration.ofSeconds(10));
    try (Node node = Node.start(config);
        Door door = Door.open(
            "echo",
            "127.0.0.1",
            0,
            TIMEOUT,
            new BodyBudget(1 << 20, TIMEOUT),
            exchange -> Reply.of(200, "application/octet-stream", exchange.body(1 << 16)));
        NodeClient echo = NodeClient.connect(URI.create("http://127.0.0.1:" + door.port()));
        NodeClient direct = NodeClient.connect(URI.create("http://127.0.0.1:" + node.apiPort()));
        Client far = Valence.client(
            Map.of("server-type", kw("remote"), "endpoint", "http://127.0.0.1:" + node.apiPort()));
        Client near = Valence.client(Map.of(
            "server-type",
            kw("local"),
            "storage-dir",
            directory.resolve("near").toString(),
            "system",
            "bench"))) {
      byte[] body = new byte[ECHO_BYTES];
      figures("bare echo", seconds, _ -> echo.send("POST", "/", Map.of(), body, TIMEOUT, 1 << 16));
      for (Map.Entry<String, Client> each :
          List.of(Map.entry("node", far), Map.entry("here", near))) {
        Connection connection = filled(each.getValue());
        Db db = connection.db();
        figures(
            "pull, " + each.getKey(), seconds, i -> db.pull("[:item/count :item/shelf]", sku(i)));
        figures(
            "query, " + each.getKey(),
            seconds,
            i -> db.<Object>q(SHORT_QUERY, sku(i).get(1)));
        figures(
            "transaction, " + each.getKey(),
            seconds,
            i -> connection.transact(
                List.of(Map.of(kw("item/sku"), sku(i).get(1), kw("item/count"), i))));
      }
      overload(direct, seconds);
    }
    // A call that was given up may be under way in the client still.
    System.exit(0);
  }

  private static Connection filled(Client client) {
    client.createDatabase("bench");
    Connection connection = client.connect("bench");
    connection.transact(SCHEMA);
    for (int begin = 0; begin < ITEMS; begin += 5_000) {
      List<Object> items = new ArrayList<>();
      for (int i = begin; i < begin + 5_000; i++) {
        items.add(Map.of(
            kw("item/sku"), "sku-" + i, kw("item/count"), (long) i, kw("item/shelf"), i % 100L));
      }
      connection.transact(items);
    }
    return connection;
  }

  private static List<Object> sku(long i) {
    return List.of(kw("item/sku"), "sku-" + Math.floorMod(i * 7_919, ITEMS));
  }

  private static void figures(String what, double seconds, LongConsumer call) throws Exception {
    closed(1, seconds, call); // until it is warm
    System.out.printf(Locale.ROOT, "%-22s %2d caller   %s%n", what, 1, closed(1, seconds, call));
    closed(CALLERS, seconds / 2, call);
    System.out.printf(
        Locale.ROOT, "%-22s %2d callers  %s%n", what, CALLERS, closed(CALLERS, seconds, call));
  }

  /// Callers that each wait for their answer before they ask again.
  private static Figures closed(int callers, double seconds, LongConsumer call) throws Exception {
    List<List<Long>> nanos = new ArrayList<>();
    CountDownLatch ended = new CountDownLatch(callers);
    long begin = System.nanoTime();
    long end = begin + (long) (seconds * 1e9);
    for (int i = 0; i < callers; i++) {
      List<Long> own = new ArrayList<>();
      nanos.add(own);
      long first = ThreadLocalRandom.current().nextInt(ITEMS);
      Thread.ofVirtual().start(() -> {
        long number = first;
        for (long now = System.nanoTime(); now < end; ) {
          call.accept(number++);
          long next = System.nanoTime();
          own.add(next - now);
          now = next;
        }
        ended.countDown();
      });
    }
    ended.await();
    double took = (System.nanoTime() - begin) / 1e9;
    long[] all = nanos.stream().flatMap(List::stream).mapToLong(Long::longValue).toArray();
    return Figures.of(all, took);
  }

  /// Saturates the node, then asks twice as often, whether it answers or not.
  private static void overload(NodeClient node, double seconds) throws Exception {
    DbValue db = (DbValue) node.call("db", Map.of(kw("db-name"), "bench"));
    Map<?, ?> request =
        Map.of(kw("query"), LONG_QUERY, kw("args"), List.of(db), kw("timeout"), 10_000L);
    closed(CALLERS, seconds, _ -> node.call("q", request));
    Figures saturated = closed(CALLERS, seconds, _ -> node.call("q", request));
    System.out.printf(
        Locale.ROOT, "%-22s %2d callers  %s%n", "long query, node", CALLERS, saturated);
    for (int load : new int[] {1, 2, 4}) {
      open(node, request, load, load * saturated.perSecond(), seconds * 2);
    }
  }

  private static void open(
      NodeClient node, Map<?, ?> request, int load, double perSecond, double seconds)
      throws Exception {
    List<Long> answered = java.util.Collections.synchronizedList(new ArrayList<>());
    List<Long> refused = java.util.Collections.synchronizedList(new ArrayList<>());
    AtomicLong failed = new AtomicLong();
    long begin = System.nanoTime();
    long count = (long) (perSecond * seconds);
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (long i = 0; i < count; i++) {
        long due = begin + (long) (i / perSecond * 1e9);
        for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
          LockSupport.parkNanos(wait);
        }
        callers.submit(() -> {
          try {
            node.call("q", request);
            answered.add(System.nanoTime() - due);
          } catch (AnomalyException e) {
            if (e.anomaly().category() == Anomaly.Category.BUSY) {
              refused.add(System.nanoTime() - due);
            } else {
              failed.incrementAndGet();
            }
          }
          return true;
        });
      }
    }
    double took = (System.nanoTime() - begin) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "asked %d x as often    answered  %s%n                       told busy %s; failed %d%n",
        load,
        Figures.of(nanos(answered), took),
        Figures.of(nanos(refused), took),
        failed.get());
  }

  private static long[] nanos(List<Long> nanos) {
    return nanos.stream().mapToLong(Long::longValue).toArray();
  }
}
