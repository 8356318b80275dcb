package valence.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;
import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Datom;
import valence.client.NodeAddress;
import valence.client.NodeClient;
import valence.client.Trust;
import valence.edn.Edn;
import valence.node.access.Guard;
import valence.node.access.TestAccess;
import valence.node.testing.Requests;
import valence.storage.place.Place;
import valence.wire.access.AccessKey;
import valence.wire.access.Action;
import valence.wire.access.Signature;

/// A node that lets in whom it knows, and for what is granted.
final class SecuredNodeTest {
  private static final String BODY = "{:db-name \"shop\" :db #valence/db {:db-name \"shop\"}"
      + " :args [#valence/db {:db-name \"shop\"}] :query [:find ?e :where [?e :db/ident :x]]"
      + " :selector [*] :eid 1 :index :eavt :tx-data [] :ids [] :app-name \"shop\""
      + " :group \"solo\" :rev \"none\" :deployment #uuid \"00000000-0000-0000-0000-000000000001\""
      + " :call-id #uuid \"00000000-0000-0000-0000-000000000002\""
      + " :artifacts [] :config {} :pushed-by \"x\"}";

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir
  Path directory;

  private Path access;
  private AccessKey admin;
  private Node node;

  @BeforeEach
  void start() {
    access = directory.resolve("system/access");
    admin = TestAccess.create(access, "admin", "all");
    node = Node.start(config("127.0.0.1"));
    try (NodeClient client = as(admin)) {
      client.call("create-database", Map.of(kw("db-name"), "shop"));
      client.call("create-database", Map.of(kw("db-name"), "other"));
    }
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private NodeConfig config(String host) {
    return new NodeConfig(
        "test",
        directory.resolve("system"),
        new Place.Directory(directory.resolve("system/store")),
        "solo",
        host,
        0,
        0,
        Duration.ofSeconds(10));
  }

  private NodeAddress address(AccessKey key, int port) {
    return new NodeAddress(
        URI.create("http://127.0.0.1:" + port), key, new Trust.Authorities(), null);
  }

  private NodeClient as(AccessKey key) {
    return NodeClient.connect(address(key, node.apiPort()));
  }

  /// A request at a door, and the actions any one of which it needs.
  private record Asked(String method, String path, boolean web, List<Action> needed) {
    String sentBody() {
      return method.equals("PUT") ? "x" : path.contains("functions") ? "{}" : BODY;
    }
  }

  private static Asked api(String operation, Action... needed) {
    return new Asked("POST", "/api/" + operation, false, List.of(needed));
  }

  /// Every request that a node answers but `/health`; written down again here on purpose.
  private static final List<Asked> TABLE = List.of(
      api("create-database", Action.ADMINISTER),
      api("delete-database", Action.ADMINISTER),
      api("list-databases", Action.ADMINISTER),
      api("db", Action.READ, Action.TRANSACT),
      api("db-status", Action.READ),
      api("db-stats", Action.READ),
      api("q", Action.READ),
      api("pull", Action.READ),
      api("datoms", Action.READ),
      api("tx-range", Action.READ),
      api("with", Action.READ),
      api("qseq", Action.READ),
      api("tx-feed", Action.READ),
      api("live", Action.READ),
      api("pull-many", Action.READ),
      api("index-pull", Action.READ),
      api("index-range", Action.READ),
      api("seek-datoms", Action.READ),
      api("entid", Action.READ),
      api("ident", Action.READ),
      api("attribute", Action.READ),
      api("tx-at", Action.READ),
      api("describe", Action.READ),
      api("sync", Action.READ, Action.TRANSACT),
      api("sync-excise", Action.TRANSACT),
      api("transact", Action.TRANSACT),
      api("missing-artifacts", Action.PUSH),
      api("register-revision", Action.PUSH),
      api("revisions", Action.PUSH, Action.DEPLOY),
      api("revision-difference", Action.PUSH, Action.DEPLOY),
      api("deploy", Action.DEPLOY),
      api("rollback", Action.DEPLOY),
      api("deployments", Action.PUSH, Action.DEPLOY),
      api("deploy-status", Action.PUSH, Action.DEPLOY),
      api("parameters", Action.CONFIGURE),
      api("set-parameter", Action.CONFIGURE),
      api("remove-parameter", Action.CONFIGURE),
      api("parameter-history", Action.CONFIGURE),
      api("environment", Action.CONFIGURE, Action.DEPLOY),
      api("set-environment", Action.CONFIGURE),
      api("sources", Action.PUSH, Action.DEPLOY),
      api("pause-source", Action.DEPLOY),
      api("resume-source", Action.DEPLOY),
      api("dead-letters", Action.DEPLOY),
      api("replay-dead-letters", Action.DEPLOY),
      api("rebuild-index", Action.ADMINISTER),
      api("casts", Action.DEPLOY),
      api("dev-casts", Action.DEPLOY),
      api("cancel"),
      api("status"),
      api("shutdown", Action.ADMINISTER),
      new Asked(
          "PUT",
          "/artifacts/" + Signature.sha256("x".getBytes(StandardCharsets.UTF_8)),
          false,
          List.of(Action.PUSH)),
      new Asked("POST", "/2015-03-31/functions/solo-echo/invocations", false, List.of(Action.CALL)),
      new Asked("GET", "/anything", true, List.of(Action.CALL)));

  private HttpResponse<String> send(Asked asked, AccessKey key)
      throws IOException, InterruptedException {
    String body = asked.method().equals("GET") ? "" : asked.sentBody();
    try (var requests = new Requests(asked.web() ? node.httpPort() : node.apiPort())) {
      if (key == null) {
        return requests.send(asked.method(), asked.path(), body);
      }
      Signature signature = Signature.of(
          key,
          System.currentTimeMillis(),
          asked.method(),
          asked.path(),
          "",
          Signature.sha256(body.getBytes(StandardCharsets.UTF_8)));
      return requests.send(
          asked.method(), asked.path(), body, Signature.HEADER, signature.header());
    }
  }

  @Test
  void theTableHasEveryOperation() {
    assertThat(TABLE.stream()
            .filter(asked -> asked.path().startsWith("/api/"))
            .map(asked -> asked.path().substring("/api/".length())))
        .containsExactlyInAnyOrderElementsOf(Guard.operations());
  }

  @TestFactory
  Stream<DynamicTest> eachRequestIsRefusedWithoutItsGrantAndOnlyThen() {
    List<AccessKey> alone = new ArrayList<>(); // by ordinal of the only action granted
    List<AccessKey> elsewhere = new ArrayList<>(); // the same, of another database
    for (Action action : Action.values()) {
      String scope = action.ofDatabases() ? ":shop" : "";
      alone.add(TestAccess.create(access, "a-" + action.word(), action.word() + scope));
      elsewhere.add(TestAccess.create(
          access, "b-" + action.word(), action.ofDatabases() ? action.word() + ":other" : "push"));
    }
    return TABLE.stream()
        .map(asked -> dynamicTest(asked.path(), () -> {
          assertThat(send(asked, null).statusCode())
              .isEqualTo(asked.path().contains("functions") ? 403 : 401);
          for (Action action : Action.values()) {
            HttpResponse<String> answer = send(asked, alone.get(action.ordinal()));
            boolean enough = asked.needed().isEmpty()
                || asked.needed().contains(action) && !asked.path().equals("/api/shutdown");
            if (enough) {
              assertThat(answer.statusCode()).as(action + " " + answer.body()).isNotIn(401, 403);
            } else {
              assertThat(answer.statusCode()).as(action + " " + answer.body()).isEqualTo(403);
              assertThat(answer.body()).contains(asked.needed().getFirst().word(), "is missing");
            }
            boolean ofADatabase = asked.needed().contains(action)
                && action.ofDatabases()
                && !asked.path().equals("/api/list-databases");
            if (ofADatabase) {
              assertThat(send(asked, elsewhere.get(action.ordinal())).body())
                  .contains("is missing");
            }
          }
        }));
  }

  @Test
  void aQueryNeedsTheGrantForEachOfItsDatabases() {
    try (NodeClient client = as(TestAccess.create(access, "ann", "read:shop"))) {
      Object query = Edn.read("[:find ?e :in $ $b :where [?e :db/ident :x] [$b ?e :db/ident :x]]");
      assertThatThrownBy(() -> client.call(
              "q",
              Map.of(
                  kw("query"),
                  query,
                  kw("args"),
                  List.of(
                      valence.wire.DbValue.newest("shop"), valence.wire.DbValue.newest("other")))))
          .hasMessageContaining("ann isn't allowed to do this: the grant read:other is missing.");
    }
  }

  @Test
  void everyDatabaseLeavesTheSystemsOwnOut() {
    try (NodeClient client = as(TestAccess.create(access, "ann", "read:*"));
        NodeClient allowed = as(TestAccess.create(access, "ben", "read:valence-control"))) {
      Map<?, ?> request = Map.of(kw("db-name"), "valence-control");
      assertThatThrownBy(() -> client.call("db", request))
          .hasMessageContaining("read:valence-control");
      assertThat(allowed.call("db", request)).isNotNull();
    }
  }

  @Test
  void namesOfDatabasesAreToldToWhoMayDoSomethingThere() {
    try (NodeClient client = as(TestAccess.create(access, "ann", "administer:shop"));
        NodeClient all = as(admin)) {
      assertThat(client.call("list-databases", Map.of())).isEqualTo(List.of("shop"));
      assertThat(((Map<?, ?>) client.call("status", Map.of())).get(kw("databases")))
          .isEqualTo(List.of("shop"));
      assertThat((List<?>) all.call("list-databases", Map.of())).hasSize(2);
    }
  }

  @Test
  void aRequestIsTakenOnce() throws Exception {
    String body = "{}";
    Signature signature = Signature.of(
        admin,
        System.currentTimeMillis(),
        "POST",
        "/api/status",
        "",
        Signature.sha256(body.getBytes(StandardCharsets.UTF_8)));
    try (var requests = new Requests(node.apiPort())) {
      String[] header = {Signature.HEADER, signature.header()};
      assertThat(requests.send("POST", "/api/status", body, header).statusCode())
          .isEqualTo(200);
      HttpResponse<String> again = requests.send("POST", "/api/status", body, header);
      assertThat(again.statusCode()).isEqualTo(401);
      assertThat(again.body()).contains("sent before");
      assertThat(again.headers().firstValue("www-authenticate")).hasValue(Signature.SCHEME);
    }
  }

  @Test
  void aBodyThatWasntSignedIsRefusedBeforeItDoesAnything() throws Exception {
    String signed = "{:db-name \"nothing\"}";
    for (String path : List.of("/api/delete-database", "/artifacts/" + "0".repeat(64))) {
      String method = path.startsWith("/api/") ? "POST" : "PUT";
      Signature signature = Signature.of(
          admin,
          System.currentTimeMillis(),
          method,
          path,
          "",
          Signature.sha256(signed.getBytes(StandardCharsets.UTF_8)));
      try (var requests = new Requests(node.apiPort())) {
        HttpResponse<String> answer = requests.send(
            method, path, "{:db-name \"shop\"}", Signature.HEADER, signature.header());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(401);
        assertThat(answer.body()).contains("isn't the one that was signed");
      }
    }
    try (NodeClient client = as(admin)) {
      assertThat((List<?>) client.call("list-databases", Map.of())).hasSize(2);
    }
  }

  @Test
  void whatWasSignedBeforeTheNodeBeganIsRefused() throws Exception {
    Asked status = api("status");
    Signature signature = Signature.of(
        admin,
        System.currentTimeMillis(),
        "POST",
        status.path(),
        "",
        Signature.sha256(BODY.getBytes(StandardCharsets.UTF_8)));
    node.close(); // and with it the memory of what it took
    node = Node.start(config("127.0.0.1"));
    try (var requests = new Requests(node.apiPort())) {
      HttpResponse<String> answer =
          requests.send("POST", status.path(), BODY, Signature.HEADER, signature.header());
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.body()).contains("another time than now");
    }
    assertThat(send(status, admin).statusCode()).isEqualTo(200);
  }

  @Test
  void aTimeTooFarAwayIsAnsweredWithTheNodesOwn() throws Exception {
    long hour = Duration.ofHours(1).toMillis();
    Signature old = Signature.of(
        admin,
        System.currentTimeMillis() - hour,
        "POST",
        "/api/status",
        "",
        Signature.sha256(new byte[0]));
    try (var requests = new Requests(node.apiPort())) {
      HttpResponse<String> answer =
          requests.send("POST", "/api/status", "", Signature.HEADER, old.header());
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(((Map<?, ?>) Edn.read(answer.body()))
              .get(clojure.lang.Keyword.intern("access", "node-time")))
          .isInstanceOf(Long.class);
    }
  }

  @Test
  void keysAreRotatedAndRevokedWhileTheNodeRuns() {
    AccessKey first = TestAccess.create(access, "ann", "read:shop");
    AccessKey second = TestAccess.rotate(access, "ann", 3_600);
    for (AccessKey key : List.of(first, second)) {
      assertThat(allowed(key)).isTrue();
    }
    AccessKey third = TestAccess.rotate(access, "ann", 0);
    assertThat(List.of(allowed(first), allowed(second), allowed(third)))
        .containsExactly(false, false, true);
    TestAccess.revoke(access, third.id());
    assertThat(allowed(third)).isFalse();
    AccessKey fourth = TestAccess.rotate(access, "ann", 0);
    assertThat(allowed(fourth)).isTrue();
    TestAccess.revoke(access, "ann");
    assertThat(allowed(fourth)).isFalse();
    assertThat(allowed(admin)).isTrue();
  }

  private boolean allowed(AccessKey key) {
    try (NodeClient client = as(key)) {
      client.call("db", Map.of(kw("db-name"), "shop"));
      return true;
    } catch (AnomalyException e) {
      assertThat(e.anomaly().category()).isEqualTo(Anomaly.Category.FORBIDDEN);
      return false;
    }
  }

  @Test
  void whoIsKnownStaysAskedForWhenTheFileIsGoneOrDamaged() throws Exception {
    Path keys = access.resolve("keys.edn");
    String text = Files.readString(keys);
    Files.delete(keys);
    try (var requests = new Requests(node.apiPort())) {
      assertThat(requests.send("POST", "/api/status", "{}").statusCode()).isEqualTo(401);
      Files.writeString(keys, "{:format 1");
      Files.setPosixFilePermissions(
          keys, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
      HttpResponse<String> unreadable = requests.send("POST", "/api/status", "{}");
      assertThat(unreadable.statusCode()).isEqualTo(503);
      assertThat(unreadable.body()).doesNotContain("keys.edn");
      Files.writeString(keys, text);
      assertThat(allowed(admin)).isTrue();
    }
  }

  @Test
  void aPrincipalIsKeptWithinItsLimits() {
    AccessKey small =
        TestAccess.create(access, "small", Map.of("request-bytes", 200L, "nesting", 4L), "all");
    try (NodeClient client = as(small)) {
      assertThat(client.call("status", Map.of())).isNotNull();
      assertThatThrownBy(() -> client.call("status", Map.of(kw("x"), "y".repeat(200))))
          .hasMessageContaining("At most 200 bytes");
      assertThatThrownBy(() ->
              client.call("status", Map.of(kw("x"), List.of(List.of(List.of(List.of(1)))))))
          .hasMessageContaining("nested deeper than 4 levels");
      NodeClient.Response invoked = client.send(
          "POST",
          "/2015-03-31/functions/solo-echo/invocations",
          Map.of(),
          "[[[[[1]]]]]".getBytes(StandardCharsets.UTF_8),
          Duration.ofSeconds(30),
          10_000);
      assertThat(invoked.status()).isIn(400, 404); // 404 while no application is deployed
    }
  }

  @Test
  void anAnswerInChunksTakesItsPrincipalsPlaceUntilItIsClosed() {
    AccessKey narrow =
        TestAccess.create(access, "narrow", Map.of("running", 1L, "waiting", 0L), "all");
    try (NodeClient one = as(narrow);
        NodeClient all = as(admin)) {
      all.call("transact", Map.of(kw("db-name"), "shop", kw("tx-data"), texts()));
      Map<Keyword, Object> request =
          Map.of(kw("db"), all.call("db", Map.of(kw("db-name"), "shop")), kw("index"), kw("eavt"));
      try (Stream<Object> datoms = one.rows("datoms", new HashMap<>(request), PATIENCE)) {
        assertThat(datoms.iterator().next()).isInstanceOf(Datom.class);
        assertThatThrownBy(() -> one.call("list-databases", Map.of()))
            .isInstanceOfSatisfying(
                AnomalyException.class,
                e -> assertThat(e.anomaly().error())
                    .contains(Keyword.intern("access.error", "over-limit")));
        assertThat(all.call("list-databases", Map.of())).isNotNull(); // others aren't held up
      }
      // The node notices at its next write; reading asks again until then.
      try (Stream<Object> datoms = one.rows("datoms", new HashMap<>(request), PATIENCE)) {
        assertThat(datoms.iterator().next()).isInstanceOf(Datom.class);
      }
    }
  }

  /// More than fits into what connections hold.
  private static List<Object> texts() {
    return LongStream.range(0, 40_000)
        .<Object>mapToObj(i -> Map.of(kw("db/doc"), i + "x".repeat(1_000)))
        .toList();
  }

  @Test
  void changesAndRefusalsAreWrittenDownWithoutSecrets() throws Exception {
    AccessKey ann = TestAccess.create(access, "ann", "transact:shop");
    try (NodeClient client = as(ann)) {
      client.call("transact", Map.of(kw("db-name"), "shop", kw("tx-data"), List.of()));
      assertThatThrownBy(() -> client.call("delete-database", Map.of(kw("db-name"), "shop")))
          .isInstanceOf(AnomalyException.class);
    }
    try (var requests = new Requests(node.apiPort())) {
      requests.send("POST", "/api/transact", "{}");
    }
    String log = Files.readString(access.resolve("audit.log"));
    assertThat(log)
        .contains("\"principal\":\"ann\"", "POST /api/transact", "\"databases\":[\"shop\"]")
        .contains("\"outcome\":\"done\"", "\"outcome\":\"refused\"", "administer:DB is missing")
        .contains("access create ann " + ann.id())
        .doesNotContain(ann.secret(), admin.secret());
    assertThat(log.lines()).allMatch(line -> line.startsWith("{\"at\":\"") && line.endsWith("}"));
    assertThat(Files.readString(access.resolve("keys.edn"))).doesNotContain(ann.secret());
    for (String file : List.of("audit.log", "keys.edn")) {
      assertThat(Files.getPosixFilePermissions(access.resolve(file))).hasSize(2);
    }
  }

  @Test
  void aNodeIsReachedFromElsewhereOnlyWithTlsAndKeys() {
    node.close();
    assertThatThrownBy(() -> Node.start(config("0.0.0.0")))
        .hasMessageContaining("TLS is missing")
        .hasMessageContaining("valence access certificate --host NAME")
        .hasMessageContaining("valence access create admin --grant all");
    String fingerprint = TestAccess.certificate(access);
    node = Node.start(config("0.0.0.0"));
    URI uri = URI.create("https://127.0.0.1:" + node.apiPort());
    try (NodeClient client =
        NodeClient.connect(new NodeAddress(uri, admin, Trust.of(fingerprint), null))) {
      assertThat((List<?>) client.call("list-databases", Map.of())).hasSize(2);
    }
    node.close();
    TestAccess.revoke(access, "admin");
    assertThatThrownBy(() -> Node.start(config("0.0.0.0")))
        .hasMessageContaining("an access key is missing");
    node = Node.start(config("127.0.0.1"));
  }
}
