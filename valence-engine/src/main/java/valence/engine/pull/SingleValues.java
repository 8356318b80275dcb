package valence.engine.pull;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import valence.engine.db.Database;
import valence.engine.index.Batch;
import valence.engine.index.Bound;
import valence.engine.index.Cursor;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.pull.PullPattern.Selection;
import valence.engine.pull.PullPattern.Spec;
import valence.engine.pull.PullPattern.Target;
import valence.engine.schema.Schema;

/// The scalars of one entity that a pattern selects, read in one go: finding a row costs more than
/// reading its neighbours.
final class SingleValues {
  /// Holds nothing.
  static final SingleValues NONE = new SingleValues(new int[0]);

  /// Beyond so many rows in the range, the attributes are better sought one by one.
  private static final int ROWS_MAX = 64;

  private final int[] attributes;
  private final @Nullable Object[] values;

  private SingleValues(int[] attributes) {
    this.attributes = attributes;
    this.values = new Object[attributes.length];
  }

  /// What an entity has of them; [#NONE] when reading them together doesn't pay.
  static SingleValues read(Database db, PullPattern pattern, long entity) {
    if (entity == Schema.NONE || pattern.specs().size() < 2) {
      return NONE;
    }
    int[] attributes = attributes(pattern);
    if (attributes.length < 2) {
      return NONE;
    }
    int low = attributes[0];
    int high = attributes[0];
    for (int attribute : attributes) {
      low = Math.min(low, attribute);
      high = Math.max(high, attribute);
    }
    Range range = new Range(Bound.ea(entity, low), true, Bound.ea(entity, high), true);
    Cursor cursor = db.cursor(Order.EAVT, range);
    SingleValues found = new SingleValues(attributes);
    int rows = 0;
    while (cursor.next()) {
      Batch batch = cursor.batch();
      rows += batch.count();
      if (rows > ROWS_MAX) {
        return NONE;
      }
      for (int i = batch.start; i < batch.end; i++) {
        int position = found.position(batch.a[i]);
        if (position >= 0 && found.values[position] == null) {
          found.values[position] = db.value(batch.a[i], batch.v[i], batch.object(i));
        }
      }
    }
    return found;
  }

  private static int[] attributes(PullPattern pattern) {
    int[] attributes = new int[pattern.specs().size()];
    int count = 0;
    for (Spec spec : pattern.specs()) {
      if (spec instanceof Selection selection && isSingle(selection)) {
        attributes[count++] = selection.attribute().id();
      }
    }
    return Arrays.copyOf(attributes, count);
  }

  private static boolean isSingle(Selection selection) {
    return !selection.reverse()
        && !selection.many()
        && !selection.attribute().isRef()
        && selection.target() instanceof Target.Whole;
  }

  /// Whether this knows what the selection shows.
  boolean has(Selection selection) {
    return attributes.length > 0 && isSingle(selection);
  }

  /// What a selection shows that this knows; null for nothing.
  @Nullable Object value(Selection selection) {
    return values[position(selection.attribute().id())];
  }

  private int position(int attribute) {
    for (int i = 0; i < attributes.length; i++) {
      if (attributes[i] == attribute) {
        return i;
      }
    }
    return -1;
  }
}
