/// Tests of the command line as people meet it: what it prints, where, and with which status it
/// ends.
@NullMarked
package valence.tools.cli;

import org.jspecify.annotations.NullMarked;
