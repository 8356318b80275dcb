package valence.storage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static valence.api.Valence.kw;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Connection;
import valence.api.Db;
import valence.api.LiveChange;
import valence.api.LiveQuery;
import valence.api.QueryRequest;
import valence.api.TxReport;
import valence.edn.Edn;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalClient;
import valence.storage.memory.MemoryStorage;

final class LiveQueriesTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private static final String SCHEMA = """
      [{:db/ident :item/sku :db/valueType :db.type/string :db/cardinality :db.cardinality/one
        :db/unique :db.unique/identity}
       {:db/ident :item/count :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
       {:db/ident :item/tags :db/valueType :db.type/string :db/cardinality :db.cardinality/many}
       {:db/ident :item/parent :db/valueType :db.type/ref :db/cardinality :db.cardinality/one}
       {:db/ident :item/parts :db/valueType :db.type/ref :db/cardinality :db.cardinality/many
        :db/isComponent true}
       {:db/ident :item/kind :db/valueType :db.type/ref :db/cardinality :db.cardinality/one}
       {:db/ident :item/note :db/valueType :db.type/string :db/cardinality :db.cardinality/one
        :db/noHistory true}
       {:db/ident :item/color :db/valueType :db.type/string :db/cardinality :db.cardinality/one}
       {:db/ident :kind/good} {:db/ident :kind/bad}]""";

  private static final String RULES = """
      [[(above ?x ?y) [?x :item/parent ?y]]
       [(above ?x ?y) [?x :item/parent ?z] (above ?z ?y)]
       [(good ?x) [?x :item/kind :kind/good]]]""";

  private final LocalClient client =
      new LocalClient(MemoryStorage.open(), FunctionResolver.none(), Clock.systemUTC());
  private Connection connection;

  @BeforeEach
  void open() {
    client.createDatabase("shop");
    connection = client.connect("shop");
    connection.transact(SCHEMA);
    for (int i = 0; i < 6; i++) {
      connection.transact("[{:item/sku \"s" + i + "\" :item/count " + i + "}]");
    }
  }

  @AfterEach
  void close() {
    client.close();
  }

  /// A live query, and what its changes came to.
  private static final class Reader implements AutoCloseable {
    private final String query;
    private final @Nullable Object[] inputs;
    private final LiveQuery live;
    private List<@Nullable Object> rows = List.of();
    private int changes;
    private int wholes;

    Reader(Connection connection, String query, @Nullable Object... inputs) {
      this(query, connection.live(query, inputs), inputs);
    }

    Reader(String query, LiveQuery live, @Nullable Object... inputs) {
      this.query = query;
      this.inputs = inputs;
      this.live = live;
    }

    Optional<LiveChange> step(Duration wait) {
      Optional<LiveChange> change = live.next(wait);
      change.ifPresent(each -> {
        rows = each.applyTo(rows);
        changes++;
        wholes += each.isWhole() ? 1 : 0;
      });
      return change;
    }

    /// What the query gives on a value.
    List<@Nullable Object> expected(Db db) {
      Object[] args = new Object[inputs.length + 1];
      args[0] = db;
      System.arraycopy(inputs, 0, args, 1, inputs.length);
      Object result = db.<@Nullable Object>q(QueryRequest.of(query, args));
      boolean one =
          query.contains(" . ") && !query.contains("(q ") || query.startsWith("[:find [?a ?b]");
      return one ? result == null ? List.of() : List.of(result) : new ArrayList<>((List<?>) result);
    }

    boolean agrees(Db db) {
      return bag(rows).equals(bag(expected(db)));
    }

    @Override
    public void close() {
      live.close();
    }
  }

  private static Map<String, Integer> bag(List<? extends @Nullable Object> rows) {
    Map<String, Integer> bag = new TreeMap<>();
    rows.forEach(row -> bag.merge(Edn.print(row), 1, Integer::sum));
    return bag;
  }

  private List<Reader> readers() {
    long first = connection.db().entid(List.of(kw("item/sku"), "s0")).orElseThrow();
    Object rules = Edn.read(RULES);
    List<Reader> readers = new ArrayList<>();
    for (Object[] each : new Object[][] {
      {"[:find ?s ?c :where [?i :item/sku ?s] [?i :item/count ?c]]"},
      {"[:find [?t ...] :in $ ?i :where [?i :item/tags ?t]]", first},
      {"[:find ?c . :in $ ?i :where [?i :item/count ?c]]", List.of(kw("item/sku"), "s1")},
      {"[:find [?a ?b] :in $ ?i :where [?i :item/count ?a] [?i :item/note ?b]]", first},
      {"[:find (sum ?c) (count ?i) :with ?i :where [?i :item/count ?c]]"},
      {"[:find ?x ?y :in $ % :where (above ?x ?y)]", rules},
      {"[:find ?s :in $ % :where (good ?x) [?x :item/sku ?s] (not [?x :item/tags \"t1\"])]", rules},
      {"[:find ?e ?v :in $ ?a :where [?e ?a ?v]]", kw("item/count")},
      {"[:find ?a ?v :in $ ?e :where [?e ?a ?v]]", first},
      {
        "[:find (pull ?i [:item/sku {:item/parent [:item/count]} {:item/_parent [:item/sku]}])"
            + " :where [?i :item/tags]]"
      },
      {"[:find (pull ?i [*]) :where [?i :item/sku \"s2\"]]"},
      {"[:find (pull ?i [:item/parts]) :where [?i :item/parts]]"},
      {"[:find ?s ?n :where [?i :item/sku ?s] [(get-else $ ?i :item/note \"none\") ?n]]"},
      {"[:find ?s :where [?i :item/sku ?s] [(missing? $ ?i :item/parent)]]"},
      {
        "[:find ?s :where (or-join [?s] (and [?i :item/tags \"t0\"] [?i :item/sku ?s])"
            + " (and [?i :item/count 3] [?i :item/sku ?s]))]"
      },
      {"[:find ?i :where [?i :item/color \"red\"]]"},
      {"[:find ?i ?k :where [?i :item/kind ?r] [?r :db/ident ?k]]"},
      {"[:find ?n :where [(q [:find (count ?i) . :where [?i :item/tags]] $) ?n]]"},
      {
        "[:find ?s :in $ [[?s ?c] ...] :where [?i :item/sku ?s] [?i :item/count ?c]]",
        List.of(List.of("s1", 1L), List.of("s2", 5L))
      },
      {"[:find ?tx ?t :where [?i :item/sku \"s3\"] [?i :item/count _ ?tx] [?tx :db/txInstant ?t]]"}
    }) {
      readers.add(
          new Reader(connection, (String) each[0], Arrays.copyOfRange(each, 1, each.length)));
    }
    return readers;
  }

  private static String transaction(SplittableRandom random, int step) {
    String item = "[:item/sku \"s" + random.nextInt(6) + "\"]";
    String other = "[:item/sku \"s" + random.nextInt(6) + "\"]";
    return switch (random.nextInt(14)) {
      case 0, 1 -> "[[:db/add " + item + " :item/count " + random.nextInt(4) + "]]";
      case 2, 3 -> "[[:db/add " + item + " :item/tags \"t" + random.nextInt(3) + "\"]]";
      case 4 -> "[[:db/retract " + item + " :item/tags]]";
      case 5 -> "[[:db/add " + item + " :item/parent " + other + "]]";
      case 6 -> "[[:db/retract " + item + " :item/parent]]";
      case 7 ->
        "[[:db/add " + item + " :item/kind " + (random.nextBoolean() ? ":kind/good" : ":kind/bad")
            + "]]";
      case 8 -> "[[:db/add " + item + " :item/note \"n" + random.nextInt(3) + "\"]]";
      case 9 -> "[{:db/id " + item + " :item/parts [{:item/count " + random.nextInt(3) + "}]}]";
      case 10 -> "[{:item/sku \"new" + step + "\" :item/count 3}]";
      case 11 -> step % 3 == 0 ? "[[:db/retract " + item + " :item/count]]" : "[]";
      case 12 ->
        step < 30
            ? "[{:db/id " + (random.nextBoolean() ? ":kind/good" : ":kind/bad") + " :db/doc \"d"
                + step + "\"}]"
            : "[{:db/ident :item/a" + step + " :db/valueType :db.type/string"
                + " :db/cardinality :db.cardinality/one}"
                + " {:db/ident :kind/k" + step + "}]";
      default -> "[{:db/doc \"of nobody's concern\"}]";
    };
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void whatWasGivenIsWhatTheQueryGivesAtEachT(long seed) {
    var random = new SplittableRandom(seed);
    Map<Long, Db> values = new HashMap<>();
    values.put(connection.db().basisT(), connection.db());
    List<Reader> readers = readers();
    for (int step = 0; step < 120; step++) {
      TxReport report = connection.transact(transaction(random, step));
      values.put(report.dbAfter().basisT(), report.dbAfter());
      if (random.nextInt(4) == 0) {
        report = connection.transact(
            "[[:db/add [:item/sku \"s" + random.nextInt(6) + "\"] :item/color \"red\"]]");
        values.put(report.dbAfter().basisT(), report.dbAfter());
      }
      for (Reader reader : readers) {
        if (random.nextInt(3) == 0) { // some read seldom
          check(seed, values, reader, Duration.ofMillis(random.nextInt(3)));
        }
      }
    }
    for (Reader reader : readers) {
      long deadline = System.nanoTime() + SOON.toNanos();
      while (!reader.agrees(connection.db())) {
        check(seed, values, reader, Duration.ofMillis(200));
        assertThat(System.nanoTime()).as("seed %s %s", seed, reader.query).isLessThan(deadline);
      }
      reader.close();
    }
  }

  private static void check(long seed, Map<Long, Db> values, Reader reader, Duration wait) {
    reader.step(wait).ifPresent(change -> {
      Db then = values.get(change.t());
      assertThat(then).as("t %s", change.t()).isNotNull();
      assertThat(bag(reader.rows))
          .as("seed %s, t %s, %s", seed, change.t(), reader.query)
          .isEqualTo(bag(reader.expected(then)));
    });
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12})
  void whoComesBackGoesOnFromWhatIsKnown(long seed) {
    var random = new SplittableRandom(seed);
    for (Reader before : readers()) {
      before.step(SOON).orElseThrow();
      before.close();
      long t = before.live.t().orElseThrow();
      for (int step = 0; step < 5; step++) {
        connection.transact(transaction(random, step));
      }
      try (Reader after = new Reader(
          before.query,
          connection.live(QueryRequest.of(before.query, before.inputs), OptionalLong.of(t)),
          before.inputs)) {
        after.rows = before.rows;
        long deadline = System.nanoTime() + SOON.toNanos();
        while (!after.agrees(connection.db())) {
          after.step(Duration.ofMillis(100));
          assertThat(System.nanoTime()).as("seed %s %s", seed, before.query).isLessThan(deadline);
        }
      }
    }
  }

  @Test
  void aResultThatIsKnownIsntSentAgain() {
    String query = "[:find ?s ?c :where [?i :item/sku ?s] [?i :item/count ?c]]";
    long t = connection.db().basisT();
    connection.transact("[[:db/add [:item/sku \"s1\"] :item/count 77]]");
    try (LiveQuery live = connection.live(QueryRequest.of(query), OptionalLong.of(t))) {
      LiveChange change = live.next(SOON).orElseThrow();
      assertThat(change.basis()).hasValue(t);
      assertThat(change.added()).isEqualTo(List.of(List.of("s1", 77L)));
      assertThat(change.removed()).isEqualTo(List.of(List.of("s1", 1L)));
    }
  }

  @Test
  void transactionsOfNoConcernCauseNoRun() {
    var runs = new AtomicInteger();
    FunctionResolver counting = (_, _) -> args -> {
      runs.incrementAndGet();
      return args[0];
    };
    try (var other = new LocalClient(MemoryStorage.open(), counting, Clock.systemUTC())) {
      other.createDatabase("shop");
      Connection shop = other.connect("shop");
      shop.transact(SCHEMA);
      shop.transact("[{:item/sku \"a\" :item/count 1} {:item/sku \"b\" :item/count 1}]");
      Object a = shop.db().entid(List.of(kw("item/sku"), "a")).orElseThrow();
      try (LiveQuery live =
          shop.live("[:find ?d . :in $ ?i :where [?i :item/count ?c] [(my/count ?c) ?d]]", a)) {
        assertThat(live.next(SOON)).isPresent();
        int before = runs.get();
        for (int i = 0; i < 50; i++) {
          shop.transact("[[:db/add [:item/sku \"b\"] :item/count " + (i + 2) + "]"
              + " [:db/add [:item/sku \"a\"] :item/note \"" + i + "\"]]");
        }
        shop.transact("[[:db/add [:item/sku \"a\"] :item/count 2]]");
        assertThat(live.next(SOON).orElseThrow().added()).isEqualTo(List.of(2L));
        assertThat(runs.get() - before).isBetween(1, 2);
      }
    }
  }

  @Test
  void manyReadersOfOneQueryCauseOneRunAndASlowOneSkips() throws Exception {
    String query = "[:find (sum ?c) . :where [?i :item/count ?c]]";
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor();
        Reader slow = new Reader(connection, query)) {
      slow.step(SOON);
      List<Future<Integer>> counts = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        Reader reader = new Reader(connection, query);
        counts.add(tasks.submit(() -> {
          try (reader) {
            while (!reader.rows.equals(List.of(10_000L))) {
              reader.step(SOON).orElseThrow();
            }
            return reader.changes;
          }
        }));
      }
      List<Future<?>> writers = new ArrayList<>();
      for (int writer = 0; writer < 4; writer++) {
        int each = writer;
        writers.add(tasks.submit(() -> {
          for (int i = 0; i < 100; i++) {
            connection.transact("[{:item/sku \"w" + each + "\" :item/count " + i + "}]");
          }
        }));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
      long sum = connection.db().q(query);
      connection.transact("[{:item/sku \"last\" :item/count " + (10_000 - sum) + "}]");
      for (Future<Integer> count : counts) {
        assertThat(count.get()).isPositive();
      }
      assertThat(slow.step(SOON)).isPresent();
      assertThat(slow.rows).isEqualTo(List.of(10_000L));
      assertThat(slow.changes).isEqualTo(2);
    }
  }

  @Test
  void whatCantBeWatchedIsRefused() {
    assertThat(refused("[:find ?x :where [?x :no/such ?y]", 0)).isNotNull();
    try (LiveQuery live = connection.live("[:find ?x :where [(my.ns/f 1) ?x]]")) {
      assertThatThrownBy(() -> live.next(SOON)).isInstanceOf(AnomalyException.class);
    }
    assertThatThrownBy(() -> connection.live("[:find ?x :in $ $2 :where [$2 ?x]]", connection.db()))
        .hasMessageContaining("database among its inputs");
    LiveQuery live = connection.live("[:find ?s :where [_ :item/sku ?s]]");
    assertThat(live.next(SOON)).isPresent();
    client.deleteDatabase("shop");
    assertThatThrownBy(() -> live.next(SOON))
        .isInstanceOfSatisfying(
            AnomalyException.class,
            e -> assertThat(e.anomaly().category()).isEqualTo(Anomaly.Category.NOT_FOUND));
  }

  private @Nullable Throwable refused(String query, int unused) {
    return org.assertj.core.api.Assertions.catchThrowable(() -> {
      try (LiveQuery live = connection.live(query)) {
        live.next(SOON);
      }
    });
  }

  @Test
  void aClosedOneWakesItsReader() throws Exception {
    LiveQuery live = connection.live("[:find ?s :where [_ :item/sku ?s]]");
    assertThat(live.next(SOON)).isPresent();
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Optional<LiveChange>> waiting = tasks.submit(() -> live.next(SOON));
      live.close();
      assertThat(waiting.get()).isEmpty();
      assertThat(live.next(SOON)).isEmpty();
    }
  }
}
