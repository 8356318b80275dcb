package inventory;

import clojure.lang.Symbol;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import valence.api.Connection;
import valence.ion.LambdaContext;

/// Books what the warehouse reports through a queue.
public final class Deliveries {
  private static final Symbol DELIVER = Symbol.intern("inventory.Stock/deliver");

  /// A message: `{"delivery": "d-17", "sku": "tea-01", "quantity": 12}`.
  public record Message(String delivery, String sku, long quantity) {}

  /// The event of a queue: messages as JSON text, each at least once.
  public record Event(@JsonProperty("Records") List<Entry> records) {
    public record Entry(String body) {}
  }

  private Deliveries() {}

  /// Event handler. Each message is a transaction of its own, so that two of one item add up, and
  /// may come again, so that a failure halfway is mended by the queue's next attempt.
  public static Map<String, Object> received(String payload, LambdaContext context) {
    Connection connection = Inventory.connection();
    List<Message> messages = Json.read(payload, Event.class).records().stream()
        .map(entry -> Json.read(entry.body(), Message.class))
        .toList();
    for (Message message : messages) {
      connection.transact(
          List.of(List.of(DELIVER, message.delivery(), message.sku(), message.quantity())));
    }
    return Map.of("booked", messages.size());
  }
}
