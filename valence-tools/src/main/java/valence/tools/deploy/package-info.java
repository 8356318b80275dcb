/// Deploy: asks the system to make a pushed revision run on a group, and follows what becomes of
/// it.
///
/// Knows the protocol alone. All the work is the system's, and goes on when the asker leaves.
@NullMarked
package valence.tools.deploy;

import org.jspecify.annotations.NullMarked;
