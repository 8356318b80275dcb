package valence.test;

import static valence.api.Valence.kw;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import valence.api.Connection;
import valence.api.Db;
import valence.api.Valence;
import valence.ion.AppInfo;
import valence.ion.Cast;
import valence.ion.Env;
import valence.ion.HttpRequest;
import valence.ion.HttpResponse;
import valence.ion.LambdaContext;

/// An application as a user writes it, which knows nothing of tests.
public final class Shop {
  /// Holds up calls that ask for it.
  static volatile @Nullable CountDownLatch gate;

  static volatile @Nullable CountDownLatch arrived;

  private Shop() {}

  private static Connection connection() {
    return Valence.client(Map.of("server-type", kw("ion"))).connect("shop");
  }

  public static List<?> take(Db db, String sku, long quantity) {
    long free = (long) db.pull("[:item/free]", List.of(kw("item/sku"), sku)).get(kw("item/free"));
    return List.of(Map.of(kw("item/sku"), sku, kw("item/free"), free - quantity));
  }

  public static String level(long free) {
    return free < 5 ? "low" : "good";
  }

  /// Start-up check.
  public static boolean ready() throws InterruptedException {
    switch (String.valueOf(Env.current().get(kw("state")))) {
      case "closed" -> {
        return false;
      }
      case "broken" -> throw new IllegalStateException("no shelf");
      case "stuck" -> new CountDownLatch(1).await();
      default -> {
        // Open.
      }
    }
    return connection().db().entid(kw("item/sku")).isPresent();
  }

  public static Map<?, ?> labels(List<?> skus) {
    return Map.of("class", skus.getClass().getName(), "first", skus.getFirst());
  }

  /// Not under `:allow`.
  public static String secret() {
    return "secret";
  }

  public static Object echo(String payload, LambdaContext context) throws InterruptedException {
    switch (payload) {
      case "\"fail\"" -> throw new IllegalStateException("no tea");
      case "\"wait\"" -> await();
      case "\"large\"" -> {
        return "x".repeat(7 << 20);
      }
      case "\"odd\"" -> {
        return new Object();
      }
      default -> {
        // Echoed.
      }
    }
    return Map.of("payload", payload, "function", context.functionName());
  }

  public static HttpResponse handle(HttpRequest request) throws InterruptedException {
    Cast.event(Map.of("msg", "asked", "shop/path", request.path()));
    return switch (request.path()) {
      case "/wait" -> {
        await();
        yield HttpResponse.text(200, "waited");
      }
      case "/take" -> {
        connection().transact("[[valence.test.Shop/take \"tea\" 3]]");
        yield HttpResponse.text(200, "taken");
      }
      case "/say" -> {
        connection().transact("[{:item/sku \"pot\" :item/free 1}]");
        yield HttpResponse.text(200, "said");
      }
      case "/info" -> HttpResponse.text(200, AppInfo.current().toString());
      default ->
        HttpResponse.text(
            200,
            request.method() + " " + request.bodyText() + request.parameter("q").orElse(""));
    };
  }

  private static void await() throws InterruptedException {
    CountDownLatch here = arrived;
    CountDownLatch until = gate;
    if (here != null && until != null) {
      here.countDown();
      until.await();
    }
  }
}
