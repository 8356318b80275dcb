package inventory;

import static valence.api.Valence.kw;

import java.util.List;
import java.util.Map;
import valence.api.Db;
import valence.ion.Tx;

/// What queries and transactions call. Pure: from data to data, nothing else.
public final class Stock {
  private static final long LOW_BELOW = 5;

  private Stock() {}

  /// Query function: `[(inventory.Stock/level ?free) ?level]` binds `out`, `low` or `good`.
  public static String level(long free) {
    return free == 0 ? "out" : free < LOW_BELOW ? "low" : "good";
  }

  /// Transaction function: `[inventory.Stock/take "tea-01" 3]` takes three pieces, or none when
  /// fewer are free.
  public static List<?> take(Db db, String sku, long quantity) {
    if (quantity < 1) {
      throw Tx.cancel("incorrect", "The quantity is " + quantity + "; expected 1 or more.");
    }
    long free = free(db, sku);
    if (free < quantity) {
      throw Tx.cancel("conflict", "Only " + free + " of " + sku + " are left.");
    }
    return List.of(Map.of(kw("db/id"), item(sku), kw("item/free"), free - quantity));
  }

  /// Transaction function: `[inventory.Stock/deliver "d-17" "tea-01" 12]` adds twelve pieces; the
  /// same delivery again adds nothing.
  public static List<?> deliver(Db db, String delivery, String sku, long quantity) {
    if (db.entid(List.of(kw("delivery/id"), delivery)).isPresent()) {
      return List.of();
    }
    return List.of(
        Map.of(
            kw("delivery/id"), delivery,
            kw("delivery/item"), item(sku),
            kw("delivery/quantity"), quantity),
        Map.of(kw("db/id"), item(sku), kw("item/free"), free(db, sku) + quantity));
  }

  /// The lookup ref of an item.
  static List<Object> item(String sku) {
    return List.of(kw("item/sku"), sku);
  }

  private static long free(Db db, String sku) {
    if (db.pull(List.of(kw("item/free")), item(sku)).get(kw("item/free")) instanceof Long free) {
      return free;
    }
    throw Tx.cancel("incorrect", "There is no item " + sku + ".");
  }
}
