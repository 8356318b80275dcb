/// The demonstration on real input: the history of a git repository, read into the application
/// `examples/codebase` on a system of its own, and questions asked of it.
///
///     git log ─ LogReader ─ Commit ─ Importer ─ Lambda solo-import ─┐
///                                                            the application
///     command line ─ Question ──────────── HTTP ────────────────────┘
///
/// The application is pushed, deployed and called as any other; nothing here knows its classes or
/// its queries. What comes from git (names, paths, dates) may hold anything and is bounded by
/// [LogReader] before it goes on.
@NullMarked
package valence.tools.demo;

import org.jspecify.annotations.NullMarked;
