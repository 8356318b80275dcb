package valence.node.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import valence.api.Client;
import valence.ion.AppInfo;
import valence.node.app.Application;
import valence.wire.ion.IonConfig;

/// A small application for tests, in source.
public final class TestApplication {
  private static final String SOURCE = """
      package shop;

      import static valence.api.Valence.kw;

      import java.nio.file.Files;
      import java.nio.file.Path;
      import java.util.List;
      import java.util.Map;
      import valence.api.Valence;
      import valence.ion.*;

      public final class Shop {
        public static final String VERSION = "%s";

        public static HttpResponse handle(HttpRequest request) throws Exception {
          return switch (request.path()) {
            case "/version" -> HttpResponse.text(200, VERSION);
            case "/echo" ->
                HttpResponse.text(200, request.method() + " " + request.query() + " "
                        + request.headers().get("x-test") + " " + request.bodyText())
                    .withHeader("X-App", AppInfo.current().appName());
            case "/fail" -> throw new IllegalStateException("secret");
            case "/error" -> throw new StackOverflowError();
            case "/null" -> null;
            case "/split" -> HttpResponse.text(200, "x").withHeader("x-a", "b\\r\\nx-c: d");
            case "/no-content" -> HttpResponse.text(204, "dropped");
            case "/busy" -> throw valence.api.Anomaly.of(
                valence.api.Anomaly.Category.BUSY, "Too much.").toException();
            case "/say" -> {
              var client = Valence.client(Map.of("server-type", kw("ion")));
              client.connect("shop").transact("[{:item/sku \\"said\\" :item/count 1}]");
              yield HttpResponse.text(200, "said by " + AppInfo.current().revision());
            }
            case "/count" -> {
              var client = Valence.client(Map.of("server-type", kw("ion")));
              Object count = client.connect("shop").db().q(
                  "[:find ?c . :in $ ?sku :where [?i :item/sku ?sku] [?i :item/count ?c]]",
                  request.query());
              yield HttpResponse.text(200, String.valueOf(count));
            }
            case "/gate" -> {
              try (var gate = new java.net.Socket("127.0.0.1", Integer.parseInt(request.query()))) {
                gate.getInputStream().read();
              }
              yield HttpResponse.text(200, "passed " + VERSION);
            }
            case "/long" -> {
              for (int i = 0; i < 200_000; i++) {
                Thread.onSpinWait();
              }
              yield HttpResponse.text(200, VERSION);
            }
            default -> HttpResponse.text(404, "nothing at " + request.path());
          };
        }

        public static String echo(String payload, LambdaContext context) {
          return "{\\"payload\\":" + payload + ",\\"version\\":\\"" + VERSION
              + "\\",\\"function\\":\\"" + context.functionName() + "\\"}";
        }

        public static Map<String, Object> data(String payload) {
          return Map.of("list", List.of(1, 2.5, "a\\"b\\n", true));
        }

        public static String fail(String payload, LambdaContext context) {
          throw new IllegalArgumentException("no such item");
        }

        public static String large(String payload, LambdaContext context) {
          return '"' + "x".repeat(7_000_000) + '"';
        }

        public static String slow(String payload, LambdaContext context) throws Exception {
          new java.util.concurrent.CountDownLatch(1).await(); // until it is interrupted
          return "null";
        }

        public static String note(String payload, LambdaContext context) throws Exception {
          Path file = Path.of(payload.substring(1, payload.length() - 1));
          Files.writeString(file, "noted");
          return "null";
        }

        public static long twice(long n) {
          return 2 * n;
        }

        /** Transaction function. */
        public static List<?> add(valence.api.Db db, String sku, long n) {
          Object ref = List.of(kw("item/sku"), sku);
          Object now = db.pull("[:item/count]", ref).get(kw("item/count"));
          if (n < 0) {
            throw Tx.cancel("conflict", "Too few.");
          }
          return List.of(Map.of(
              kw("item/sku"), sku,
              kw("item/count"), (now == null ? 0 : (long) now) + n));
        }

        public static String hidden() {
          return "never allowed";
        }
      }
      """;

  private static final String CONFIG = """
      {:app-name "shop"
       :allow [shop.Shop/twice shop.Shop/add]
       :lambdas {:echo {:fn shop.Shop/echo}
                 :data {:fn shop.Shop/data}
                 :fail {:fn shop.Shop/fail}
                 :large {:fn shop.Shop/large}
                 :note {:fn shop.Shop/note}
                 :slow {:fn shop.Shop/slow :timeout-secs 1 :concurrency-limit 1}}
       :http-direct {:handler-fn shop.Shop/handle
                     :processing-concurrency 2
                     :pending-ops-queue-length 1
                     :pending-ops-exceeded-code 503
                     :pending-ops-exceeded-message "come back later"}}
      """;

  private TestApplication() {}

  /// The jar of a version of the application.
  public static Path jar(Path directory, String version) throws IOException {
    return TestJar.compile(
        directory, "shop-" + version, Map.of("shop.Shop", SOURCE.formatted(version)));
  }

  public static IonConfig config() {
    return IonConfig.parse(CONFIG);
  }

  /// The configuration with a handler that has two seconds.
  public static IonConfig hastyConfig() {
    return IonConfig.parse(CONFIG.replace(":http-direct {", ":http-direct {:timeout-secs 2 "));
  }

  /// The configuration with room for many calls at once.
  public static IonConfig wideConfig() {
    return IonConfig.parse(CONFIG
        .replace(":processing-concurrency 2", ":processing-concurrency 64")
        .replace(":pending-ops-queue-length 1", ":pending-ops-queue-length 1000")
        .replace(
            ":echo {:fn shop.Shop/echo}", ":echo {:fn shop.Shop/echo :concurrency-limit :none}"));
  }

  /// A loaded version of the application in group `solo`.
  public static Application load(Path directory, String version, IonConfig config, Client system)
      throws IOException {
    return Application.load(
        new AppInfo("shop", "solo", version), config, List.of(jar(directory, version)), system);
  }
}
