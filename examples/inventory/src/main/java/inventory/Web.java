package inventory;

import clojure.lang.Symbol;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import valence.api.AnomalyException;
import valence.api.Db;
import valence.api.TxReport;
import valence.ion.HttpRequest;
import valence.ion.HttpResponse;

/// The shop's web service.
///
///     GET  /items
///     GET  /items/{sku}
///     POST /items/{sku}/take   {"quantity": 3}
public final class Web {
  private static final Pattern ITEM = Pattern.compile("^/items/[^/]+");
  private static final Symbol TAKE = Symbol.intern("inventory.Stock/take");

  /// The body of `take`.
  public record Order(long quantity) {}

  private Web() {}

  /// HTTP handler.
  public static HttpResponse handle(HttpRequest request) {
    try {
      return route(request);
    } catch (IllegalArgumentException e) {
      return error(400, e.getMessage());
    } catch (AnomalyException e) {
      return switch (e.anomaly().category()) {
        case INCORRECT -> error(400, e.getMessage());
        case NOT_FOUND -> error(404, e.getMessage());
        case CONFLICT -> error(409, e.getMessage());
        default -> throw e; // the node's matter: it answers and logs
      };
    }
  }

  private static HttpResponse route(HttpRequest request) {
    String path = ITEM.matcher(request.path()).replaceFirst("/items/{sku}");
    return switch (request.method() + " " + path) {
      case "GET /items" -> ok(Item.all(db()));
      case "GET /items/{sku}" -> item(db(), sku(request));
      case "POST /items/{sku}/take" -> take(sku(request), request.bodyText());
      default -> error(404, "There is no " + request.method() + " " + request.path() + ".");
    };
  }

  private static String sku(HttpRequest request) {
    return request.path().split("/")[2];
  }

  private static Db db() {
    return Inventory.connection().db();
  }

  private static HttpResponse item(Db db, String sku) {
    return Item.find(db, sku)
        .map(Web::ok)
        .orElseGet(() -> error(404, "There is no item " + sku + "."));
  }

  private static HttpResponse take(String sku, String body) {
    Order order = Json.read(body, Order.class);
    TxReport report =
        Inventory.connection().transact(List.of(List.of(TAKE, sku, order.quantity())));
    return item(report.dbAfter(), sku);
  }

  private static HttpResponse ok(Object value) {
    return HttpResponse.json(200, Json.write(value));
  }

  private static HttpResponse error(int status, String message) {
    return HttpResponse.json(status, Json.write(Map.of("error", message)));
  }
}
