/// Serves the files of the web console, to anybody: they hold nothing secret, and what they ask for
/// is asked like everything else. Knows nothing of what is in them.
@NullMarked
package valence.node.console;

import org.jspecify.annotations.NullMarked;
