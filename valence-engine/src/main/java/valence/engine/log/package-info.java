/// The log of a database: what each transaction changed, in records that a
/// [valence.engine.store.LogStore] keeps.
///
/// A record holds the transactions of one durable write, each readable without the others. Integers
/// are varints (LEB128), signed ones zigzag first:
///
///     record      = version u8 (2) | transaction count | (byte count | transaction) …
///     transaction = t | opened rows | closed rows | tempid count | tempid …
///     opened rows = row count | unless 0: group … | column …
///     closed rows = as opened rows | unless 0: u8 | age …
///     tempid      = text | entity (signed)
///     text        = byte count | UTF-8, or WTF-8 where a surrogate stands without its other half
///
/// A *group* is the neighbouring rows of one entity. Groups follow until they have all rows:
///
///     group = entity | which * 2 | or which * 2 + 1, more
///           | if which is 0: run count | (attribute * 2 | attribute * 2 + 1, repeats) …
///
/// The entity is a zigzag difference, times 2, from the entity of the last group that was written
/// so, which begins with the first of users (4 << 42); or, times 2 plus 1, from the transaction's
/// own entity. The shape of a group, the attribute of each row, is spelled out in runs, or is that
/// of an earlier group: number `which`, from 1, of the first 64 spelled out. So many *more* groups
/// follow with the same shape, each of the entity above the one before.
///
/// A *column* has the values of one attribute in the order of the rows, one column for each
/// attribute in the order in which shapes first named them:
///
///     column = type u8 (the entity id of the value type) | mode u8 unless it has one row | content
///     mode   = 0 each value
///            | 1 signed differences, of longs and instants from 0, of references from 4 << 42
///            | 2 word count | word … | for each row the number of its word, from 0
///
/// A value: long, instant (milliseconds): signed; ref: signed, less 4 << 42; boolean: u8; double,
/// float: the 8 bytes of the double, big-endian; string, uri: text; keyword, symbol: u8 1 and text
/// of the namespace, or 0, then text of the name; uuid: 16 bytes; bytes: count and bytes; bigint:
/// count and two's complement; bigdec: signed scale, then as bigint; tuple: slot count, then for
/// each slot its type u8 and value, or 0 for nil.
///
/// Ages are how many t ago each closed row was opened: after u8 0 one for each row, after 1 one for
/// all.
///
/// A log that another has taken the place of ends with a [Seal]; excision makes such copies.
///
/// Tempids are kept only for transactions with a request id, so that a repeated request gets the
/// report that it missed.
///
/// Knows rows and the storage's log. Knows nothing of threads, nor of how tx-data becomes rows.
@NullMarked
package valence.engine.log;

import org.jspecify.annotations.NullMarked;
