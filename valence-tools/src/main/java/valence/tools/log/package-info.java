/// The log of a database as people read it: a transaction a paragraph.
///
/// Knows a database of a node, and lines.
@NullMarked
package valence.tools.log;

import org.jspecify.annotations.NullMarked;
