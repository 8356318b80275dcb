package valence.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static valence.api.Valence.kw;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.api.Index;
import valence.api.QueryRequest;
import valence.api.Transaction;
import valence.api.TxReport;
import valence.api.Valence;
import valence.node.testing.Requests;
import valence.storage.place.Place;

/// A system through a node, with the interfaces of the api.
final class RemoteClientTest {
  private static final String SCHEMA = """
      [{:db/ident :n/id :db/valueType :db.type/long :db/cardinality :db.cardinality/one
        :db/unique :db.unique/identity}
       {:db/ident :n/text :db/valueType :db.type/string :db/cardinality :db.cardinality/one}]
      """;
  private static final int ROWS = 12_000;

  @TempDir
  Path directory;

  private Node node;
  private Client client;

  @BeforeEach
  void start() {
    node = Node.start(config(0));
    client = client();
  }

  private NodeConfig config(int port) {
    return new NodeConfig(
        "test",
        directory.resolve("system"),
        new Place.Directory(directory.resolve("store")),
        "solo",
        "127.0.0.1",
        port,
        0,
        Duration.ofSeconds(10));
  }

  private Client client() {
    return Valence.client(
        Map.of("server-type", kw("remote"), "endpoint", "http://127.0.0.1:" + node.apiPort()));
  }

  @AfterEach
  void stop() {
    client.close();
    node.close();
  }

  private Connection numbers(int count, String text) {
    client.createDatabase("numbers");
    Connection connection = client.connect("numbers");
    connection.transact(SCHEMA);
    connection.transact(LongStream.range(0, count)
        .mapToObj(id -> Map.of(kw("n/id"), id, kw("n/text"), text))
        .toList());
    return connection;
  }

  @Test
  void theSameProgramRunsHereAndThere() {
    var here = Map.of("server-type", kw("local"), "storage-dir", kw("mem"), "system", "same");
    var there = Map.of("server-type", kw("ion"), "endpoint", "http://127.0.0.1:" + node.apiPort());
    assertThat(program(there)).isEqualTo(program(here));
  }

  /// What any program does, as one text.
  private static List<Object> program(Map<?, ?> system) {
    List<Object> said = new ArrayList<>();
    try (Client client = Valence.client(system)) {
      said.add(client.createDatabase("p"));
      said.add(client.createDatabase("p"));
      said.add(client.listDatabases());
      Connection connection = client.connect("p");
      connection.transact(SCHEMA);
      TxReport report = connection.transact("[{:db/id \"a\" :n/id 1 :n/text \"one\"}]");
      long a = report.tempids().get("a");
      said.add(report.dbAfter().basisT() - report.dbBefore().basisT());
      Db db = connection.db();
      connection.transact(List.of(Map.of(kw("n/id"), 1L, kw("n/text"), "uno")));
      Db now = connection.db();
      String texts = "[:find [?t ...] :where [_ :n/text ?t]]";
      said.add(db.q(texts));
      said.add(now.q(texts));
      said.add(now.asOf(db.basisT()).q(texts));
      said.add(now.since(db.basisT()).q(texts));
      said.add(now.pull("[:n/text]", List.of(kw("n/id"), 1L)));
      for (Object pattern :
          List.of("[:n/text]", "[*]", "[:db/id]", "[(:n/text :default \"none\")]")) {
        for (Object entity : Arrays.asList(List.of(kw("n/id"), 2L), kw("n/none"), 99L, null)) {
          said.add(now.pull(pattern, entity));
          said.add(now.pullMany(pattern, Collections.singletonList(entity)).toList());
        }
      }
      said.add(now.entid(List.of(kw("n/id"), 1L)).getAsLong() == a);
      said.add(now.ident(kw("n/text")));
      said.add(now.attribute(kw("n/id")).orElseThrow());
      said.add(now.attribute(kw("n/none")));
      Db with = now.with("[{:n/id 2 :n/text \"two\"}]").dbAfter();
      said.add(with.basisT() - now.basisT());
      said.add(with.q("[:find (count ?t) . :where [_ :n/text ?t]]"));
      said.add(with.with("[{:n/id 3 :n/text \"three\"}]")
          .dbAfter()
          .asOf(with.basisT())
          .q("[:find (count ?t) . :where [_ :n/text ?t]]"));
      said.add(now.history().datoms(Index.EAVT, a, kw("n/text")).map(Datom::v).toList());
      said.add(now.stats().attributes().get(kw("n/text")));
      try (var log = connection.txRange(now.basisT(), null)) {
        said.add(log.map(entry -> entry.data().size()).toList());
      }
      said.add(now.explain("[:find ?e :where [?e :n/id]]").data() != null);
      said.add(refusal(() -> connection.transact("[[:db/add \"x\" :n/none 1]]")));
      said.add(refusal(() -> now.q("[:find ?x]")));
      said.add(refusal(() -> client.connect("none")));
      said.add(client.deleteDatabase("p"));
    }
    return said;
  }

  private static Object refusal(Runnable call) {
    try {
      call.run();
      return "none";
    } catch (AnomalyException e) {
      return e.anomaly().category() + " " + e.anomaly().error();
    }
  }

  @Test
  void manyRowsArriveAsTheyAreRead() {
    Connection connection = numbers(ROWS, "x".repeat(500));
    Db db = connection.db();
    try (Stream<Datom> datoms = db.datoms(Index.AEVT, kw("n/text"))) {
      Iterator<Datom> each = datoms.iterator();
      for (int i = 0; i < 10; i++) {
        each.next();
      }
    } // the rest isn't read
    assertThat(db.datoms(Index.AEVT, kw("n/text")).count()).isEqualTo(ROWS);
    List<List<Object>> rows = db.q("[:find ?e ?t :where [?e :n/text ?t]]");
    assertThat(rows).hasSize(ROWS);
    assertThat(db.indexRange(kw("n/id"), 100L, null).map(Datom::v).toList())
        .hasSize(ROWS - 100)
        .startsWith(100L, 101L);
    assertThat(connection.txRange(null, null).count()).isGreaterThanOrEqualTo(2);
    assertThat(db.pullMany("[:n/id]", List.of(List.of(kw("n/id"), 5L))).toList())
        .containsExactly(Map.of(kw("n/id"), 5L));
  }

  @Test
  void aSequenceOfPullsIsReadInOrderAndByPosition() {
    Db db = numbers(5_000, "x").db();
    List<List<Object>> rows =
        db.qseq(QueryRequest.of("[:find (pull ?e [:n/id]) :where [?e :n/id]]", db));
    assertThat(rows).hasSize(5_000);
    List<Object> once = new ArrayList<>(rows);
    assertThat(new ArrayList<>(rows)).isEqualTo(once);
    assertThat(rows.get(4_321)).isEqualTo(once.get(4_321));
    assertThat(once.stream().distinct().count()).isEqualTo(5_000);
  }

  @Test
  void aBrokenAnswerIsGoneOnWithFromTheNextNode() {
    Db db = numbers(ROWS, "x".repeat(500)).db();
    Iterator<Datom> each = db.datoms(Index.AEVT, kw("n/text")).iterator();
    List<Datom> read = new ArrayList<>();
    read.add(each.next());
    int port = node.apiPort();
    node.close(); // gives up waiting for us
    node = Node.start(config(port));
    each.forEachRemaining(read::add);
    assertThat(read).hasSize(ROWS).doesNotHaveDuplicates();
  }

  @Test
  void aCallWaitsForANodeThatStarts() throws Exception {
    Db db = numbers(1, "x").db();
    int port = node.apiPort();
    node.close();
    var asked = db.<Object>qAsync("[:find ?t . :where [_ :n/text ?t]]").toCompletableFuture();
    node = Node.start(config(port));
    assertThat(asked.get(60, TimeUnit.SECONDS)).isEqualTo("x");
  }

  @Test
  void aRequestIdLetsATransactionBeSentAgain() {
    Connection connection = numbers(1, "x");
    Transaction transaction =
        Transaction.of("[{:n/id 7 :n/text \"y\"}]").withRequestId(UUID.randomUUID());
    long t = connection.transact(transaction).dbAfter().basisT();
    assertThat(connection.transact(transaction).dbAfter().basisT()).isEqualTo(t);
    assertThat(connection.db().basisT()).isEqualTo(t);
  }

  @Test
  void aDeadlineStopsAQueryOnTheNode() {
    Db db = numbers(1, "x").db();
    QueryRequest endless = QueryRequest.of(
            "[:find ?y :in $ % ?x :where (up ?x ?y)]",
            db, "[[(up ?x ?y) [(+ ?x 1) ?y]] [(up ?x ?y) (up ?x ?z) [(+ ?z 1) ?y]]]", 0L)
        .withTimeout(Duration.ofMillis(300));
    long begin = System.nanoTime();
    assertThatThrownBy(() -> db.q(endless))
        .isInstanceOfSatisfying(
            AnomalyException.class,
            e -> assertThat(e.anomaly().category()).isEqualTo(Anomaly.Category.UNAVAILABLE));
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(60));
  }

  @Test
  void whatAsksForEveryAttributeAloneIsRefused() {
    Db db = numbers(1, "x").db();
    assertThatThrownBy(() -> db.entity(1L))
        .hasMessageContaining("across the network")
        .hasMessageContaining("Pull what is needed");
    assertThatThrownBy(() -> db.filter((_, _) -> true))
        .hasMessageContaining("other side of a network");
    assertThatThrownBy(() -> db.qAsync("[:find ?x]").toCompletableFuture().get())
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(AnomalyException.class);
  }

  @Test
  void anErrorAmongTheRowsEndsThem() throws Exception {
    numbers(1_500, "x");
    try (Requests requests = new Requests(node.apiPort())) {
      String entities = "[" + "[:n/id 1] ".repeat(1_200) + "[:n/text \"x\"]" + "]";
      String body = requests
          .send(
              "POST",
              "/api/pull-many",
              "{:db #valence/db {:db-name \"numbers\"} :selector [:n/id] :chunk 1000 :eids "
                  + entities + " :limit -1}")
          .body();
      List<String> lines = body.lines().toList();
      assertThat(lines).hasSize(2);
      assertThat(lines.get(0)).startsWith("{:rows [{:n/id 1} {:n/id 1}");
      assertThat(lines.get(1)).startsWith("{:cognitect.anomalies/category");
    }
  }
}
