package inventory;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import valence.api.Db;

/// An item as the world outside sees it; its fields are those of the JSON.
public record Item(String sku, String name, BigDecimal price, long free, String level) {
  private static final String FIND = "[:find ?sku ?name ?price ?free ?level ";
  private static final String WHERE = """
      :where [?item :item/sku ?sku]
             [?item :item/name ?name]
             [?item :item/price ?price]
             [?item :item/free ?free]
             [(inventory.Stock/level ?free) ?level]]\
      """;

  /// Every item, by sku.
  static List<Item> all(Db db) {
    return items(db.q(FIND + WHERE)).stream()
        .sorted(Comparator.comparing(Item::sku))
        .toList();
  }

  static Optional<Item> find(Db db, String sku) {
    return items(db.q(FIND + ":in $ ?sku " + WHERE, sku)).stream().findFirst();
  }

  private static List<Item> items(Collection<List<?>> rows) {
    return rows.stream().map(Item::of).toList();
  }

  private static Item of(List<?> row) {
    return new Item(
        (String) row.get(0),
        (String) row.get(1),
        (BigDecimal) row.get(2),
        (long) row.get(3),
        (String) row.get(4));
  }
}
