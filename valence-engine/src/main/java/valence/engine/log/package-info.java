/// The log of a database: what each transaction changed, in records that a
/// [valence.engine.store.LogStore] keeps.
///
/// A record holds the transactions of one durable write. Integers are varints (LEB128), signed ones
/// zigzag first:
///
///     record      = version u8 (1) | transaction count | transaction …
///     transaction = t | opened count | row … | closed count | (row | from t) …
///                   | tempid count | tempid …
///     row         = entity (signed) | attribute | value
///     value       = type u8 (the entity id of the value type; 0 for nil in a tuple) | content
///     tempid      = text | entity (signed)
///     text        = byte count | UTF-8
///
/// Content: long, ref, instant (milliseconds): signed; boolean: u8; double, float: the 8 bytes of
/// the double, big-endian; string, uri: text; keyword, symbol: u8 1 and text of the namespace, or
/// 0, then text of the name; uuid: 16 bytes; bytes: count and bytes; bigint: count and two's
/// complement; bigdec: signed scale, then as bigint; tuple: count and values.
///
/// Tempids are kept only for transactions with a request id, so that a repeated request gets the
/// report that it missed.
///
/// Knows rows and the storage's log. Knows nothing of threads, nor of how tx-data becomes rows.
@NullMarked
package valence.engine.log;

import org.jspecify.annotations.NullMarked;
