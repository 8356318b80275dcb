/// What the attributes of a database are, and how they hang together: read from the database
/// itself, shown as a table or a picture.
///
/// Entities have no types here. What is drawn as a *kind* is a namespace of attributes; an arrow
/// says that values of a reference, of a sample, have attributes of another namespace.
///
/// Knows a database of a node. Knows nothing of words and screens.
@NullMarked
package valence.tools.schema;

import org.jspecify.annotations.NullMarked;
