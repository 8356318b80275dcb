package valence.engine.code;

import org.jspecify.annotations.Nullable;
import valence.api.AnomalyException;
import valence.api.Db;
import valence.edn.Edn;

/// How a value is shown in messages.
final class Found {
  private Found() {}

  static String text(@Nullable Object value) {
    if (value instanceof Db db) {
      return "database " + db.dbName();
    }
    try {
      return Edn.printShort(value);
    } catch (AnomalyException e) { // not data at all
      return value == null ? "nil" : "a " + value.getClass().getName();
    }
  }
}
