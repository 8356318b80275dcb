package valence.engine.query.exec;

import org.jspecify.annotations.Nullable;
import valence.engine.db.Database;
import valence.engine.db.DatabaseValue;

/// What patterns read.
public sealed interface Source {
  /// The argument itself, as functions get it.
  @Nullable Object argument();

  record Facts(DatabaseValue argument, Database database) implements Source {
    public Facts(DatabaseValue argument) {
      this(argument, argument.database());
    }
  }

  /// A collection of rows: lists, arrays, map entries or datoms.
  record Rows(Object argument, Iterable<?> rows) implements Source {}
}
