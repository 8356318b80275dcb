/// The storage in a PostgreSQL database, for any number of processes at a time.
///
/// Tables, in the schema that a connection finds first (`currentSchema` of the address), made at
/// the first open under an advisory lock:
///
///     valence_format  format int                               one row: 1
///     valence_log     database uuid, log bigint, next bigint   one row for each log with records
///     valence_record  log bigint, position bigint, crc32c int, bytes bytea
///     valence_ref     name text, version bigint, bytes bytea   null bytes: deleted
///     valence_blob    id bytea, part int, size bigint, bytes bytea
///
/// # Why it holds
///
/// - **Log.** An append is one statement: it moves `next` of the log's row on if it is the
///   position, and inserts the record in the same breath. The row's lock lets one writer through;
///   the others wait, find `next` moved, and are told no. So there is no gap, and a record is
///   visible with the `next` that covers it. A deleted log's row goes with it; a new one of the
///   same database has a new `log` number, so that no reader can mix the two. A reader knows its
///   end before it begins, and reads by pages of [SqlLogStore#PAGE_BYTES]; no connection is held
///   between two.
/// - **Refs.** One conditional statement on one row. A deleted one stays, so that versions grow.
/// - **Blobs.** Rows of [SqlBlobStore#PART_BYTES], put in one transaction in the order of their
///   ids, so that two who put the same ones don't wait for each other in a circle.
///
/// Isolation is read committed, whatever the server's default: each proof above rests on a row's
/// lock. A commit is forced to the write-ahead log before it is answered or seen: a session whose
/// `synchronous_commit` is `off` gets `on`. That the server itself runs with `fsync` on is up to
/// who runs it; if it doesn't, a warning is logged.
///
/// # Failures
///
/// A lost connection, a timeout, a full disk, a deadlock and a server that starts or ends are
/// `unavailable`; a refused login and missing rights `forbidden`; all else is a `fault`. An append
/// or set that fails once it was sent has an unknown outcome, and says so. No message and no log
/// has the password, or the part of the address behind its `?`.
///
/// Knows SQL and bytes. Knows nothing of datoms.
@NullMarked
package valence.storage.sql;

import org.jspecify.annotations.NullMarked;
