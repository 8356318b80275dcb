package valence.node.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static valence.api.Valence.kw;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.edn.Edn;
import valence.node.Node;
import valence.node.NodeConfig;
import valence.node.testing.Events;
import valence.node.testing.Requests;
import valence.storage.place.Place;

final class LiveRequestsTest {
  private static final String QUERY = "[:find ?s ?c :where [?i :item/sku ?s] [?i :item/count ?c]]";

  @TempDir
  Path directory;

  private Node node;
  private Requests api;

  @BeforeEach
  void start() throws Exception {
    node = Node.start(new NodeConfig(
        "test",
        directory.resolve("system"),
        new Place.Directory(directory.resolve("store")),
        "solo",
        "127.0.0.1",
        0,
        0,
        Duration.ofMinutes(5)));
    api = new Requests(node.apiPort());
    post("create-database", "{:db-name \"shop\"}");
    transact("[{:db/ident :item/sku :db/valueType :db.type/string"
        + " :db/cardinality :db.cardinality/one :db/unique :db.unique/identity}"
        + " {:db/ident :item/count :db/valueType :db.type/long"
        + " :db/cardinality :db.cardinality/one}]");
    transact("[{:item/sku \"tea\" :item/count 1}]");
  }

  @AfterEach
  void stop() {
    api.close();
    node.close();
  }

  private String post(String operation, String body) throws IOException, InterruptedException {
    return api.send("POST", "/api/" + operation, body).body();
  }

  private void transact(String data) throws IOException, InterruptedException {
    assertThat(post("transact", "{:db-name \"shop\" :tx-data " + data + "}")).startsWith("{:ok");
  }

  private Events live(String body, String... headers) throws IOException, InterruptedException {
    return Events.of(node.apiPort(), "/live-queries", body, headers);
  }

  private static String wanted(String query) {
    return Edn.print(Map.of(kw("db-name"), "shop", kw("query"), query));
  }

  private static Map<?, ?> data(Events.Event event) {
    return (Map<?, ?>) Edn.read(event.data());
  }

  @Test
  void aSubscriberGetsTheResultAndThenItsChanges() throws Exception {
    try (Events events = live(wanted(QUERY))) {
      assertThat(events.response().statusCode()).isEqualTo(200);
      assertThat(events.response().headers().firstValue("content-type"))
          .contains("text/event-stream");
      Events.Event result = events.next().orElseThrow();
      assertThat(result.name()).isEqualTo("result");
      assertThat(data(result).get(kw("rows"))).isEqualTo(List.of(List.of("tea", 1L)));
      assertThat(result.id()).isEqualTo(String.valueOf(data(result).get(kw("t"))));

      transact("[{:db/doc \"of no concern\"}]");
      transact("[{:item/sku \"tea\" :item/count 2} {:item/sku \"a\\nb\" :item/count 3}]");
      Events.Event change = events.next().orElseThrow();
      assertThat(change.name()).isEqualTo("change");
      assertThat(data(change).get(kw("basis"))).isEqualTo(data(result).get(kw("t")));
      assertThat(data(change).get(kw("removed"))).isEqualTo(List.of(List.of("tea", 1L)));
      assertThat(new HashSet<Object>((List<?>) data(change).get(kw("added"))))
          .isEqualTo(Set.of(List.of("tea", 2L), List.of("a\nb", 3L)));

      transact("[{:item/sku \"tea\" :item/count 4}]");
      assertThat(data(events.next().orElseThrow()).get(kw("added")))
          .isEqualTo(List.of(List.of("tea", 4L)));
      try (Events again = live(wanted(QUERY), "Last-Event-ID", change.id())) {
        Events.Event missed = again.next().orElseThrow();
        assertThat(missed.name()).isEqualTo("change");
        assertThat(data(missed).get(kw("added"))).isEqualTo(List.of(List.of("tea", 4L)));
      }
    }
  }

  @Test
  void aBrowserAsksWithGetAndReadsJson() throws Exception {
    String query = "[:find [?c ...] :in $ ?s :where [?i :item/sku ?s] [?i :item/count ?c]]";
    try (Events events = Events.of(
        node.apiPort(),
        "/live-queries?db-name=shop&query=" + URLEncoder.encode(query, UTF_8)
            + "&args=%5B%22tea%22%5D",
        "",
        "accept",
        "text/event-stream")) {
      assertThat(events.next().orElseThrow().data().replace("\n", ""))
          .matches("\\{\"t\":[0-9]+,\"rows\":\\[1]}");
      transact("[{:item/sku \"tea\" :item/count 7}]");
      assertThat(events.next().orElseThrow().data().replace("\n", ""))
          .matches("\\{\"t\":[0-9]+,\"basis\":[0-9]+,\"added\":\\[7],\"removed\":\\[1]}");
    }
  }

  @Test
  void whatCantBeWatchedIsAnsweredWithItsStatus() throws Exception {
    for (Map.Entry<String, Integer> each : Map.of(
            "{:db-name \"shop\" :query \"[:find ?x :where [?x :no/such ?y]]\"}",
            400,
            "{:db-name \"shop\" :query \"[:find ?x :where [(my.ns/f 1) ?x]]\"}",
            404,
            "{:db-name \"none\" :query \"[:find ?x :where [?x]]\"}",
            404,
            "{:db-name \"shop\" :query \"[:find ?x :where [?x]]\" :limit 4}",
            400,
            "{:db-name \"shop\"}",
            400,
            "{:db-name \"shop\" :query \"[:find ?x :in $ $b :where [$b ?x]]\""
                + " :args [#valence/db {:db-name \"shop\"}]}",
            400)
        .entrySet()) {
      var answer = api.send("POST", "/live-queries", each.getKey());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(each.getValue());
      assertThat(answer.body()).contains(":cognitect.anomalies/message");
    }
    assertThat(api.send("PUT", "/live-queries", "{}").statusCode()).isEqualTo(400);
  }

  @Test
  void aNodeThatEndsTellsItsReadersToComeAgain() throws Exception {
    try (Events events = live(wanted(QUERY))) {
      events.next().orElseThrow();
      long begin = System.nanoTime();
      node.close();
      Events.Event end = events.next().orElseThrow();
      assertThat(end.name()).isEqualTo("end");
      assertThat(events.next()).isEmpty();
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(60));
    }
  }

  @Test
  void aDeletedDatabaseEndsWhatIsWatched() throws Exception {
    try (Events events = live(wanted(QUERY))) {
      events.next().orElseThrow();
      post("delete-database", "{:db-name \"shop\"}");
      Events.Event failure = events.next().orElseThrow();
      assertThat(failure.name()).isEqualTo("failure");
      assertThat(failure.data()).contains(":cognitect.anomalies/not-found");
    }
  }

  @Test
  void manyReadersSeeTheLastTransactionWhoeverComesAndGoes() throws Exception {
    String query = "[:find (sum ?c) . :where [?i :item/count ?c]]";
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> readers = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        boolean leaves = i % 3 == 0;
        readers.add(tasks.submit(() -> {
          int seen = 0;
          try (Events events = live(wanted(query))) {
            while (true) {
              Map<?, ?> data = data(events.next().orElseThrow());
              seen++;
              Object rows =
                  data.containsKey(kw("rows")) ? data.get(kw("rows")) : data.get(kw("added"));
              if (leaves || rows.equals(List.of(100_000L))) {
                return seen;
              }
            }
          }
        }));
      }
      for (int i = 0; i < 100; i++) {
        transact("[{:item/sku \"tea\" :item/count " + i + "}]");
      }
      transact("[{:item/sku \"tea\" :item/count 100000}]");
      for (Future<Integer> reader : readers) {
        assertThat(reader.get()).isBetween(1, 103);
      }
    }
  }
}
