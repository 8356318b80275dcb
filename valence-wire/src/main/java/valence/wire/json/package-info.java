/// JSON (RFC 8259): one reader and one writer for whatever speaks it.
///
/// A [JsonScanner] goes through a text once and knows the grammar, its bounds, and how to say where
/// a text is wrong; a [JsonPrinter] knows how texts and names are written. What a value becomes is
/// for those on top to say: [PlainJson] makes plain data, the protocol's reader tagged values.
///
/// Bounded are the levels of collections and the length of a number that is turned into one; the
/// length of a text is its giver's to bound. Nothing is done twice, so time and memory are linear.
///
/// Knows text and plain data. Knows nothing of the protocol's tags, of keywords or databases.
@NullMarked
package valence.wire.json;

import org.jspecify.annotations.NullMarked;
