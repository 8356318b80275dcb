/// New applications: a folder with a small application that passes its own tests, in a git
/// repository with a first commit, so that it can be pushed as it is.
///
/// The files are resources beside this package, with `{{name}}`, `{{package}}`, `{{namespace}}` and
/// `{{version}}` (of Valence) in their texts; `all` has those that every kind shares.
///
/// Knows folders and git. Knows nothing of systems.
@NullMarked
package valence.tools.project;

import org.jspecify.annotations.NullMarked;
