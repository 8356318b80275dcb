package valence.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static valence.api.Valence.kw;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.api.LiveChange;
import valence.api.LiveQuery;
import valence.api.LogEntry;
import valence.api.QueryRequest;
import valence.api.TxFeed;
import valence.api.TxReport;
import valence.api.Valence;
import valence.node.testing.FlakyRelay;
import valence.storage.place.Place;

/// Feeds of transactions and live queries: the same program in the process that has the database,
/// and through a node.
final class HereAndThereTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  private static final String SCHEMA = """
      [{:db/ident :item/sku :db/valueType :db.type/string :db/cardinality :db.cardinality/one
        :db/unique :db.unique/identity}
       {:db/ident :item/count :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
       {:db/ident :item/note :db/valueType :db.type/string :db/cardinality :db.cardinality/many}]
      """;

  /// Where the program runs.
  enum Where {
    /// In the process of the database.
    HERE,
    /// Somewhere else.
    THERE,
    /// Somewhere else, on a way whose connections break all the time.
    FAR
  }

  @TempDir
  Path directory;

  private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
  private final List<AutoCloseable> clients = new ArrayList<>();
  private @Nullable Node node;
  private @Nullable FlakyRelay relay;
  private int port;

  /// A connection to say something with.
  private Connection writer = null;

  /// A connection to hear with.
  private Connection reader = null;

  private void open(Where where) throws IOException {
    start(where);
    clients.add(client(where, port));
    Client client = (Client) clients.getFirst();
    if (client.createDatabase("shop")) {
      client.connect("shop").transact(SCHEMA);
    }
    writer = client.connect("shop");
    reader = writer;
    if (where == Where.FAR) {
      relay = new FlakyRelay(port, SEED);
      Client far = client(where, relay.port());
      clients.add(far);
      reader = far.connect("shop");
    }
  }

  private void start(Where where) {
    if (where != Where.HERE) {
      node = Node.start(new NodeConfig(
          "test",
          directory.resolve("system"),
          new Place.Directory(directory.resolve("store")),
          "solo",
          "127.0.0.1",
          port,
          0,
          Duration.ofSeconds(10)));
      port = node.apiPort();
    }
  }

  private Client client(Where where, int at) {
    return Valence.client(
        where == Where.HERE
            ? Map.of(
                "server-type",
                kw("local"),
                "storage-dir",
                directory.resolve("here").toString())
            : Map.of("server-type", kw("remote"), "endpoint", "http://127.0.0.1:" + at));
  }

  /// The end of the process that has the database, and another's begin.
  private void restart(Where where) throws Exception {
    if (where == Where.HERE) {
      close();
      open(where);
    } else {
      node.close();
      start(where);
    }
  }

  @AfterEach
  void end() throws Exception {
    close();
    tasks.close();
  }

  private void close() throws Exception {
    for (AutoCloseable each : clients) {
      each.close();
    }
    clients.clear();
    if (relay != null) {
      relay.close();
    }
    if (node != null) {
      node.close();
    }
  }

  private long say(String note) {
    return writer
        .transact(List.of(Map.of(kw("item/sku"), "said", kw("item/note"), List.of(note))))
        .dbAfter()
        .basisT();
  }

  private static Anomaly.Category category(Throwable thrown) {
    assertThat(thrown).isInstanceOf(AnomalyException.class);
    return ((AnomalyException) thrown).anomaly().category();
  }

  @ParameterizedTest
  @EnumSource
  void aFeedGivesWhatWasSaidAndThenWhatIsSaidEachOnceInOrder(Where where) throws Exception {
    open(where);
    long first = say("first");
    try (TxFeed feed = reader.txFeed(first)) {
      assertThat(feed.t()).isEqualTo(first - 1);
      Future<List<LogEntry>> heard = tasks.submit(() -> {
        List<LogEntry> all = new ArrayList<>();
        while (all.size() < 201) {
          LogEntry entry = feed.next(SOON).orElseThrow();
          assertThat(feed.t()).isEqualTo(entry.t());
          all.add(entry);
        }
        return all;
      });
      List<Future<?>> writers = new ArrayList<>();
      for (int each = 0; each < 4; each++) {
        String name = "w" + each;
        writers.add(tasks.submit(() -> {
          for (int i = 0; i < 50; i++) {
            say(name + "-" + i + "-" + "x".repeat(i * 20));
          }
        }));
      }
      for (Future<?> each : writers) {
        each.get(60, TimeUnit.SECONDS);
      }
      List<LogEntry> all = heard.get(120, TimeUnit.SECONDS);
      for (int i = 0; i < all.size(); i++) {
        assertThat(all.get(i).t()).as("seed %s", SEED).isEqualTo(first + i);
        assertThat(all.get(i).data()).extracting(Datom::t).containsOnly(first + i);
      }
      try (var log = writer.txRange(first, null)) {
        assertThat(all).isEqualTo(log.toList());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void toLookOnlyShowsWhatWasAcknowledged(Where where) throws Exception {
    open(where);
    long t = say("1");
    try (TxFeed feed = reader.txFeed(t)) {
      assertThat(feed.next(Duration.ZERO)).map(LogEntry::t).contains(t);
      assertThat(feed.next(Duration.ZERO)).isEmpty();
      say("2");
      assertThat(feed.next(Duration.ZERO)).map(LogEntry::t).contains(t + 1);
      assertThat(feed.next(Duration.ZERO)).isEmpty();
      assertThat(feed.t()).isEqualTo(t + 1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFeedGoesOnWhereAnotherEndedAlsoAfterARestart(Where where) throws Exception {
    open(where);
    long t = say("1");
    long last;
    say("2");
    try (TxFeed feed = reader.txFeed(t)) {
      assertThat(feed.next(SOON)).map(LogEntry::t).contains(t);
      last = feed.t();
    }
    restart(where);
    say("3");
    try (TxFeed feed = reader.txFeed(last + 1)) {
      assertThat(feed.next(SOON)).map(LogEntry::t).contains(t + 1);
      assertThat(feed.next(SOON)).map(LogEntry::t).contains(t + 2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyKindOfTimePointBeginsAFeed(Where where) throws Exception {
    open(where);
    long t = say("1");
    Instant said = ((java.util.Date)
            writer.db().pull("[:db/txInstant]", Valence.toTx(t)).get(kw("db/txInstant")))
        .toInstant();
    for (Object point : List.of(t, Valence.toTx(t), java.util.Date.from(said), said)) {
      try (TxFeed feed = reader.txFeed(point)) {
        // Several may have been said in one millisecond.
        assertThat(feed.next(SOON).orElseThrow().t()).as("%s", point).isLessThanOrEqualTo(t);
      }
    }
    try (TxFeed feed = reader.txFeed(0)) {
      assertThat(feed.next(SOON).orElseThrow().t()).isZero();
    }
    try (TxFeed feed = reader.txFeed(t + 2)) {
      assertThat(feed.next(Duration.ZERO)).isEmpty();
      say("not heard");
      say("heard");
      assertThat(feed.next(SOON)).map(LogEntry::t).contains(t + 2);
    }
    assertThatThrownBy(() -> reader.txFeed("yesterday"))
        .satisfies(e -> assertThat(category(e)).isEqualTo(Anomaly.Category.INCORRECT));
  }

  @ParameterizedTest
  @EnumSource
  void closingEndsTheWaitOfAReader(Where where) throws Exception {
    open(where);
    TxFeed feed = reader.txFeed(say("1") + 1);
    LiveQuery live = reader.live("[:find ?n :where [_ :item/note ?n]]");
    assertThat(live.next(SOON)).isPresent();
    Future<Optional<LogEntry>> waiting = tasks.submit(() -> feed.next(SOON));
    Future<Optional<LiveChange>> watching = tasks.submit(() -> live.next(SOON));
    feed.close();
    live.close();
    assertThat(waiting.get(30, TimeUnit.SECONDS)).isEmpty();
    assertThat(watching.get(30, TimeUnit.SECONDS)).isEmpty();
    say("unheard");
    assertThat(feed.next(SOON)).isEmpty();
    assertThat(live.next(SOON)).isEmpty();
    feed.close();
  }

  @ParameterizedTest
  @EnumSource
  void anInterruptEndsTheWaitOfAReader(Where where) throws Exception {
    open(where);
    try (TxFeed feed = reader.txFeed(say("1") + 1)) {
      Future<Anomaly.Category> waiting = tasks.submit(() -> {
        Thread.currentThread().interrupt();
        try {
          feed.next(SOON);
          return Anomaly.Category.FAULT;
        } catch (AnomalyException e) {
          return e.anomaly().category();
        }
      });
      assertThat(waiting.get(30, TimeUnit.SECONDS)).isEqualTo(Anomaly.Category.INTERRUPTED);
      long t = say("2");
      assertThat(feed.next(SOON)).map(LogEntry::t).contains(t);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aDeletedDatabaseEndsWithNotFoundAlsoWhenItIsMadeAnew(Where where) throws Exception {
    open(where);
    try (TxFeed feed = reader.txFeed(say("1"));
        LiveQuery live = reader.live("[:find ?n :where [_ :item/note ?n]]")) {
      assertThat(feed.next(SOON)).isPresent();
      assertThat(live.next(SOON)).isPresent();
      Client client = (Client) clients.getFirst();
      client.deleteDatabase("shop");
      client.createDatabase("shop");
      Connection anew = client.connect("shop");
      for (int i = 0; i < 5; i++) {
        anew.transact(SCHEMA);
      }
      assertThatThrownBy(() -> feed.next(SOON))
          .satisfies(e -> assertThat(category(e)).isEqualTo(Anomaly.Category.NOT_FOUND));
      assertThatThrownBy(() -> live.next(SOON))
          .satisfies(e -> assertThat(category(e)).isEqualTo(Anomaly.Category.NOT_FOUND));
      assertThatThrownBy(() -> feed.next(SOON)).isInstanceOf(AnomalyException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSlowReaderLosesNothingAndHoldsNobodyUp(Where where) throws Exception {
    open(where);
    long first = writer.db().basisT() + 1;
    List<String> notes = java.util.stream.IntStream.range(0, 16)
        .mapToObj(i -> "x".repeat(4_000) + i)
        .toList();
    try (TxFeed slow = reader.txFeed(first);
        TxFeed quick = writer.txFeed(first)) {
      Future<Long> other = tasks.submit(() -> {
        while (quick.t() < first + 149) {
          quick.next(SOON).orElseThrow();
        }
        return quick.t();
      });
      for (int i = 0; i < 150; i++) {
        writer.transact(List.of(Map.of(kw("item/sku"), "s" + i, kw("item/note"), notes)));
      }
      assertThat(other.get(60, TimeUnit.SECONDS)).isEqualTo(first + 149);
      for (int i = 0; i < 150; i++) {
        LogEntry entry = slow.next(SOON).orElseThrow();
        assertThat(entry.t()).isEqualTo(first + i);
        assertThat(entry.data())
            .extracting(Datom::v)
            .contains("s" + i, notes.get(0), notes.get(15));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aLongTransactionArrivesWhole(Where where) throws Exception {
    open(where);
    List<Object> facts = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      facts.add(Map.of(kw("item/sku"), "s" + i, kw("item/count"), (long) i));
    }
    long t = writer.transact(facts).dbAfter().basisT();
    try (TxFeed feed = reader.txFeed(t);
        LiveQuery live = reader.live("[:find ?s ?c :where [?i :item/sku ?s] [?i :item/count ?c]]");
        var log = writer.txRange(t, t + 1)) {
      assertThat(feed.next(SOON).orElseThrow()).isEqualTo(log.toList().getFirst());
      LiveChange result = live.next(SOON).orElseThrow();
      assertThat(result.isWhole()).isTrue();
      assertThat(result.added()).hasSize(20_000).doesNotHaveDuplicates();
    }
  }

  private static Map<Object, Integer> bag(Collection<?> rows) {
    Map<Object, Integer> bag = new HashMap<>();
    rows.forEach(row -> bag.merge(row, 1, Integer::sum));
    return bag;
  }

  private static final String[] QUERIES = {
    "[:find ?s ?c :where [?i :item/sku ?s] [?i :item/count ?c]]",
    "[:find [?s ...] :where [?i :item/sku ?s] (not [?i :item/note])]",
    "[:find (sum ?c) . :with ?i :where [?i :item/count ?c]]",
    "[:find (pull ?i [:item/sku :item/note]) :where [?i :item/sku]]",
  };

  private static String change(SplittableRandom random) {
    String item = "[:item/sku \"s" + random.nextInt(5) + "\"]";
    return switch (random.nextInt(4)) {
      case 0 ->
        "[{:item/sku \"s" + random.nextInt(5) + "\" :item/count " + random.nextInt(9) + "}]";
      case 1 -> "[[:db/retractEntity " + item + "]]";
      case 2 ->
        "[{:item/sku \"s" + random.nextInt(5) + "\" :item/note \"n" + random.nextInt(3) + "\"}]";
      default -> "[{:db/ident :kind/k" + random.nextInt(3) + "}]";
    };
  }

  /// What was given, put together.
  private static final class Watching {
    private final String query;
    private final LiveQuery live;
    private List<Object> rows = List.of();

    Watching(String query, LiveQuery live) {
      this.query = query;
      this.live = live;
    }

    static List<Object> rows(String query, Db db) {
      Object result = db.q(query);
      return switch (result) {
        case null -> List.of();
        case Collection<?> all when !query.contains(" . ") -> new ArrayList<>(all);
        default -> List.of(result);
      };
    }

    Optional<LiveChange> step(Duration wait, Map<Long, Db> values) {
      Optional<LiveChange> change = live.next(wait);
      change.ifPresent(each -> {
        assertThat(live.t()).hasValue(each.t());
        rows = each.applyTo(rows);
        Db then = values.get(each.t());
        assertThat(then).as("t %s", each.t()).isNotNull();
        assertThat(bag(rows))
            .as("seed %s t %s %s", SEED, each.t(), query)
            .isEqualTo(bag(rows(query, then)));
      });
      return change;
    }

    void catchUp(Db newest, Map<Long, Db> values) {
      long deadline = System.nanoTime() + SOON.toNanos();
      while (!bag(rows).equals(bag(rows(query, newest)))) {
        step(Duration.ofMillis(500), values);
        assertThat(System.nanoTime()).as("seed %s %s", SEED, query).isLessThan(deadline);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatALiveQueryGaveIsWhatTheQueryGivesAtEachT(Where where) throws Exception {
    open(where);
    var random = new SplittableRandom(SEED);
    Map<Long, Db> values = new HashMap<>();
    values.put(writer.db().basisT(), writer.db());
    List<Watching> all = new ArrayList<>();
    for (String query : QUERIES) {
      all.add(new Watching(query, reader.live(query)));
    }
    for (int i = 0; i < 60; i++) {
      TxReport report;
      try {
        report = writer.transact(change(random));
      } catch (AnomalyException e) {
        continue; // of an item that isn't there
      }
      values.put(report.dbAfter().basisT(), report.dbAfter());
      if (random.nextInt(3) == 0) {
        all.get(random.nextInt(all.size())).step(Duration.ofMillis(random.nextInt(5)), values);
      }
    }
    for (Watching each : all) {
      each.catchUp(writer.db(), values);
      each.live.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoKnowsAResultGetsTheNextChangeAlsoAfterARestart(Where where) throws Exception {
    open(where);
    writer.transact("[{:item/sku \"s1\" :item/count 1} {:item/sku \"s2\" :item/count 2}]");
    String query = QUERIES[0];
    LiveChange result;
    try (LiveQuery live = reader.live(query)) {
      assertThat(live.t()).isEmpty();
      result = live.next(SOON).orElseThrow();
    }
    restart(where);
    writer.transact("[{:item/sku \"s1\" :item/count 7}]");
    try (LiveQuery live = reader.live(QueryRequest.of(query), OptionalLong.of(result.t()))) {
      assertThat(live.t()).hasValue(result.t());
      LiveChange change = live.next(SOON).orElseThrow();
      assertThat(change.basis()).hasValue(result.t());
      assertThat(change.added()).isEqualTo(List.of(List.of("s1", 7L)));
      assertThat(change.removed()).isEqualTo(List.of(List.of("s1", 1L)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatCantBeWatchedIsRefusedInTheSameWay(Where where) throws Exception {
    open(where);
    Db db = reader.db();
    String query = "[:find ?s :where [_ :item/sku ?s]]";
    for (QueryRequest each : List.of(
        QueryRequest.of(query).withLimit(1),
        QueryRequest.of("[:find ?s :in $ $b :where [$b _ :item/sku ?s]]", db))) {
      assertThatThrownBy(() -> reader.live(each, OptionalLong.empty()))
          .satisfies(e -> assertThat(((AnomalyException) e).anomaly().error())
              .contains(kw("live.error/unsupported")));
    }
    try (LiveQuery live = reader.live("[:find ?x :where [(my.ns/f 1) ?x]]")) {
      assertThatThrownBy(() -> live.next(SOON)).isInstanceOf(AnomalyException.class);
    }
    try (LiveQuery live = reader.live("[:find ?x :where [?x :no/such ?y]]")) {
      assertThatThrownBy(() -> live.next(SOON))
          .satisfies(e -> assertThat(category(e)).isEqualTo(Anomaly.Category.INCORRECT));
    }
  }
}
