/// The storage in files under one directory, for one process at a time: the product's default.
///
///     lock              locked by the process that uses the directory; holds its pid, as text
///     format            "valence storage format 1\n"; made last, so that it says all else is there
///     temp/             files in the making, removed at open
///     log/<database>/   segments of the log of one database, named <first position, 19 digits>.log
///     refs/             one file for each ref, named <SHA-256 of its name>.ref
///     blobs/<2 digits>/ one file for each blob, named by its id; two digits of 256 directories
///
/// # What survives
///
/// What a call has returned for survives `kill -9` and the loss of power, given a disk that keeps
/// its word on fsync, and that harms no byte that isn't being written. Nothing is visible before it
/// would survive. What survives of a call that didn't return is the whole of it, or nothing.
///
/// - Names are durable only when their directory is forced: it is, whenever one is made or
///   replaced.
/// - Refs, blobs, headers of segments and the format are made in `temp`, forced, renamed, and their
///   directory forced; so a file under its own name is whole, and one that isn't is a `fault`.
/// - A log is appended to in place. A record is written only when the one before is durable, so
///   after the last durable one there is at most one more, which may be torn.
/// - A failed force is never tried again on the same bytes: the system may have forgotten them.
///
/// # Reading a log that was not closed
///
/// The last segment is read to where no whole record follows. Damage with a whole record behind it
/// isn't a torn write but damage, a `fault`, and the file is left as it is. Otherwise the rest is
/// cut off, and the last record is written and forced again, since it may have been written only to
/// memory. Damage of exactly the last record can't be told from a torn write by one machine alone.
///
/// # Reading what another process writes
///
/// [EmbeddedStorage#openToRead] takes no lock and changes nothing. Refs and blobs are whole under
/// their names at any moment. Of a log the first records are read, up to the last whole one, which
/// is forced before it is shown; a record that another follows is durable.
///
/// # Formats, little-endian
///
/// A segment is a header, then records without gaps. It ends where the next segment begins, or,
/// when there is none, with its last whole record. Behind that come zeros, written ahead of the
/// records to come, or what a failed append has left:
///
///     0  magic          u64  0A 56 41 4C 4C 4F 47 31 in the file: newline, "VALLOG1"
///     8  format         u32  1
///     12 database       u64 u64, the more significant half of the UUID first
///     28 first position u64
///     36 salt           u64  random
///     44 crc32c         u32  of bytes 0 to 43
///
/// A record:
///
///     0  magic          u32  56 52 45 43 in the file: "VREC"
///     4  length         u32  of the record's bytes, at most 64 MiB and 64 bytes for a seal
///     8  position       u64  one more than that of the record before
///     16 crc32c         u32  of the segment's salt, bytes 0 to 15, and the record's bytes
///     20 bytes
///
/// A ref:
///
///     0  magic          u32  56 52 45 46 in the file: "VREF"
///     4  crc32c         u32  of all that follows
///     8  version        u64  for a deleted ref, the last one it had
///     16 present        u8   1, or 0 for a deleted ref: it stays, so that versions keep growing
///     17 name length    u16
///     19 value length   u32  0 for a deleted ref
///     23 name           ASCII
///     .. value
///
/// A blob is its bytes alone; its name is their checksum, or, when its bytes are sealed, whatever
/// the one who sealed them calls it.
///
/// Knows files and bytes. Knows nothing of datoms, clocks or the network.
@NullMarked
package valence.storage.embedded;

import org.jspecify.annotations.NullMarked;
