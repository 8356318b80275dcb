/// Other programs, run with bounds on their time and their output.
///
/// Knows nothing of what is run.
@NullMarked
package valence.tools.process;

import org.jspecify.annotations.NullMarked;
