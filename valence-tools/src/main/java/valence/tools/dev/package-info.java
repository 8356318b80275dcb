/// `valence dev`: an application that runs while it is written.
///
/// A [SourceWatch] notices that files were saved. [Compiling] makes a [Generation] of the sources:
/// a folder of classes and resources that is never changed afterwards, so that a revision which
/// still answers a call isn't pulled away from under it. What didn't change is linked from the one
/// before. One file alone is compiled while what others see of it, its [Shape], stays the same; or
/// else all are. A [DevNode] is a process of its own (decision 0007) that loads a generation beside
/// the one that serves. [DevSession] does one after the other, and tells a [Screen].
///
/// Everything is kept in one folder below the application, `.valence/dev`, which is that of a
/// system named `dev`: other commands reach it with `--system dev`.
///
/// Where the sources are, and which libraries there are, says a [valence.tools.push.WorkingTree]:
/// as a push has it. After each revision the node is told which folder the next will have, so that
/// it can load libraries into a Clojure of its own before anything is saved.
///
/// Knows Java's compiler. Knows nothing of what builds projects, and how a node loads code.
@NullMarked
package valence.tools.dev;

import org.jspecify.annotations.NullMarked;
