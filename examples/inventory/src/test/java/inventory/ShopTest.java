package inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import valence.api.Db;
import valence.test.Ions;
import valence.test.TestSystem;
import valence.test.ValenceExtension;

/// The shop as its callers reach it, on a system in this process.
class ShopTest {
  @RegisterExtension
  static final ValenceExtension VALENCE = new ValenceExtension(
      Inventory.DATABASE, system -> Setup.ensure(system.database(Inventory.DATABASE)));

  @Test
  void itemsAreListed(Ions ions) {
    var answer = ions.get("/items");
    assertEquals(200, answer.status());
    assertTrue(answer.text().contains("{\"sku\":\"tea-02\",\"name\":\"Black tea, 100 g\""));
  }

  @Test
  void takingIsBooked(Ions ions) {
    var taken = ions.post("/items/tea-01/take", "application/json", "{\"quantity\": 3}");
    assertEquals(200, taken.status());
    assertTrue(ions.get("/items/tea-01").text().contains("\"free\":7"));
    assertEquals(
        409,
        ions.post("/items/pot-01/take", "application/json", "{\"quantity\": 1}").status());
    assertEquals(400, ions.post("/items/tea-01/take", "application/json", "{}").status());
    assertEquals(404, ions.get("/items/tea-09").status());
  }

  @Test
  void aDeliveryOfAQueueIsBookedOnce(Ions ions, Db before) {
    String message = Json.write(new Deliveries.Message("d-1", "tea-02", 8));
    String event = Json.write(new Deliveries.Event(List.of(new Deliveries.Event.Entry(message))));
    assertEquals("{\"booked\":1}", ions.invoke("on-delivery", event).payload());
    assertEquals("{\"booked\":1}", ions.invoke("on-delivery", event).payload());
    assertTrue(ions.get("/items/tea-02").text().contains("\"free\":12"));
    assertEquals(4L, Item.find(before, "tea-02").orElseThrow().free());
  }

  @Test
  void shortagesAreWhatIsNotGood(Ions ions) {
    String shortages = ions.invoke("shortages", "{}").payload();
    assertTrue(shortages.contains("tea-02") && shortages.contains("pot-01"), shortages);
    assertTrue(!shortages.contains("tea-01"), shortages);
  }

  @Test
  void aSystemIsOpenedByHand() {
    try (TestSystem system = TestSystem.open(Instant.parse("2026-01-01T00:00:00Z"))) {
      system.database("inventory", "items.edn");
      assertEquals(200, system.ions().get("/items").status());
    }
  }
}
