/// Indexes: rows in an order, persistent counted trees that find them, cursors that read them.
///
/// A row is a fact with the interval in which it was true: `[from, to)` in t, without end while it
/// is true. Each [Order] has two trees, *current* (open rows) and *past* (closed ones), so that a
/// query of today never reads history. Trees are persistent: a change copies the touched leaves and
/// the path to them, and every older tree stays valid. A change of [Indexes] is noted as a [Step]
/// first; trees are made of steps when they are read, each [Part] of each order apart.
///
/// Rows stand in columns of primitive arrays ([Rows]); a value is its 64-bit key, with an object
/// beside it only for types whose key doesn't say everything.
///
/// Readers see [Cursor]s that yield column batches; how a batch came about (a leaf without a copy,
/// a merge of two trees, a filter by time) is hidden. Columns that nobody asked for hold anything,
/// until [Batch#need]. Reads of one entity, and of who has a value, go without a cursor where they
/// can ([Indexes#visit], [Indexes#firstEntity]).
///
/// Knows values. Knows nothing of schema, queries, files or the network.
@NullMarked
package valence.engine.index;

import org.jspecify.annotations.NullMarked;
