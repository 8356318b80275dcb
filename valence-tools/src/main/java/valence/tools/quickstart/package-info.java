/// The first thing a newcomer runs: one system, one application, every way to call it, in one
/// minute.
///
/// Each step does the real thing through the same classes as the commands do, checks what came of
/// it and says what it did and how long it took. The first that fails ends the run, and the node
/// with it.
@NullMarked
package valence.tools.quickstart;

import org.jspecify.annotations.NullMarked;
