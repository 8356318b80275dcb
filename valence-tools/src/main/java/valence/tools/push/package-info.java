/// Push: makes a revision out of a git commit and takes to the system what it lacks.
///
/// A commit is built in a worktree of its own by the application's own Maven. Its classes become
/// one jar whose bytes depend on nothing but their content; the jars of its runtime class path stay
/// as they are. Each is an artifact, named by its SHA-256, so that what the system has never moves
/// again. `ion-config.edn` goes with the revision.
///
/// A revision is reproducible, and named by its commit, when everything in it can be had again: all
/// is committed, and each library has a fixed version from a repository. Anything else needs a name
/// and becomes `unreproducible/<name>`.
///
/// A [WorkingTree] says the same of an application where it is written, without building it.
///
/// Knows git, Maven and the protocol. Starts nothing on the system: a pushed revision runs nowhere.
@NullMarked
package valence.tools.push;

import org.jspecify.annotations.NullMarked;
