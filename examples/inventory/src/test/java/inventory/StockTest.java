package inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static valence.api.Valence.kw;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.AnomalyException;
import valence.api.Connection;
import valence.api.Db;
import valence.test.ValenceTest;

/// The functions that the database calls: called here as plain Java, and by the database itself.
@ValenceTest(database = "inventory", facts = "tea.edn")
class StockTest {
  @ParameterizedTest
  @CsvSource({"0, out", "1, low", "4, low", "5, good", "100, good"})
  void levelIsLowBelowFive(long free, String level) {
    assertEquals(level, Stock.level(free));
  }

  @Test
  void takingLeavesTheRest(Connection connection) {
    connection.transact(Stock.take(connection.db(), "tea-01", 3));
    assertEquals(7L, free(connection.db()));
  }

  @Test
  void theDatabaseCallsWhatTheConfigurationAllows(Connection connection) {
    connection.transact("[[inventory.Stock/take \"tea-01\" 3]]");
    assertEquals(7L, free(connection.db()));
    assertThrows(
        AnomalyException.class, () -> connection.transact("[[inventory.Stock/item \"tea-01\"]]"));
  }

  @Test
  void whatIsNotThereCannotBeTaken(Db db) {
    var refusal = assertThrows(AnomalyException.class, () -> Stock.take(db, "tea-01", 11));
    assertEquals("Only 10 of tea-01 are left.", refusal.getMessage());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void aQuantityIsPositive(long quantity, Db db) {
    assertThrows(AnomalyException.class, () -> Stock.take(db, "tea-01", quantity));
  }

  @Test
  void aDeliveryReportedTwiceIsBookedOnce(Connection connection) {
    connection.transact(Stock.deliver(connection.db(), "d-17", "tea-01", 12));
    connection.transact(Stock.deliver(connection.db(), "d-17", "tea-01", 12));
    assertEquals(22L, free(connection.db()));
  }

  private static Object free(Db db) {
    return db.pull(List.of(kw("item/free")), Stock.item("tea-01")).get(kw("item/free"));
  }
}
