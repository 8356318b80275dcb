package valence.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static valence.api.Valence.kw;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import valence.client.NodeClient;
import valence.edn.Edn;
import valence.engine.store.BlobId;
import valence.ion.Trace;
import valence.node.telemetry.Logs;
import valence.node.telemetry.TelemetryConfig;
import valence.node.testing.Requests;
import valence.node.testing.TestJar;
import valence.storage.near.Caching;
import valence.storage.place.Place;

/// What a node tells those who watch it, from request to collector.
@Timeout(120)
final class WatchingTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";
  private static final String SECRET = "a secret";

  private static final String SOURCE = """
      package watched;

      import static valence.api.Valence.kw;

      import java.util.*;
      import valence.api.*;
      import valence.ion.*;

      public final class App {
        public static HttpResponse handle(HttpRequest request) {
          return switch (request.path()) {
            case "/order" -> {
              var client = Valence.client(Map.of("server-type", kw("ion")));
              client.connect("shop").transact("[{:item/sku \\"tea\\" :item/count 1}]");
              Cast.event(Map.of("msg", "Ordered", "shop/sku", "tea", "shop/ratio", 0.0 / 0.0));
              Cast.metric(Map.of("name", kw("shop/orders"), "value", 2, "units", kw("count")));
              yield HttpResponse.text(200, Trace.current().orElseThrow().traceparent());
            }
            case "/alarm" -> {
              Cast.alert(Map.of(
                  "msg", "The stock is gone", "shop/sku", "tea",
                  "ex", new IllegalStateException("none", new java.io.IOException("deep"))));
              yield HttpResponse.text(200, "alarmed");
            }
            case "/many" -> {
              for (int i = 0; i < 10_000; i++) {
                Cast.event(Map.of("msg", "The same again"));
              }
              yield HttpResponse.text(200, "many");
            }
            case "/dev" -> {
              Cast.dev(Map.of("shop/step", 1));
              yield HttpResponse.text(200, "dev");
            }
            case "/log" -> {
              org.slf4j.LoggerFactory.getLogger("shop.Stock").warn("Only {} left", 3);
              System.getLogger("shop.Jdk").log(System.Logger.Level.ERROR, "from the platform");
              java.util.logging.Logger.getLogger("shop.Jul").info("just so");
              yield HttpResponse.text(200, "logged");
            }
            default -> throw new IllegalArgumentException("nothing at " + request.path());
          };
        }

        public static List<?> add(Db db, String sku) {
          return List.of(Map.of(kw("item/sku"), sku, kw("item/count"), 7L));
        }

        public static long twice(long n) { return 2 * n; }
      }
      """;
  private static final String CONFIG = """
      {:app-name "watched" :allow [watched.App/add watched.App/twice]
       :http-direct {:handler-fn watched.App/handle}}
      """;

  @TempDir
  Path directory;

  private final BlockingQueue<String> traces = new LinkedBlockingQueue<>();
  private final BlockingQueue<String[]> alerts = new LinkedBlockingQueue<>();
  private HttpServer collector;
  private Node node;
  private NodeClient client;
  private Requests http;
  private Requests api;

  @BeforeEach
  void start() throws Exception {
    collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext("/v1/traces", exchange -> {
      traces.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
    });
    collector.createContext("/hook", exchange -> {
      boolean first = alerts.isEmpty();
      alerts.add(new String[] {
        new String(exchange.getRequestBody().readAllBytes(), UTF_8),
        exchange.getRequestHeaders().getFirst("x-valence-signature")
      });
      exchange.sendResponseHeaders(first ? 503 : 200, -1); // the first is tried again
      exchange.close();
    });
    collector.start();
    String base = "http://127.0.0.1:" + collector.getAddress().getPort();
    node = Node.start(new NodeConfig(
        "test",
        directory.resolve("system"),
        new Place.Directory(directory.resolve("store")),
        Caching.IN_HEAP,
        "solo",
        "127.0.0.1",
        0,
        0,
        Protection.in(directory.resolve("access")),
        Duration.ofSeconds(10),
        TelemetryConfig.of(null, null, base + "/hook", SECRET, base, "0")));
    client = NodeClient.connect(URI.create("http://127.0.0.1:" + node.apiPort()));
    http = new Requests(node.httpPort());
    api = new Requests(node.apiPort());
    client.call("create-database", Map.of(kw("db-name"), "shop"));
    transact("""
        [{:db/ident :item/sku :db/valueType :db.type/string
          :db/cardinality :db.cardinality/one :db/unique :db.unique/identity}
         {:db/ident :item/count :db/valueType :db.type/long :db/cardinality :db.cardinality/one}]
        """);
    deploy();
  }

  @AfterEach
  void stop() {
    client.close();
    http.close();
    api.close();
    node.close();
    collector.stop(0);
  }

  private Object transact(String data) {
    return requireNonNull(client.call(
        "transact", Map.of(kw("db-name"), "shop", kw("tx-data"), requireNonNull(Edn.read(data)))));
  }

  private void deploy() throws Exception {
    Path jar = TestJar.compile(directory, "watched", Map.of("watched.App", SOURCE));
    String id = BlobId.of(ByteBuffer.wrap(Files.readAllBytes(jar))).hex();
    client.putArtifact(id, jar);
    client.call(
        "register-revision",
        Map.of(
            kw("app-name"), "watched",
            kw("rev"), "unreproducible/one",
            kw("pushed-by"), "me",
            kw("config"), requireNonNull(Edn.read(CONFIG)),
            kw("artifacts"),
                List.of(Map.of(
                    kw("id"),
                    id,
                    kw("name"),
                    "watched.jar",
                    kw("size"),
                    Files.size(jar),
                    kw("kind"),
                    kw("application")))));
    Object answer = client.call(
        "deploy",
        Map.of(kw("group"), "solo", kw("app-name"), "watched", kw("rev"), "unreproducible/one"));
    Object deployment = get(answer, "deployment");
    Object status;
    do {
      Thread.onSpinWait();
      status = client.call("deploy-status", Map.of(kw("deployment"), deployment));
    } while (get(status, "status").equals(kw("running")));
    assertThat(get(status, "status")).as(String.valueOf(status)).isEqualTo(kw("succeeded"));
  }

  private static Object get(Object map, String key) {
    Object value = ((Map<?, ?>) map).get(kw(key));
    return value == null ? "nil" : value;
  }

  private List<?> casts(String kind) {
    Object answer = requireNonNull(
        client.call("casts", Map.of(kw("after"), 0L, kw("kind"), kw(kind), kw("wait"), 5_000L)));
    return (List<?>) get(answer, "casts");
  }

  private String metrics(String... headers) throws Exception {
    HttpResponse<String> answer = api.send("GET", "/metrics", "", headers);
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  @Test
  void aRequestIsFollowedFromItsCallerToItsFacts() throws Exception {
    HttpResponse<String> answer = http.send(
        "GET", "/order", "", "traceparent", PARENT, "tracestate", "a=b", "x-request-id", "order-1");
    assertThat(answer.body()).startsWith("00-" + TRACE + "-").endsWith("-01");
    // The transaction knows the request, its trace, the revision and the function.
    Object said = client.call(
        "q",
        Map.of(
            kw("query"),
            requireNonNull(Edn.read("[:find (pull ?tx [*]) . :where [?e :item/sku \"tea\" ?tx]]")),
            kw("args"),
            List.of(requireNonNull(client.call("db", Map.of(kw("db-name"), "shop"))))));
    assertThat(get(requireNonNull(said), "valence.tx/request")).isEqualTo("order-1");
    assertThat(get(said, "valence.tx/trace")).isEqualTo(TRACE);
    assertThat(get(said, "valence.tx/revision")).isEqualTo("unreproducible/one");
    assertThat(get(said, "valence.tx/function")).isEqualTo(List.of("watched.App/handle"));
    // The collector got the request, the call in it, and the transaction in that.
    StringBuilder all = new StringBuilder();
    while (!all.toString().contains("\"http handler\"")) {
      all.append(requireNonNull(traces.poll(60, TimeUnit.SECONDS)));
    }
    assertThat(all)
        .contains("\"traceId\":\"" + TRACE + "\"")
        .contains("\"parentSpanId\":\"00f067aa0ba902b7\"")
        .contains("\"name\":\"watched.App/handle\"")
        .contains("\"name\":\"transaction\"")
        .contains("\"traceState\":\"a=b\"");
    // A trace that begins here isn't kept at rate 0, but has an id.
    assertThat(http.get("/order").body()).startsWith("00-").endsWith("-00");
  }

  @Test
  void aFunctionCalledByARemoteClientIsKnownByItsRequest() throws Exception {
    Trace.of(PARENT).call(() -> transact("[(watched.App/add \"pot\")]"));
    Object said = client.call(
        "q",
        Map.of(
            kw("query"),
            requireNonNull(Edn.read("[:find (pull ?tx [*]) . :where [?e :item/sku \"pot\" ?tx]]")),
            kw("args"),
            List.of(requireNonNull(client.call("db", Map.of(kw("db-name"), "shop"))))));
    assertThat(get(requireNonNull(said), "valence.tx/trace")).isEqualTo(TRACE);
    assertThat(get(said, "valence.tx/function")).isEqualTo(List.of("watched.App/add"));
    assertThat(get(said, "valence.tx/request")).isNotEqualTo("nil");
  }

  @Test
  void castsAreKeptForThoseWhoAskAndWithinRates() throws Exception {
    http.send("GET", "/order", "", "x-request-id", "order-2");
    Object ordered = casts("event").getFirst();
    assertThat(get(get(ordered, "said"), "msg")).isEqualTo("Ordered");
    assertThat(get(get(ordered, "said"), "shop/ratio")).isEqualTo("NaN");
    assertThat(get(ordered, "function")).isEqualTo("watched.App/handle");
    assertThat(get(ordered, "request")).isEqualTo("order-2");
    assertThat(get(ordered, "rev")).isEqualTo("unreproducible/one");
    http.get("/many");
    assertThat(casts("event").size()).isBetween(50, 100);
    assertThat(metrics())
        .containsPattern("valence_casts_suppressed_total\\{kind=\"event\"} 9[0-9]{3}");
    http.get("/dev");
    client.call("dev-casts", Map.of(kw("for-millis"), 60_000L));
    http.get("/dev");
    assertThat(casts("dev")).hasSize(1);
    client.call("dev-casts", Map.of(kw("for-millis"), 0L));
    http.get("/dev");
    assertThat(casts("dev")).hasSize(1);
  }

  @Test
  void whatAnApplicationLogsIsKnownByItsRevisionAndAWarningIsAnAlert() throws Exception {
    Logs.install(TelemetryConfig.LogForm.JSON);
    Logger root = Logger.getLogger("");
    var lines = new LinkedBlockingQueue<String>();
    Handler seen = new Handler() {
      @Override
      public void publish(LogRecord record) {
        lines.add(root.getHandlers()[0].getFormatter().format(record));
      }

      @Override
      public void flush() {
        // nothing is held back
      }

      @Override
      public void close() {
        // likewise
      }
    };
    root.addHandler(seen);
    try {
      http.send("GET", "/log", "", "x-request-id", "log-1");
      http.send("GET", "/alarm", "", "x-request-id", "log-2");
      http.send("GET", "/nothing", "", "x-request-id", "log-3");
    } finally {
      root.removeHandler(seen);
      Logs.install(TelemetryConfig.LogForm.TEXT);
    }
    List<String> all = new ArrayList<>();
    lines.drainTo(all);
    assertThat(all)
        .allMatch(
            line -> line.startsWith("{\"time\":\"") && line.indexOf('\n') == line.length() - 1);
    assertThat(all)
        .anySatisfy(line -> assertThat(line)
            .contains(
                "\"level\":\"warn\"", "\"logger\":\"shop.Stock\"", "\"message\":\"Only 3 left\"")
            .contains("\"revision\":\"unreproducible/one\"", "\"function\":\"watched.App/handle\"")
            .contains("\"request\":\"log-1\"", "\"trace\":\""));
    assertThat(all)
        .anySatisfy(line -> assertThat(line)
            .contains("\"logger\":\"shop.Jdk\"", "from the platform", "unreproducible/one"));
    assertThat(all)
        .anySatisfy(line -> assertThat(line)
            .contains("\"Type\":\"Alert\"", "\"Msg\":\"The stock is gone\"", "\"ShopSku\":\"tea\"")
            .contains("java.io.IOException", "\"deep\""));
    assertThat(all)
        .anySatisfy(line -> assertThat(line)
            .contains("\"event\":\"handler-failed\"", "\"method\":\"GET\"", "\"request\":\"log-3\"")
            .contains("\"thrown\":{", "nothing at /nothing"));
    assertThat(casts("alert").toString()).contains("Only 3 left", "from the platform");
    assertThat(metrics())
        .contains("valence_alerts_total{source=\"log\"} 2")
        .contains("valence_alerts_total{source=\"cast\"} 1");
  }

  @Test
  void anAlertIsPostedSignedAndOnce() throws Exception {
    http.get("/alarm");
    http.get("/alarm");
    String[] first = requireNonNull(alerts.poll(60, TimeUnit.SECONDS));
    String[] again = requireNonNull(alerts.poll(60, TimeUnit.SECONDS)); // after 503
    assertThat(again[0]).isEqualTo(first[0]).contains("\"message\":\"The stock is gone\"");
    String time = again[1].substring(2, again[1].indexOf(','));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
    assertThat(again[1])
        .endsWith(",v1="
            + HexFormat.of().formatHex(mac.doFinal((time + "." + again[0]).getBytes(UTF_8))));
    assertThat(alerts).isEmpty();
    assertThat(metrics()).contains("valence_alerts_total{source=\"cast\"} 2");
  }

  @Test
  void metricsSayWhatWasDoneAndByWhichCode() throws Exception {
    http.get("/order");
    http.get("/nothing");
    transact("[(watched.App/add \"cup\")]");
    String text = metrics();
    assertThat(text)
        .contains("# TYPE valence_ion_call_seconds histogram")
        .contains("valence_ion_call_seconds_count{function=\"watched.App/handle\","
            + "entrance=\"http\",revision=\"unreproducible/one\"} 2")
        .contains("valence_ion_errors_total{function=\"watched.App/handle\",entrance=\"http\","
            + "revision=\"unreproducible/one\"} 1")
        .contains("valence_ion_call_seconds_count{function=\"watched.App/add\","
            + "entrance=\"transaction\",revision=\"unreproducible/one\"} 1")
        .contains("valence_requests_total{door=\"http\",operation=\"handler\",status=\"500\"} 1")
        .contains("valence_requests_total{door=\"api\",operation=\"deploy\",status=\"200\"} 1")
        .contains("valence_db_transactions_total{db=\"shop\"}")
        .contains("valence_cast_metric_sum{name=\"shop/orders\",units=\"count\"} 2")
        .contains("valence_cache_hits_total{tier=\"heap\"}")
        .contains("jvm_memory_used_bytes{area=\"heap\"}")
        .doesNotContain("# EOF");
    for (String line : text.split("\n")) {
      assertThat(line)
          .matches("# (HELP|TYPE) [a-z_]+ .+"
              + "|[a-z_]+(\\{[a-z_]+=\"[^\"]*\"(,[a-z_]+=\"[^\"]*\")*})? \\S+");
    }
    assertThat(metrics("accept", "application/openmetrics-text"))
        .contains("# TYPE valence_requests counter")
        .endsWith("# EOF\n");
    assertThat(api.send("POST", "/metrics", "").statusCode()).isEqualTo(405);
  }
}
