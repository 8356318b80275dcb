/// Values of datoms: their types, their order, and their order-preserving 64-bit keys.
///
/// Each value has a key such that `key(x) < key(y)` implies `x < y`. For inline types the key says
/// everything, and a column of them is a `long[]`; for the others the key is a prefix that settles
/// most comparisons, and a column of objects beside it settles the rest.
///
/// Knows nothing of attributes, rows or indexes.
@NullMarked
package valence.engine.value;

import org.jspecify.annotations.NullMarked;
