package valence.node;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Datom;
import valence.client.NodeClient;
import valence.edn.Edn;
import valence.engine.store.BlobId;
import valence.node.testing.Gate;
import valence.node.testing.Requests;
import valence.node.testing.TestApplication;
import valence.node.testing.TestJar;
import valence.storage.place.Place;
import valence.wire.DbValue;
import valence.wire.EdnBody;
import valence.wire.ion.IonConfig;

/// A whole node, from the storage to the ports.
final class NodeTest {
  private static final String SCHEMA = """
      [{:db/ident :item/sku :db/valueType :db.type/string
        :db/cardinality :db.cardinality/one :db/unique :db.unique/identity}
       {:db/ident :item/count :db/valueType :db.type/long :db/cardinality :db.cardinality/one}]
      """;

  @TempDir
  Path directory;

  private Node node;
  private NodeClient client;
  private Requests http;

  @BeforeEach
  void start() {
    node = Node.start(config());
    client = NodeClient.connect(URI.create("http://127.0.0.1:" + node.apiPort()));
    http = new Requests(node.httpPort());
  }

  @AfterEach
  void stop() {
    client.close();
    http.close();
    node.close();
  }

  private void restart() {
    stop();
    start();
  }

  private NodeConfig config() {
    return new NodeConfig(
        "test",
        directory.resolve("system"),
        new Place.Directory(directory.resolve("system/store")),
        "solo",
        "127.0.0.1",
        0,
        0,
        Duration.ofSeconds(10));
  }

  private Object call(String operation, Object... keysAndValues) {
    Map<Keyword, Object> request = new java.util.LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      request.put(kw((String) keysAndValues[i]), keysAndValues[i + 1]);
    }
    Object answer = client.call(operation, request);
    return answer == null ? "nil" : answer;
  }

  private static Object edn(String text) {
    return requireNonNull(Edn.read(text));
  }

  private static Object get(Object map, String key) {
    Object value = ((Map<?, ?>) map).get(kw(key));
    return value == null ? "nil" : value;
  }

  /// A query that makes ever new values.
  private void askForever(UUID id) {
    client.call("q", forever(id));
  }

  private Map<Keyword, Object> forever(UUID id) {
    return Map.of(
        kw("query"),
        edn("[:find ?y :in $ % [?x ...] :where (up ?x ?y)]"),
        kw("args"),
        List.of(
            call("db", "db-name", "shop"),
            edn("[[(up ?x ?y) [(+ ?x 1) ?y]] [(up ?x ?y) (up ?x ?z) [(+ ?z 1) ?y]]]"),
            LongStream.range(0, 40).boxed().toList()),
        kw("call-id"),
        id);
  }

  @Test
  void aQueryWhoseCallerHasGoneStopsOnTheNode() throws Exception {
    shop();
    var id = UUID.randomUUID();
    byte[] body = EdnBody.encode(forever(id));
    try (Socket socket = new Socket("127.0.0.1", node.apiPort())) {
      String head = "POST /api/q HTTP/1.1\r\nHost: x\r\nContent-Type: application/edn\r\n"
          + "Content-Length: " + body.length + "\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().write(body);
      do { // until it has arrived: then another call can't have its id
        LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
        assertThat(socket.getInputStream().available()).as("refused").isZero();
      } while (answers(id));
    }
    long closed = System.nanoTime();
    while (!answers(id)) { // until its id is free
      assertThat(Duration.ofNanos(System.nanoTime() - closed)).isLessThan(Duration.ofSeconds(40));
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  /// Whether a small query under an id is answered, as none under way has it.
  private boolean answers(UUID id) {
    try {
      client.call(
          "q",
          Map.of(
              kw("query"), edn("[:find ?x :in ?x]"), kw("args"), List.of(1L), kw("call-id"), id));
      return true;
    } catch (AnomalyException taken) {
      assertThat(taken.anomaly().message()).contains("is under way already");
      return false;
    }
  }

  @Test
  void aCancelledQueryStopsOnTheNode() throws Exception {
    shop();
    var id = UUID.randomUUID();
    var asked = new FutureTask<>(() -> assertThrows(AnomalyException.class, () -> askForever(id)));
    Thread.ofVirtual().start(asked);
    while (!Boolean.TRUE.equals(call("cancel", "call-id", id))) {
      Thread.onSpinWait(); // until it has arrived
    }
    assertThat(asked.get().anomaly().category()).isEqualTo(Anomaly.Category.INTERRUPTED);
    while (Boolean.TRUE.equals(call("cancel", "call-id", id))) {
      Thread.onSpinWait(); // until its answer is written
    }
  }

  private void shop() {
    call("create-database", "db-name", "shop");
    call("transact", "db-name", "shop", "tx-data", edn(SCHEMA));
  }

  private static String sha(String version) {
    return "%040x".formatted(version.hashCode() & 0xffffffffL);
  }

  /// Pushes the test application; its revision is named after the version.
  private Object push(String version, IonConfig config, Path jar) throws IOException {
    String id = BlobId.of(ByteBuffer.wrap(Files.readAllBytes(jar))).hex();
    client.putArtifact(id, jar);
    return call(
        "register-revision",
        "app-name",
        config.appName(),
        "rev",
        version,
        "pushed-by",
        "tester",
        "config",
        config.toMap(),
        "artifacts",
        List.of(Map.of(
            kw("id"),
            id,
            kw("name"),
            "shop.jar",
            kw("size"),
            Files.size(jar),
            kw("kind"),
            kw("application"))));
  }

  private void push(String version) throws IOException {
    push(sha(version), TestApplication.wideConfig(), TestApplication.jar(directory, version));
  }

  /// Deploys, and waits for the end.
  private Map<Object, Object> deploy(String rev) {
    Object deployment =
        get(call("deploy", "group", "solo", "app-name", "shop", "rev", rev), "deployment");
    while (true) {
      Object status = call("deploy-status", "deployment", deployment);
      if (!get(status, "status").equals(kw("running"))) {
        return new java.util.LinkedHashMap<>((Map<?, ?>) status);
      }
    }
  }

  private void deployed(String version) throws IOException {
    push(version);
    assertThat(deploy(sha(version))).containsEntry(kw("status"), kw("succeeded"));
  }

  @Test
  void databasesAreReachedOverTheWire() {
    assertThat(call("create-database", "db-name", "shop")).isEqualTo(true);
    assertThat(call("create-database", "db-name", "shop")).isEqualTo(false);
    assertThat(call("list-databases")).isEqualTo(List.of("shop"));
    call("transact", "db-name", "shop", "tx-data", edn(SCHEMA));
    Object report = call(
        "transact",
        "db-name",
        "shop",
        "tx-data",
        edn("[{:db/id \"tea\" :item/sku \"tea-01\" :item/count 3}]"));
    long tea = (long) requireNonNull(((Map<?, ?>) get(report, "tempids")).get("tea"));
    assertThat(get(get(report, "tx-stats"), "considered-datoms")).isEqualTo(2L);
    DbValue after = (DbValue) get(report, "db-after");
    assertThat((List<?>) get(report, "tx-data")).hasSize(3).allMatch(Datom.class::isInstance);
    Object second = call(
        "transact",
        "db-name",
        "shop",
        "tx-data",
        edn("[[:db/add [:item/sku \"tea-01\"] :item/count 4]]"));
    DbValue newest = (DbValue) call("db", "db-name", "shop");
    assertThat(newest).isEqualTo(get(second, "db-after"));

    assertThat(call("pull", "db", newest, "selector", edn("[:item/count]"), "eid", tea))
        .isEqualTo(Map.of(kw("item/count"), 4L));
    assertThat(call("pull", "db", after, "selector", edn("[:item/count]"), "eid", tea))
        .isEqualTo(Map.of(kw("item/count"), 3L));
    Object query = edn("[:find ?c . :where [_ :item/count ?c]]");
    assertThat(call("q", "query", query, "args", List.of(newest))).isEqualTo(4L);
    assertThat(call("q", "query", query, "args", List.of(after))).isEqualTo(3L);
    assertThat(call(
            "q",
            "query",
            query,
            "args",
            List.of(DbValue.newest("shop").withAsOf(requireNonNull(after.t())))))
        .isEqualTo(3L);
    assertThat((List<?>) call(
            "datoms",
            "db",
            newest.withHistory(),
            "index",
            kw("eavt"),
            "components",
            List.of(tea, kw("item/count"))))
        .hasSize(3);

    Object with = call(
        "with", "db", newest, "tx-data", edn("[[:db/add [:item/sku \"tea-01\"] :item/count 9]]"));
    assertThat(call("q", "query", query, "args", List.of(get(with, "db-after"))))
        .isEqualTo(9L);
    assertThat(call("q", "query", query, "args", List.of(newest))).isEqualTo(4L);
    List<?> log = (List<?>) call("tx-range", "db-name", "shop", "start", requireNonNull(after.t()));
    assertThat(log).hasSize(2);
    assertThat((long) get(call("db-stats", "db", newest), "datoms")).isPositive();
    assertThat(call("delete-database", "db-name", "shop")).isEqualTo(true);
    assertThat(call("list-databases")).isEqualTo(List.of());
  }

  @Test
  void aTransactionIsAppliedOnceForItsRequestId() {
    shop();
    UUID id = UUID.randomUUID();
    Object data = edn("[{:item/sku \"a\" :item/count 1}]");
    Object first = call("transact", "db-name", "shop", "tx-data", data, "request-id", id);
    call("transact", "db-name", "shop", "tx-data", data, "request-id", id);
    assertThat(call("db", "db-name", "shop")).isEqualTo(get(first, "db-after"));
  }

  @Test
  void mistakesAreAnsweredWithAnomaliesThatSayWhatToDo() throws Exception {
    assertAnomaly(Anomaly.Category.NOT_FOUND, "nothing", () -> call("nothing"));
    assertAnomaly(Anomaly.Category.NOT_FOUND, "none", () -> call("db", "db-name", "none"));
    assertAnomaly(Anomaly.Category.INCORRECT, "db has no :db-name", () -> call("db", "name", "x"));
    assertAnomaly(
        Anomaly.Category.INCORRECT,
        "Expected a #valence/db",
        () -> call("pull", "db", "shop", "selector", List.of(), "eid", 1));
    try (var api = new Requests(node.apiPort())) {
      assertThat(api.send("POST", "/api/db", "{:db-name").statusCode()).isEqualTo(400);
      assertThat(api.send("POST", "/api/db", "[]").body()).contains("Expected a map");
      assertThat(api.send("GET", "/api/db", "").statusCode()).isEqualTo(400);
      assertThat(api.get("/elsewhere").statusCode()).isEqualTo(404);
      assertThat(api.get("/health").body()).isEqualTo("{:status :up}");
    }
  }

  @Test
  void aRevisionIsPushedDeployedAndCalledInEachWay() throws Exception {
    shop();
    deployed("v1");
    assertThat(http.get("/version").body()).isEqualTo("v1");
    try (var api = new Requests(node.apiPort())) {
      assertThat(api.send("POST", "/2015-03-31/functions/solo-echo/invocations", "{\"a\":1}")
              .body())
          .contains("\"payload\":{\"a\":1}");
    }
    DbValue before = (DbValue) call("db", "db-name", "shop");
    call(
        "transact",
        "db-name",
        "shop",
        "tx-data",
        List.of(List.of(Symbol.intern("shop.Shop/add"), "tea", 3)));
    DbValue after = (DbValue) call("db", "db-name", "shop");
    Object query = edn("[:find ?n . :where [_ :item/count ?c] [(shop.Shop/twice ?c) ?n]]");
    assertThat(call("q", "query", query, "args", List.of(after))).isEqualTo(6L);
    assertThat(call("q", "query", query, "args", List.of(before))).isEqualTo("nil");
    Object writer =
        edn("[:find [?rev ?fn] :where [_ :item/count _ ?tx] [?tx :valence.tx/revision ?rev]"
            + " [?tx :valence.tx/function ?fn]]");
    assertThat(call("q", "query", writer, "args", List.of(after)))
        .isEqualTo(List.of(sha("v1"), "shop.Shop/add"));

    assertThat(http.get("/say").body()).isEqualTo("said by " + sha("v1"));
    assertThat(http.get("/count?tea").body()).isEqualTo("3");
    Object said = edn("[:find [?rev ?fn] :where [?i :item/sku \"said\" ?tx]"
        + " [?tx :valence.tx/revision ?rev] [?tx :valence.tx/function ?fn]]");
    assertThat(call("q", "query", said, "args", List.of(call("db", "db-name", "shop"))))
        .isEqualTo(List.of(sha("v1"), "shop.Shop/handle"));
  }

  @Test
  void onlyAllowedFunctionsRun() throws Exception {
    shop();
    deployed("v1");
    Object db = call("db", "db-name", "shop");
    assertAnomaly(
        Anomaly.Category.FORBIDDEN,
        "shop.Shop/hidden",
        () -> call(
            "q",
            "query",
            edn("[:find ?x . :in $ :where [_ :db/ident _] [(shop.Shop/hidden) ?x]]"),
            "args",
            List.of(db)));
    assertAnomaly(
        Anomaly.Category.NOT_FOUND,
        "shop.Shop/nothing",
        () -> call(
            "transact",
            "db-name",
            "shop",
            "tx-data",
            List.of(List.of(Symbol.intern("shop.Shop/nothing"), 1))));
    assertAnomaly(
        Anomaly.Category.CONFLICT,
        "Too few.",
        () -> call(
            "transact",
            "db-name",
            "shop",
            "tx-data",
            List.of(List.of(Symbol.intern("shop.Shop/add"), "tea", -1))));
  }

  @Test
  void aDeploymentIsRecordedStepByStep() throws Exception {
    push("v1");
    Map<Object, Object> status = deploy(sha("v1"));
    assertThat(status)
        .containsEntry(kw("status"), kw("succeeded"))
        .containsEntry(kw("group"), "solo")
        .containsEntry(kw("app-name"), "shop")
        .containsEntry(kw("rev"), sha("v1"));
    List<Object> phases = new ArrayList<>();
    for (Object phase : (List<?>) get(status, "phases")) {
      phases.add(get(phase, "phase"));
      assertThat(get(phase, "at")).isInstanceOf(Date.class);
    }
    assertThat(phases)
        .containsExactly(
            kw("wished"), kw("fetch"), kw("compare"), kw("load"), kw("serve"), kw("drain"));
    assertThat(call("status")).satisfies(s -> {
      assertThat(get(s, "application")).isEqualTo("shop");
      assertThat(get(s, "revision")).isEqualTo(sha("v1"));
      assertThat(get(s, "since")).isInstanceOf(Date.class);
    });
    // the same again is no work
    Map<Object, Object> again = deploy(sha("v1"));
    assertThat(again).containsEntry(kw("status"), kw("succeeded"));
    assertThat((List<?>) get(again, "phases")).hasSize(1);
  }

  @Test
  void aRevisionIsRegisteredOnceAndAnUnreproducibleOneAnew() throws Exception {
    IonConfig config = TestApplication.config();
    Path v1 = TestApplication.jar(directory, "v1");
    Path v2 = TestApplication.jar(directory, "v2");
    assertThat(push(sha("a"), config, v1)).isEqualTo(answer(sha("a"), true));
    assertThat(push(sha("a"), config, v1)).isEqualTo(answer(sha("a"), false));
    assertThat(push("unreproducible/x", config, v1)).isEqualTo(answer("unreproducible/x", true));
    assertThat(push("unreproducible/x", config, v1)).isEqualTo(answer("unreproducible/x", false));
    assertThat(deploy("unreproducible/x")).containsEntry(kw("status"), kw("succeeded"));
    assertThat(push("unreproducible/x", config, v2)).isEqualTo(answer("unreproducible/x", true));
    assertThat(http.get("/version").body()).isEqualTo("v1");
    assertThat(deploy("unreproducible/x")).containsEntry(kw("status"), kw("succeeded"));
    assertThat(http.get("/version").body()).isEqualTo("v2");
    assertThat(push("unreproducible/x", config, v1)).isEqualTo(answer("unreproducible/x", true));
    assertThat(deploy("unreproducible/x")).containsEntry(kw("status"), kw("succeeded"));
    assertThat(http.get("/version").body()).isEqualTo("v1");
    List<?> revisions = (List<?>) call("revisions", "app-name", "shop");
    assertThat(revisions).hasSize(3);
    assertThat((List<?>) get(revisions.getFirst(), "artifacts"))
        .singleElement()
        .satisfies(artifact -> assertThat(get(artifact, "size")).isEqualTo(Files.size(v1)));
  }

  private static Map<?, ?> answer(String rev, boolean isNew) {
    return Map.of(kw("rev"), rev, kw("new?"), isNew);
  }

  @Test
  void aRevisionThatFailsIsExplainedAndTheOneBeforeServesOn() throws Exception {
    deployed("v1");
    Path broken = TestJar.compile(
        directory, "broken", Map.of("shop.Other", "package shop; public class Other {}"));
    push(sha("v2"), TestApplication.config(), broken);
    Map<Object, Object> status = deploy(sha("v2"));
    assertThat(status)
        .containsEntry(kw("status"), kw("failed"))
        .containsEntry(kw("phase"), kw("load"));
    assertThat((String) status.get(kw("cause")))
        .contains("shop.Shop/twice can't be called. There is no class shop.Shop");
    assertThat(http.get("/version").body()).isEqualTo("v1");
    restart();
    assertThat(http.get("/version").body()).isEqualTo("v1");
  }

  @Test
  void aWishThatCantBeIsRefused() throws Exception {
    push("v1");
    assertAnomaly(
        Anomaly.Category.NOT_FOUND,
        "There is no group other",
        () -> call("deploy", "group", "other", "app-name", "shop", "rev", sha("v1")));
    assertAnomaly(
        Anomaly.Category.NOT_FOUND,
        "Push it first",
        () -> call("deploy", "group", "solo", "app-name", "shop", "rev", sha("v9")));
    assertAnomaly(
        Anomaly.Category.NOT_FOUND,
        "no deployment",
        () -> call("deploy-status", "deployment", UUID.randomUUID()));
  }

  @Test
  void aGroupRunsOneApplication() throws Exception {
    deployed("v1");
    Path jar = TestApplication.jar(directory, "v2");
    push(sha("other"), IonConfig.parse("{:app-name \"other\" :allow [shop.Shop/twice]}"), jar);
    assertAnomaly(
        Anomaly.Category.CONFLICT,
        "The group solo runs the application shop, not other.",
        () -> call("deploy", "group", "solo", "app-name", "other", "rev", sha("other")));
    assertThat(http.get("/version").body()).isEqualTo("v1");
  }

  @Test
  void artifactsAreCheckedAndMovedOnce() throws Exception {
    Path jar = TestApplication.jar(directory, "v1");
    String id = BlobId.of(ByteBuffer.wrap(Files.readAllBytes(jar))).hex();
    String other = "0".repeat(64);
    assertThat(call("missing-artifacts", "ids", List.of(id, other))).isEqualTo(List.of(id, other));
    assertThat(client.putArtifact(id, jar)).isTrue();
    assertThat(client.putArtifact(id, jar)).isFalse();
    assertThat(call("missing-artifacts", "ids", List.of(id, other))).isEqualTo(List.of(other));
    assertAnomaly(
        Anomaly.Category.INCORRECT,
        "The content's SHA-256 is " + id,
        () -> client.putArtifact(other, jar));
    assertAnomaly(
        Anomaly.Category.INCORRECT,
        "The code store lacks 1 artifacts",
        () -> call(
            "register-revision",
            "app-name",
            "shop",
            "rev",
            sha("v1"),
            "config",
            TestApplication.config().toMap(),
            "artifacts",
            List.of(Map.of(
                kw("id"),
                other,
                kw("name"),
                "lost.jar",
                kw("size"),
                1,
                kw("kind"),
                kw("library")))));
  }

  @Test
  void theControlDatabaseCanBeReadAndNotWritten() throws Exception {
    deployed("v1");
    for (String operation : List.of("create-database", "delete-database")) {
      assertAnomaly(
          Anomaly.Category.FORBIDDEN,
          "the system's own",
          () -> call(operation, "db-name", "valence-control"));
    }
    assertAnomaly(
        Anomaly.Category.FORBIDDEN,
        "the system's own",
        () -> call("transact", "db-name", "valence-control", "tx-data", List.of()));
    Object what = edn("[:find ?rev . :where [_ :group/deployment ?d] [?d :deployment/revision ?r]"
        + " [?r :revision/name ?rev]]");
    assertThat(call("q", "query", what, "args", List.of(DbValue.newest("valence-control"))))
        .isEqualTo(sha("v1"));
    assertThat(call("list-databases")).isEqualTo(List.of());
  }

  @Test
  void afterARestartFactsAndRevisionAreThereAgain() throws Exception {
    shop();
    deployed("v1");
    deployed("v2");
    call(
        "transact",
        "db-name",
        "shop",
        "tx-data",
        List.of(List.of(Symbol.intern("shop.Shop/add"), "tea", 3)));
    restart();
    assertThat(http.get("/version").body()).isEqualTo("v2");
    assertThat(http.get("/count?tea").body()).isEqualTo("3");
  }

  @Test
  void noCallFailsWhileRevisionsAreDeployed() throws Exception {
    shop();
    deployed("v0");
    for (int version = 1; version <= 3; version++) {
      push("v" + version);
    }
    var stop = new AtomicBoolean();
    var started = new CountDownLatch(8);
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor();
        var api = new Requests(node.apiPort())) {
      List<Future<?>> callers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        int kind = i % 4;
        callers.add(tasks.submit(() -> {
          while (!stop.get()) {
            switch (kind) {
              case 0 -> ok(http.get("/version"));
              case 1 -> ok(http.get("/say"));
              case 2 -> ok(api.send("POST", "/2015-03-31/functions/solo-echo/invocations", "{}"));
              default ->
                call(
                    "transact",
                    "db-name",
                    "shop",
                    "tx-data",
                    List.of(List.of(Symbol.intern("shop.Shop/add"), "tea", 1)));
            }
            started.countDown();
          }
          return null;
        }));
      }
      started.await();
      for (int version = 1; version <= 3; version++) {
        assertThat(deploy(sha("v" + version))).containsEntry(kw("status"), kw("succeeded"));
        assertThat(http.get("/version").body()).isEqualTo("v" + version);
      }
      stop.set(true);
      for (Future<?> caller : callers) {
        caller.get();
      }
    }
  }

  private static void ok(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("x-amz-function-error")).isEmpty();
  }

  @Test
  void theEndFinishesWhatHasBegun() throws Exception {
    deployed("v1");
    try (var gate = new Gate();
        var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<HttpResponse<String>> slow = tasks.submit(() -> http.get("/gate?" + gate.port()));
      Future<HttpResponse<String>> waits = tasks.submit(() -> {
        node.awaitShutdown();
        node.close();
        return slow.get();
      });
      gate.awaitArrivals(1);
      assertThat(call("shutdown")).isEqualTo(true);
      while (client.healthy()) {
        Thread.onSpinWait();
      }
      gate.open();
      assertThat(waits.get().body()).isEqualTo("passed v1");
    }
    assertThat(client.healthy()).isFalse();
    assertAnomaly(Anomaly.Category.UNAVAILABLE, "No node answers at", () -> call("status"));
  }

  @Test
  void aStorageInUseIsSaidToBe() {
    assertThatThrownBy(() -> Node.start(config())).isInstanceOf(AnomalyException.class);
    assertThat(client.healthy()).isTrue();
  }

  private static void assertAnomaly(Anomaly.Category category, String message, Runnable call) {
    assertThatThrownBy(call::run).isInstanceOfSatisfying(AnomalyException.class, e -> {
      assertThat(e.anomaly().message()).contains(message);
      assertThat(e.anomaly().category()).isEqualTo(category);
    });
  }
}
