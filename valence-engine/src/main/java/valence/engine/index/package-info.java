/// Indexes: rows in an order, persistent counted trees that find them, cursors that read them.
///
/// A row is a fact with the interval in which it was true: `[from, to)` in t, without end while it
/// is true. Each [Order] has two trees, *current* (open rows) and *past* (closed ones), so that a
/// query of today never reads history. Trees are persistent: a change copies the touched leaves and
/// the path to them, and every older tree stays valid.
///
/// Rows stand in columns of primitive arrays ([Rows]); a value is its 64-bit key, with an object
/// beside it only for types whose key doesn't say everything.
///
/// Readers see [Cursor]s that yield column batches; how a batch came about (a leaf without a copy,
/// a merge of two trees, a filter by time) is hidden.
///
/// Knows values. Knows nothing of schema, queries, files or the network.
@NullMarked
package valence.engine.index;

import org.jspecify.annotations.NullMarked;
