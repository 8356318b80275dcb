package inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static valence.api.Valence.kw;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Db;
import valence.api.Valence;

/// The functions that the database calls, called here as plain Java on a database in memory.
class StockTest {
  private static final String ITEMS = """
      [{:item/sku "tea-01" :item/name "Green tea" :item/price 4.90M :item/free 10}]\
      """;

  private Client client;
  private Connection connection;

  @BeforeEach
  void openShop() {
    client = Valence.client(Map.of("server-type", kw("local"), "storage-dir", kw("mem")));
    client.createDatabase("stock-test");
    connection = client.connect("stock-test");
    connection.transact(Setup.resource("schema.edn"));
    connection.transact(ITEMS);
  }

  @AfterEach
  void closeShop() {
    client.deleteDatabase("stock-test");
    client.close();
  }

  @ParameterizedTest
  @CsvSource({"0, out", "1, low", "4, low", "5, good", "100, good"})
  void levelIsLowBelowFive(long free, String level) {
    assertEquals(level, Stock.level(free));
  }

  @Test
  void takingLeavesTheRest() {
    connection.transact(Stock.take(connection.db(), "tea-01", 3));
    assertEquals(7L, free(connection.db()));
  }

  @Test
  void whatIsNotThereCannotBeTaken() {
    Db db = connection.db();
    var refusal = assertThrows(AnomalyException.class, () -> Stock.take(db, "tea-01", 11));
    assertEquals("Only 10 of tea-01 are left.", refusal.getMessage());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void aQuantityIsPositive(long quantity) {
    Db db = connection.db();
    assertThrows(AnomalyException.class, () -> Stock.take(db, "tea-01", quantity));
  }

  @Test
  void aDeliveryReportedTwiceIsBookedOnce() {
    connection.transact(Stock.deliver(connection.db(), "d-17", "tea-01", 12));
    connection.transact(Stock.deliver(connection.db(), "d-17", "tea-01", 12));
    assertEquals(22L, free(connection.db()));
  }

  private static Object free(Db db) {
    return db.pull(List.of(kw("item/free")), Stock.item("tea-01")).get(kw("item/free"));
  }
}
