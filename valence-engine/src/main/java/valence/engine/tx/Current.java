package valence.engine.tx;

import org.jspecify.annotations.Nullable;
import valence.engine.db.Database;
import valence.engine.index.Bound;
import valence.engine.index.Order;
import valence.engine.index.Row;
import valence.engine.value.ValueOrder;

/// Finds the row that is true before the transaction; what was found stands in the fields until the
/// next search.
final class Current {
  private final Database before;

  long key;

  @Nullable Object object;
  /// The t that opened the row.
  long from;

  Current(Database before) {
    this.before = before;
  }

  /// The first row of an entity and attribute.
  boolean find(long entity, int attribute) {
    return find(Bound.ea(entity, attribute));
  }

  /// The row of a fact.
  boolean find(long entity, int attribute, long k, @Nullable Object v) {
    return find(Bound.eav(entity, attribute, k, v));
  }

  /// Whether the row that was found has the value.
  boolean is(long k, @Nullable Object v) {
    return ValueOrder.compare(key, object, k, v) == 0;
  }

  private boolean find(Bound bound) {
    Row row = before.row(Order.EAVT, bound);
    if (row == null) {
      return false;
    }
    key = row.v();
    object = row.o();
    from = row.from();
    return true;
  }
}
