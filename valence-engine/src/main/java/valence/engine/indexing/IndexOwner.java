package valence.engine.indexing;

import valence.engine.db.Database;
import valence.engine.index.Foundation;
import valence.engine.store.DatabaseId;

/// Whoever commits the transactions of a database in this process.
public interface IndexOwner {
  /// A value that is durable.
  ///
  /// @param log    which log says it
  /// @param logEnd the position behind the record of its newest transaction
  record Durable(Database database, DatabaseId log, long logEnd) {}

  /// The newest durable value.
  Durable durable();

  /// Puts the values of the database on a newer foundation; those handed out stay as they are.
  ///
  /// @param of the log that the foundation was made from
  /// @return false when they stand on one as new already, or another log has taken the place
  boolean adopt(Foundation foundation, DatabaseId of);
}
