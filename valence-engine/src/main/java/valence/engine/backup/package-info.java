/// Backups: copies of logs and of the segments of their indexes, kept in a storage of their own,
/// and points in time in them.
///
/// A backup is a storage like any other, most often a directory, that holds no database:
///
///     log <log id>                    the records of a log, as they are and where they are
///     ref backup/<name>/log/<log id>  made before that log's first record, so that it is found
///     blobs                           segments, as they are
///     ref backup/<name>/point/<n>     a [BackupPoint]: so much of that log was there, with the
///                                     checksum of all of it, and the root of its indexes
///
/// A record is written once and a log only grows, so the first records of a log are what the
/// database was at some t: a point is consistent whenever it is made, and the next one costs the
/// records since. A run that was interrupted leaves records without a point, and the next goes on
/// behind them. Excision gives a database another log, which is copied anew; points of the one
/// before keep what they had until they are [Backups#forget forgotten].
///
/// Segments never change and are named by their bytes, so those that are there aren't moved again.
/// A directory is put behind all that it names: one that is there is there whole. The root that is
/// copied is one that the source had, older than the end of the log that is copied.
///
/// The checksum is a chain, SHA-256 of the chain so far and the next record, from 32 zeros on: it
/// grows with the log without reading what is there.
///
/// Restoring reads a point's records, checks each and the chain, and writes them as the log of a
/// new database. The note `restore/<name>` names that log before it is made; the catalog names it
/// last, so a database is there whole or not at all. Its segments bear its own id, so they are
/// written anew, the content of leaves as it is. The log says all: where segments are missing,
/// indexes are made from it.
///
/// Knows logs, segments, the catalog and the storage SPI. Knows nothing of files.
@NullMarked
package valence.engine.backup;

import org.jspecify.annotations.NullMarked;
