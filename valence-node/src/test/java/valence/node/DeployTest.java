package valence.node;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static valence.api.Valence.kw;
import static valence.node.testing.NodeSession.get;
import static valence.node.testing.NodeSession.sha;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.AnomalyException;
import valence.edn.Edn;
import valence.node.testing.Gate;
import valence.node.testing.NodeSession;
import valence.node.testing.TestJar;
import valence.storage.place.Place;
import valence.wire.DbValue;
import valence.wire.ion.IonConfig;

/// What a deployment checks, refuses, records and takes back, on a whole node.
final class DeployTest {
  private static final String SOURCE = """
      package shop;

      import java.util.concurrent.CountDownLatch;
      import java.util.concurrent.atomic.AtomicInteger;
      import java.util.List;
      import java.util.Map;
      import valence.api.Db;
      import valence.ion.*;

      public final class App {
        private static final AtomicInteger CHECKS = new AtomicInteger();

        public static HttpResponse handle(HttpRequest request) throws Exception {
          if (request.path().equals("/gate")) {
            try (var gate = new java.net.Socket("127.0.0.1", Integer.parseInt(request.query()))) {
              gate.getInputStream().read();
            }
          }
          return HttpResponse.text(200, "%s");
        }

        public static boolean ready() throws Exception {
          org.slf4j.LoggerFactory.getLogger("shop.check").info("asked the {}", "warehouse");
          java.util.logging.Logger.getLogger("shop.check").warning("no answer");
          Cast.alert(Map.of("msg", "warehouse is closed"));
          CHECKS.incrementAndGet();
          %s
        }

        public static void checked(AppInfo info) {
          if (!info.group().equals("solo")) {
            throw new IllegalStateException("on " + info);
          }
        }

        public static boolean even(long n) {
          return n %% 2 == 0;
        }

        %s
      }
      """;

  private static final String FUNCTIONS = """
      public static long twice(long n) {
        return 2 * n;
      }

      public static List<?> add(Db db, String sku, long count) {
        return List.of(Map.of("item/sku", sku));
      }
      """;

  private static final String CONFIG = """
      {:app-name "shop" :allow [shop.App/twice shop.App/even]
       :http-direct {:handler-fn shop.App/handle :processing-concurrency 64
                     :pending-ops-queue-length 1000}}
      """;

  @TempDir
  Path directory;

  private Node node;
  private NodeSession session;

  @BeforeEach
  void start() {
    node = Node.start(new NodeConfig(
        "test",
        directory.resolve("system"),
        new Place.Directory(directory.resolve("system/store")),
        "solo",
        "127.0.0.1",
        0,
        0,
        Duration.ofSeconds(10)));
    session = new NodeSession(node.apiPort(), node.httpPort());
  }

  @AfterEach
  void stop() {
    session.close();
    node.close();
  }

  private static IonConfig config(String more) {
    return IonConfig.parse(CONFIG.strip().replaceFirst("}}$", "} " + more + "}"));
  }

  /// Pushes a version of the application.
  ///
  /// @param check     statements of its check
  /// @param functions more of its methods
  /// @param resources by name
  private void push(
      String version, String config, String check, String functions, Map<String, String> resources)
      throws IOException {
    Path jar = TestJar.compile(
        directory,
        "shop-" + version,
        Map.of("shop.App", SOURCE.formatted(version, check, functions)));
    session.push(sha(version), config(config), with(jar, resources));
  }

  private void push(String version) throws IOException {
    push(version, "", "return true;", FUNCTIONS, Map.of());
  }

  private static Path with(Path jar, Map<String, String> resources) throws IOException {
    Path more = jar.resolveSibling("with-" + jar.getFileName());
    try (var out = new JarOutputStream(Files.newOutputStream(more));
        var in = new ZipInputStream(Files.newInputStream(jar))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        out.putNextEntry(new ZipEntry(entry.getName()));
        in.transferTo(out);
      }
      for (Map.Entry<String, String> resource : resources.entrySet()) {
        out.putNextEntry(new ZipEntry(resource.getKey()));
        out.write(resource.getValue().getBytes(java.nio.charset.StandardCharsets.UTF_8));
      }
    }
    return more;
  }

  private String served() throws IOException, InterruptedException {
    return session.http().get("/").body();
  }

  private void succeeded(Map<Object, Object> status) {
    assertThat(status)
        .as(status.toString())
        .containsEntry(kw("deploy-status"), kw("succeeded"))
        .containsEntry(kw("code-deploy-status"), kw("succeeded"));
  }

  private static List<Object> phases(Map<Object, Object> status) {
    List<Object> phases = new ArrayList<>();
    ((List<?>) requireNonNull(status.get(kw("phases"))))
        .forEach(phase -> phases.add(get(phase, "phase")));
    return phases;
  }

  private Map<String, Object> functions(Map<Object, Object> status) {
    Map<String, Object> functions = new LinkedHashMap<>();
    for (Object each : (List<?>) requireNonNull(status.get(kw("functions")))) {
      functions.put(
          get(each, "kind") + " " + get(each, "name"),
          get(each, "change") + " " + get(each, "state"));
    }
    return functions;
  }

  @Test
  void aRevisionWhoseCheckFailsNeverServesAndItsLogSaysWhy() throws Exception {
    push("v1");
    succeeded(session.deploy(sha("v1")));
    push(
        "v2",
        ":check {:fn shop.App/ready}",
        "throw new IllegalStateException(\"no stock\");",
        FUNCTIONS,
        Map.of());
    Map<Object, Object> status = session.deploy(sha("v2"));
    assertThat(status)
        .containsEntry(kw("deploy-status"), kw("failed"))
        .containsEntry(kw("code-deploy-status"), kw("failed"))
        .containsEntry(kw("phase"), kw("check"));
    assertThat((String) status.get(kw("cause"))).contains("shop.App/ready threw", "no stock");
    assertThat((List<?>) status.get(kw("log")))
        .extracting(String::valueOf)
        .anyMatch(line -> line.contains("info shop.check asked the warehouse"))
        .anyMatch(line -> line.contains("warning shop.check no answer"))
        .anyMatch(line -> line.contains("warehouse is closed"))
        .noneMatch(line -> line.contains("valence.node"));
    assertThat(functions(status))
        .containsEntry(":check check", ":added :failed")
        .containsEntry(":allow shop.App/twice", ":unchanged :not-serving");
    assertThat(served()).isEqualTo("v1");
    stop();
    start();
    assertThat(served()).isEqualTo("v1");
  }

  @Test
  void aCheckThatDoesntEndIsGivenUp() throws Exception {
    push(
        "v1",
        ":check {:fn shop.App/ready :timeout-secs 1}",
        "new CountDownLatch(1).await(); return true;",
        FUNCTIONS,
        Map.of());
    Map<Object, Object> status = session.deploy(sha("v1"));
    assertThat(status).containsEntry(kw("deploy-status"), kw("timed-out"));
    assertThat((String) status.get(kw("cause"))).contains("hadn't ended after 1 s");
    assertThat(session.http().get("/").statusCode()).isEqualTo(503);
  }

  @Test
  void aCheckMaySayNoOrBeVoidOrAskWhereItIs() throws Exception {
    push("v1", ":check {:fn shop.App/ready}", "return false;", FUNCTIONS, Map.of());
    assertThat((String) session.deploy(sha("v1")).get(kw("cause"))).contains("isn't ready");
    push("v2", ":check {:fn shop.App/checked}", "return true;", FUNCTIONS, Map.of());
    Map<Object, Object> status = session.deploy(sha("v2"));
    succeeded(status);
    assertThat(phases(status))
        .containsExactly(
            kw("wished"),
            kw("fetch"),
            kw("compare"),
            kw("load"),
            kw("check"),
            kw("serve"),
            kw("drain"));
    push("v3", ":check {:fn shop.App/twice}", "return true;", FUNCTIONS, Map.of());
    assertThat((String) session.deploy(sha("v3")).get(kw("cause")))
        .contains("A check takes nothing, or an AppInfo");
  }

  @Test
  void aRevisionThatTurnsOutBadAtOnceIsTakenBack() throws Exception {
    push("v1");
    succeeded(session.deploy(sha("v1")));
    push("v2", ":check {:fn shop.App/ready}", "return CHECKS.get() < 2;", FUNCTIONS, Map.of());
    Map<Object, Object> status = session.deploy(sha("v2"));
    assertThat(status)
        .containsEntry(kw("deploy-status"), kw("failed"))
        .containsEntry(kw("phase"), kw("confirm"));
    assertThat(served()).isEqualTo("v1");
    assertThat(get(session.call("status"), "revision")).isEqualTo(sha("v1"));
    stop();
    start();
    assertThat(served()).isEqualTo("v1");
    push("v3");
    succeeded(session.deploy(sha("v3")));
    assertThat(served()).isEqualTo("v3");
  }

  @Test
  void whatWouldBreakCallersIsRefusedWithEveryReasonUnlessForced() throws Exception {
    push(
        "v1",
        ":lambdas {:level {:fn shop.App/level}} :xforms [shop.App/twice]",
        "return true;",
        FUNCTIONS + "public static String level(String payload) { return payload; }",
        Map.of());
    succeeded(session.deploy(sha("v1")));
    session.call("create-database", "db-name", "shop");
    session.call(
        "transact",
        "db-name",
        "shop",
        "tx-data",
        requireNonNull(Edn.read("[{:db/ident :item/count :db/valueType :db.type/long"
            + " :db/cardinality :db.cardinality/one :db.attr/preds shop.App/even}]")));
    Path jar = TestJar.compile(
        directory,
        "shop-v2",
        Map.of(
            "shop.App",
            SOURCE.formatted(
                "v2",
                "return true;",
                "public static long twice(long n, long times) { return times * n; }")));
    session.push(sha("v2"), IonConfig.parse("{:app-name \"shop\" :allow [shop.App/twice]}"), jar);
    Map<Object, Object> status = session.deploy(sha("v2"));
    assertThat(status)
        .containsEntry(kw("deploy-status"), kw("failed"))
        .containsEntry(kw("phase"), kw("compare"));
    assertThat(String.join("\n", strings(status, "objections")))
        .contains("shop.App/twice takes (long, long), and no longer (long).")
        .contains(":allow had shop.App/even")
        .contains(":lambdas had level")
        .contains(":xforms had shop.App/twice")
        .contains(":http-direct had http-direct")
        .contains("Database shop checks :item/count by shop.App/even.");
    assertThat((String) status.get(kw("cause"))).contains(":lambdas had level", "--force");
    assertThat(served()).isEqualTo("v1");

    Map<Object, Object> forced = session.deploy(sha("v2"), "force", true, "message", "we mean it");
    succeeded(forced);
    assertThat(forced)
        .containsEntry(kw("forced"), true)
        .containsEntry(kw("message"), "we mean it")
        .containsEntry(kw("from"), sha("v1"));
    assertThat(strings(forced, "objections")).hasSize(6);
    assertThat(functions(forced))
        .containsEntry(":lambdas level", ":removed :removed")
        .containsEntry(":allow shop.App/twice", ":changed :serving");

    // back to it is no question of what fits
    succeeded(session.rollBack());
    assertThat(served()).isEqualTo("v1");
  }

  private static List<String> strings(Map<Object, Object> status, String key) {
    return ((List<?>) requireNonNull(status.get(kw(key))))
        .stream().map(String::valueOf).toList();
  }

  private static String schema(String... attributes) {
    return "[{:db/ident :item/sku :db/valueType :db.type/string"
        + " :db/cardinality :db.cardinality/one :db/unique :db.unique/identity} "
        + String.join(" ", attributes) + "]";
  }

  private Object tCount(String database) {
    return requireNonNull(
        session.call("db", "db-name", database) instanceof DbValue db ? db.t() : null);
  }

  @Test
  void aRevisionsSchemaIsSaidOnceAndBySaidRevision() throws Exception {
    String count = "{:db/ident :item/count :db/valueType :db.type/long"
        + " :db/cardinality :db.cardinality/one :db.attr/preds shop.App/even}";
    push(
        "v1",
        ":schema {\"stock\" \"schema.edn\"}",
        "return true;",
        FUNCTIONS,
        Map.of("schema.edn", schema()));
    Map<Object, Object> first = session.deploy(sha("v1"));
    succeeded(first);
    assertThat(phases(first)).contains(kw("schema"));
    Object t = tCount("stock");
    assertThat((List<?>) first.get(kw("schema"))).singleElement().satisfies(said -> {
      assertThat(get(said, "database")).isEqualTo("stock");
      assertThat(get(said, "attributes")).isEqualTo(List.of(kw("item/sku")));
      assertThat(get(said, "t")).isEqualTo(t);
    });
    assertThat(session.call(
            "q",
            "query",
            requireNonNull(Edn.read("[:find ?rev . :where [_ :db/ident :item/sku ?tx]"
                + " [?tx :valence.tx/revision ?rev]]")),
            "args",
            List.of(DbValue.newest("stock"))))
        .isEqualTo(sha("v1"));

    push(
        "v2",
        ":schema {\"stock\" [\"schema.edn\"]}",
        "return true;",
        FUNCTIONS,
        Map.of("schema.edn", schema()));
    succeeded(session.deploy(sha("v2")));
    assertThat(tCount("stock")).isEqualTo(t);

    push(
        "v3",
        ":schema {\"stock\" [\"schema.edn\" \"more/count.edn\"]}",
        "return true;",
        FUNCTIONS,
        Map.of("schema.edn", schema(), "more/count.edn", "[" + count + "]"));
    succeeded(session.deploy(sha("v3")));
    assertThat(tCount("stock")).isEqualTo((long) t + 1);

    Map<?, ?> difference = (Map<?, ?>) requireNonNull(session.call(
        "revision-difference", "app-name", "shop", "from", sha("v2"), "to", sha("v3")));
    assertThat(get(get(difference, "schema"), "added")).isNull();
    assertThat(((Map<?, ?>) requireNonNull(get(difference, "schema"))).get("stock"))
        .isEqualTo(Map.of(kw("added"), List.of(kw("item/count"))));
  }

  @Test
  void aSchemaThatBreaksWhatIsThereIsRefusedWithEveryReason() throws Exception {
    push(
        "v1",
        ":schema {\"stock\" \"schema.edn\"}",
        "return true;",
        FUNCTIONS,
        Map.of(
            "schema.edn",
            schema("{:db/ident :item/count :db/valueType :db.type/long"
                + " :db/cardinality :db.cardinality/one}")));
    succeeded(session.deploy(sha("v1")));
    Object t = tCount("stock");
    push(
        "v2",
        ":schema {\"stock\" \"schema.edn\"}",
        "return true;",
        FUNCTIONS,
        Map.of(
            "schema.edn",
            "[{:db/ident :item/sku :db/valueType :db.type/keyword"
                + " :db/cardinality :db.cardinality/many :db/unique :db.unique/value}"
                + " {:db/ident :item/new :db/valueType :db.type/long"
                + "  :db/cardinality :db.cardinality/one :db.attr/preds shop.App/odd}]"));
    Map<Object, Object> status = session.deploy(sha("v2"));
    assertThat(status)
        .containsEntry(kw("deploy-status"), kw("failed"))
        .containsEntry(kw("phase"), kw("compare"));
    assertThat(String.join("\n", strings(status, "objections")))
        .contains("shop.App/odd, which isn't under :allow")
        .contains(":item/sku of database stock has :db/valueType :db.type/string")
        .contains("has :db/cardinality :db.cardinality/one")
        .contains("has :db/unique :db.unique/identity");
    assertThat(tCount("stock")).isEqualTo(t);
    assertThat(served()).isEqualTo("v1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[[:db/add 1 :x/y 2]]", "{:a 1}", "[{:item/sku \"x\"}]", "[{"})
  void aResourceThatIsNoSchemaIsExplained(String text) throws Exception {
    push(
        "v1",
        ":schema {\"stock\" \"schema.edn\"}",
        "return true;",
        FUNCTIONS,
        text.isEmpty() ? Map.of() : Map.of("schema.edn", text));
    Map<Object, Object> status = session.deploy(sha("v1"));
    assertThat(status).containsEntry(kw("deploy-status"), kw("failed"));
    assertThat((String) status.get(kw("cause"))).contains("The resource schema.edn");
    assertThat((List<?>) session.call("list-databases")).isEmpty();
  }

  @Test
  void aRollbackGoesToTheContentThatRanWhateverItsNameMeansNow() throws Exception {
    for (String version : List.of("v1", "v2", "v3")) {
      Path jar = TestJar.compile(
          directory,
          "shop-" + version,
          Map.of("shop.App", SOURCE.formatted(version, "return true;", FUNCTIONS)));
      session.push("unreproducible/wip", config(""), jar);
      if (!version.equals("v3")) {
        succeeded(session.deploy("unreproducible/wip"));
      }
    }
    assertThat(served()).isEqualTo("v2");
    Map<Object, Object> back = session.rollBack("message", "v2 is slow", "asked-by", "Ada");
    succeeded(back);
    assertThat(served()).isEqualTo("v1");
    assertThat(back)
        .containsKey(kw("rolls-back"))
        .containsEntry(kw("by"), "Ada")
        .containsEntry(kw("message"), "v2 is slow");
    succeeded(session.rollBack("to", "unreproducible/wip"));
    assertThat(served()).isEqualTo("v2");
    assertThatThrownBy(() -> session.rollBack("to", "unreproducible/other"))
        .isInstanceOf(AnomalyException.class)
        .hasMessageContaining("never ran a revision unreproducible/other");
  }

  @Test
  void theHistoryTellsWhoWhatWhenAndHowItEnded() throws Exception {
    push("v1");
    session.deploy(sha("v1"), "asked-by", "Ada", "message", "the shop opens");
    push("v2", ":check {:fn shop.App/ready}", "return false;", FUNCTIONS, Map.of());
    session.deploy(sha("v2"), "asked-by", "Grace");
    List<?> history = (List<?>) requireNonNull(session.call("deployments", "group", "solo"));
    assertThat(history).hasSize(2);
    assertThat(get(history.getFirst(), "by")).isEqualTo("Grace");
    assertThat(get(history.getFirst(), "from")).isEqualTo(sha("v1"));
    assertThat(get(history.getFirst(), "rev")).isEqualTo(sha("v2"));
    assertThat(get(history.getFirst(), "deploy-status")).isEqualTo(kw("failed"));
    assertThat((String) get(history.getFirst(), "cause")).contains("isn't ready");
    assertThat(get(history.getLast(), "message")).isEqualTo("the shop opens");
    assertThat(get(history.getLast(), "begun")).isInstanceOf(Date.class);
    assertThat(get(history.getLast(), "millis")).isInstanceOf(Long.class);
    assertThat((List<?>) session.call("deployments", "app-name", "other")).isEmpty();
  }

  @Test
  void drainingWaitsForCallsThatHaveBegun() throws Exception {
    push("v1");
    succeeded(session.deploy(sha("v1")));
    push("v2");
    try (var gate = new Gate();
        var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> slow =
          tasks.submit(() -> session.http().get("/gate?" + gate.port()).body());
      gate.awaitArrivals(1);
      Object deployment = session.begin(sha("v2"));
      Map<Object, Object> status = session.status(deployment);
      while (status.get(kw("phase")) != kw("drain")) {
        status = session.status(deployment);
      }
      assertThat(status)
          .containsEntry(kw("deploy-status"), kw("running"))
          .containsEntry(kw("code-deploy-status"), kw("succeeded"));
      assertThat(served()).isEqualTo("v2");
      gate.open();
      assertThat(slow.get()).isEqualTo("v1");
      assertThat(session.ended(deployment)).containsEntry(kw("calls-left"), 0L);
    }
  }

  @Test
  void noCallFailsThroughTwentyDeployments() throws Exception {
    for (String version : List.of("v0", "v1")) {
      push(version, ":check {:fn shop.App/ready}", "return true;", FUNCTIONS, Map.of());
    }
    succeeded(session.deploy(sha("v0")));
    var stop = new AtomicBoolean();
    var started = new CountDownLatch(4);
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Long>> callers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        callers.add(tasks.submit(() -> {
          long calls = 0;
          while (!stop.get()) {
            var answer = session.http().get("/");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            calls++;
            started.countDown();
          }
          return calls;
        }));
      }
      started.await();
      for (int i = 1; i <= 20; i++) {
        succeeded(session.deploy(sha("v" + i % 2)));
        assertThat(served()).isEqualTo("v" + i % 2);
      }
      stop.set(true);
      for (Future<Long> caller : callers) {
        assertThat(caller.get()).isPositive();
      }
    }
  }
}
