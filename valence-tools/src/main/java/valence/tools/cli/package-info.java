/// The `valence` command line.
///
/// One class per command. A command prints what was asked for on standard output, for people or,
/// with `--edn` or `--json`, for programs; all else goes to standard error. It ends with 0 when it
/// did what was asked, 1 when it couldn't, after one clear message, and 2 when the words made no
/// sense.
///
/// Knows words and screens. The work is done by the packages beside this one and by the node.
@NullMarked
package valence.tools.cli;

import org.jspecify.annotations.NullMarked;
