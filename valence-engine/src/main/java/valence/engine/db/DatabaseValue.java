package valence.engine.db;

import valence.api.Db;

/// A [Db] of this process: what it shows is a [Database].
///
/// Stands between the packages: queries take `Db` values as inputs and hand them on to functions,
/// and read the [Database] inside.
public interface DatabaseValue extends Db {
  Database database();
}
