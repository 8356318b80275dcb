/// What people and programs see: lines, tables, progress, JSON.
///
/// Knows values and characters. Knows nothing of commands.
@NullMarked
package valence.tools.terminal;

import org.jspecify.annotations.NullMarked;
