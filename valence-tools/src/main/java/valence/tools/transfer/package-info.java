/// Facts out of files into a database, and back.
///
/// An import reads its file twice. The first time it learns what is there: types of columns, what
/// can't be read, the file's hash. The second time it transacts batches, several at once. Each
/// batch says of itself, on its own transaction, which items of which file it holds
/// (`:valence.import/batch`, `:valence.import/rows`): what a killed import did is in the database,
/// whole batches and nothing else, and the same command goes on behind it.
///
/// Temporary ids of an EDN file hold for the whole file, though its forms go into many
/// transactions: entities are found again by `:valence.import/key`, which is retracted at the end.
///
/// Memory is bounded by the batches under way, never by the file. Knows a database of a node and
/// files. Knows nothing of words and screens.
@NullMarked
package valence.tools.transfer;

import org.jspecify.annotations.NullMarked;
