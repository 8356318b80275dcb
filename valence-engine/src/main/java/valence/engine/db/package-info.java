/// The database as a value: indexes, schema, basis t and a view of time, in one immutable object.
///
/// A [Database] is what queries, pulls and transactions work on. It grows by [Novelty], the rows
/// that one transaction opens and closes; [Database#apply] is a pure function and the only way to a
/// newer value, used alike by transactions and by the replay of the log.
///
/// Knows indexes and schema. Knows nothing of query language, tx-data forms, logs or threads.
@NullMarked
package valence.engine.db;

import org.jspecify.annotations.NullMarked;
