/// Whether a database is whole: its log, its segments, and that the indexes say what the log says.
///
/// Everything is read as it lies in the storage, in memory that doesn't grow with the database. A
/// set of rows is compared by a [RowSum], a sum of hashes that doesn't depend on the order: a log
/// adds what it opens and subtracts what it closes, so no row has to be kept. Attributes that have
/// ever had `:db/noHistory` are left out of the past, which indexing may have dropped.
///
/// Nothing is changed. No writer may index meanwhile: what is read would be deleted under the
/// reader.
///
/// Knows the log, the indexes and the catalog. Knows nothing of connections.
@NullMarked
package valence.engine.verify;

import org.jspecify.annotations.NullMarked;
