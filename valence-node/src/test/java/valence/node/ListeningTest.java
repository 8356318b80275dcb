package valence.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static valence.api.Valence.kw;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.Connection;
import valence.api.LiveChange;
import valence.api.LiveQuery;
import valence.api.LogEntry;
import valence.api.Transaction;
import valence.api.TxFeed;
import valence.api.Valence;
import valence.node.access.TestAccess;
import valence.node.testing.Events;
import valence.node.testing.SocksProxy;
import valence.storage.place.Place;
import valence.wire.access.AccessKey;
import valence.wire.access.Signature;

/// What lasts: feeds and live queries of a node that is restarted, of principals who are let in no
/// more, and of callers who go.
final class ListeningTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String SCHEMA = "[{:db/ident :n/note :db/valueType :db.type/string"
      + " :db/cardinality :db.cardinality/many} {:db/id \"all\" :db/ident :n/all}]";

  @TempDir
  Path directory;

  private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Client> clients = new ArrayList<>();
  private @Nullable Node node;
  private int port;

  private void start() {
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

  @AfterEach
  void stop() {
    clients.forEach(Client::close);
    if (node != null) {
      node.close();
    }
    tasks.close();
  }

  private Connection shop(Map<String, Object> more) {
    Map<String, Object> config = new HashMap<>(more);
    config.put("server-type", kw("remote"));
    config.put("endpoint", "http://127.0.0.1:" + port);
    Client client = Valence.client(config);
    clients.add(client);
    if (client.createDatabase("shop")) {
      client.connect("shop").transact(SCHEMA);
    }
    return client.connect("shop");
  }

  private Connection reading(AccessKey key) {
    Client client = Valence.client(Map.of(
        "server-type",
        kw("remote"),
        "endpoint",
        "http://127.0.0.1:" + port,
        "timeout",
        5_000L,
        "access-key",
        Map.of("id", key.id(), "secret", key.secret())));
    clients.add(client);
    return client.connect("shop");
  }

  private static Map<String, Object> as(AccessKey key) {
    return Map.of("access-key", Map.of("id", key.id(), "secret", key.secret()));
  }

  /// Said once, also when the node goes away meanwhile.
  private static long say(Connection connection, String note) {
    return connection
        .transact(Transaction.of(List.of(Map.of(kw("db/id"), kw("n/all"), kw("n/note"), note)))
            .withRequestId(UUID.randomUUID()))
        .dbAfter()
        .basisT();
  }

  @Test
  void twoClientsHearEverythingOnceAlthoughTheNodeIsRestarted() throws Exception {
    start();
    Connection writer = shop(Map.of());
    long first = writer.db().basisT() + 1;
    int all = 60;
    List<Future<?>> heard = new ArrayList<>();
    List<AutoCloseable> open = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Connection reader = shop(Map.of());
      TxFeed feed = reader.txFeed(first);
      LiveQuery live = reader.live("[:find (count ?n) . :where [:n/all :n/note ?n]]");
      open.add(feed);
      open.add(live);
      heard.add(tasks.submit(() -> {
        for (long t = first; t < first + all; t++) {
          LogEntry entry = feed.next(SOON).orElseThrow();
          assertThat(entry.t()).isEqualTo(t);
        }
      }));
      heard.add(tasks.submit(() -> {
        List<Object> rows = new ArrayList<>();
        while (!rows.equals(List.of((long) all))) {
          LiveChange change = live.next(SOON).orElseThrow();
          rows = change.applyTo(rows);
          long known = rows.isEmpty() ? 0 : (long) rows.getFirst();
          assertThat(known).isEqualTo(change.t() - first + 1);
        }
      }));
    }
    for (int i = 0; i < all; i++) {
      if (i % 20 == 10) {
        node.close(); // ends what lasts, in good order
        start();
      }
      say(writer, "note " + i);
    }
    for (Future<?> each : heard) {
      each.get(120, TimeUnit.SECONDS);
    }
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  @Test
  void aRevokedKeyEndsWhatItListensTo() throws Exception {
    Path access = directory.resolve("system/access");
    AccessKey admin = TestAccess.create(access, "admin", "all");
    AccessKey ann = TestAccess.create(access, "ann", "read:shop");
    start();
    Connection writer = shop(as(admin));
    long t = say(writer, "1");
    Connection reader = reading(ann);
    try (TxFeed feed = reader.txFeed(t);
        LiveQuery live = reader.live("[:find ?n :where [_ :n/note ?n]]");
        Events events = Events.of(
            port,
            "/live-queries",
            "{:db-name \"shop\" :query \"[:find ?n :where [_ :n/note ?n]]\"}",
            Signature.HEADER,
            signed(
                ann,
                "/live-queries",
                "{:db-name \"shop\" :query \"[:find ?n :where [_ :n/note ?n]]\"}"))) {
      assertThat(feed.next(SOON)).isPresent();
      assertThat(live.next(SOON)).isPresent();
      assertThat(events.next().orElseThrow().name()).isEqualTo("result");
      TestAccess.revoke(access, ann.id());
      Future<?> feedEnds = tasks.submit(() -> assertThatThrownBy(() -> feed.next(SOON))
          .isInstanceOfSatisfying(
              AnomalyException.class,
              e -> assertThat(e.anomaly().category()).isEqualTo(Anomaly.Category.FORBIDDEN)));
      assertThatThrownBy(() -> live.next(SOON)).hasMessageContaining("was revoked");
      feedEnds.get(60, TimeUnit.SECONDS);
      Events.Event failure = events.next().orElseThrow();
      assertThat(failure.name()).isEqualTo("failure");
      assertThat(failure.data()).contains("was revoked");
    }
    assertThatThrownBy(() -> reader.txFeed(t)).hasMessageContaining("revoked");
  }

  private static String signed(AccessKey key, String path, String body) {
    return Signature.of(
            key,
            System.currentTimeMillis(),
            "POST",
            path,
            "",
            Signature.sha256(body.getBytes(StandardCharsets.UTF_8)))
        .header();
  }

  @Test
  void aPrincipalHasSoManyStreamsBesideItsRequests() {
    Path access = directory.resolve("system/access");
    AccessKey admin = TestAccess.create(access, "admin", "all");
    AccessKey ann =
        TestAccess.create(access, "ann", Map.of("running", 1L, "waiting", 0L), "read:shop");
    AccessKey ben = TestAccess.create(access, "ben", "transact:shop");
    start();
    long t = say(shop(as(admin)), "1");
    Connection reader = reading(ann);
    List<TxFeed> feeds = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      feeds.add(reader.txFeed(t));
    }
    assertThat(reader.db().basisT()).isEqualTo(t);
    assertThatThrownBy(() -> reader.txFeed(t)) // after it has tried for 5 s
        .hasMessageContaining("reads 4 streams");
    for (TxFeed each : feeds) {
      assertThat(each.next(SOON)).map(LogEntry::t).contains(t);
      each.close();
    }
    try (TxFeed feed = again(reader, t)) {
      assertThat(feed.next(SOON)).isPresent();
    }
    assertThatThrownBy(() -> reading(ben).txFeed(t))
        .hasMessageContaining("grant read:DB is missing");
  }

  /// The node notices within a second or so that the others were closed.
  private static TxFeed again(Connection reader, long t) {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (true) {
      try {
        return reader.txFeed(t);
      } catch (AnomalyException e) {
        assertThat(e.anomaly().category()).isEqualTo(Anomaly.Category.BUSY);
        assertThat(System.nanoTime()).isLessThan(deadline);
      }
    }
  }

  @Test
  void whatLastsGoesByTlsAndThroughAProxy() throws Exception {
    Path access = directory.resolve("system/access");
    AccessKey admin = TestAccess.create(access, "admin", "all");
    String fingerprint = TestAccess.certificate(access);
    start();
    try (SocksProxy proxy = new SocksProxy()) {
      Map<String, Object> secure = new HashMap<>(as(admin));
      secure.put("trust", fingerprint);
      Map<String, Object> proxied = new HashMap<>(secure);
      proxied.put("socks-proxy", "127.0.0.1:" + proxy.address().getPort());
      Connection writer = secure(secure);
      for (Connection reader : List.of(writer, secure(proxied))) {
        long t = say(writer, "1");
        List<TxFeed> many = new ArrayList<>();
        for (int i = 0; i < 70; i++) { // more than a connection of HTTP/2 carries calls at once
          many.add(reader.txFeed(t + 1));
        }
        try (TxFeed feed = reader.txFeed(t);
            LiveQuery live = reader.live("[:find (count ?n) . :where [_ :n/note ?n]]")) {
          assertThat(feed.next(SOON)).map(LogEntry::t).contains(t);
          assertThat(live.next(SOON)).isPresent();
          say(writer, "2 " + t);
          assertThat(feed.next(SOON)).map(LogEntry::t).contains(t + 1);
          assertThat(live.next(SOON).orElseThrow().basis()).hasValue(t);
        }
        for (TxFeed each : many) {
          assertThat(each.next(SOON)).map(LogEntry::t).contains(t + 1);
          each.close();
        }
      }
      assertThat(proxy.connections()).isGreaterThan(70);
    }
  }

  private Connection secure(Map<String, Object> more) {
    Map<String, Object> config = new HashMap<>(more);
    config.put("server-type", kw("remote"));
    config.put("endpoint", "https://127.0.0.1:" + port);
    Client client = Valence.client(config);
    clients.add(client);
    if (client.createDatabase("shop")) {
      client.connect("shop").transact(SCHEMA);
    }
    return client.connect("shop");
  }

  @Test
  void aCallCanBeCancelledAndACallerMayGo() throws Exception {
    start();
    Connection shop = shop(Map.of());
    long t = say(shop, "1");
    String id = "00000000-0000-0000-0000-00000000000";
    try (HttpClient http =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      try (BufferedReader cancelled =
              lines(http, "{:db-name \"shop\" :start " + t + " :call-id #uuid \"" + id + "1\"}");
          BufferedReader gone =
              lines(http, "{:db-name \"shop\" :start " + t + " :call-id #uuid \"" + id + "2\"}")) {
        for (BufferedReader each : List.of(cancelled, gone)) {
          assertThat(each.readLine()).isEqualTo("{:rows []}");
          assertThat(each.readLine()).startsWith("{:rows [{:t " + t + ", :at #inst");
        }
        assertThat(post(http, "cancel", "{:call-id #uuid \"" + id + "1\"}"))
            .isEqualTo("{:ok true}");
        assertThat(cancelled.readLine())
            .startsWith("{:cognitect.anomalies/category")
            .contains("interrupted");
        assertThat(cancelled.readLine()).isNull();
      }
      long deadline = System.nanoTime() + SOON.toNanos();
      while (!metrics(http).contains("valence_streams_in_flight{door=\"api\"} 0")) {
        assertThat(System.nanoTime()).isLessThan(deadline); // it looks each second
      }
    }
  }

  private BufferedReader lines(HttpClient http, String body) throws Exception {
    return new BufferedReader(new InputStreamReader(
        http.send(request("/api/tx-feed", body), HttpResponse.BodyHandlers.ofInputStream())
            .body(),
        StandardCharsets.UTF_8));
  }

  private HttpRequest request(String path, String body) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private String post(HttpClient http, String operation, String body) throws Exception {
    return http.send(request("/api/" + operation, body), HttpResponse.BodyHandlers.ofString())
        .body()
        .strip();
  }

  private String metrics(HttpClient http) throws Exception {
    return http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Test
  void aTransactionSaysWhoAskedForIt() {
    Path access = directory.resolve("system/access");
    AccessKey admin = TestAccess.create(access, "admin", "all");
    start();
    Connection shop = shop(as(admin));
    var report = shop.transact("[{:db/id :n/all :n/note \"mine\"}]");
    assertThat(report.tempids()).isEmpty();
    Map<Object, Object> said = report
        .dbAfter()
        .pull(
            "[:valence.tx/principal :valence.tx/request :valence.tx/trace :valence.tx/revision]",
            Valence.toTx(report.dbAfter().basisT()));
    assertThat(said.get(kw("valence.tx/principal"))).isEqualTo("admin");
    assertThat(said).hasSize(3).doesNotContainKey(kw("valence.tx/revision"));
    assertThatThrownBy(
            () -> shop.transact("[{:db/id \"datomic.tx\" :valence.tx/principal \"boss\"}]"))
        .isInstanceOf(AnomalyException.class);
    assertThat(shop.transact("[[:db/add \"datomic.tx\" :db/doc \"why\"]]").tempids())
        .containsKey("datomic.tx");
  }
}
