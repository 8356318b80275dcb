/// Values of datoms: their types, their order, and their order-preserving 64-bit keys.
///
/// Each value has a key such that `key(x) < key(y)` implies `x < y`. For inline types the key says
/// everything, and a column of them is a `long[]`; for the others the key is a prefix that settles
/// most comparisons, and a column of objects beside it settles the rest.
///
/// [ValueWriter] and [ValueReader] turn a value into bytes and back, as segments hold it. Integers
/// are varints (LEB128), signed ones zigzag first:
///
///     value   = type u8 (the entity id of the value type; 0 for nil in a tuple) | content
///     text    = byte count | UTF-8
///
/// Content: long, ref, instant (milliseconds): signed; boolean: u8; double, float: the 8 bytes of
/// the double, big-endian; string, uri: text; keyword, symbol: u8 1 and text of the namespace, or
/// 0, then text of the name; uuid: 16 bytes, big-endian; bytes: count and bytes; bigint: count and
/// two's complement, big-endian; bigdec: signed scale, then as bigint; tuple: count and values. A
/// surrogate without its other half, which a Java string may hold, is three bytes, as in WTF-8.
///
/// Knows nothing of attributes, rows or indexes.
@NullMarked
package valence.engine.value;

import org.jspecify.annotations.NullMarked;
