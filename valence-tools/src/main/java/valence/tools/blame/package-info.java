/// Who said what of an entity: each of its facts with the transaction that said it, the revision
/// and function that transacted, and who had asked.
///
/// Knows a database of a node, and the git repository that the command is run in.
@NullMarked
package valence.tools.blame;

import org.jspecify.annotations.NullMarked;
