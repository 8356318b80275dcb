/// A database asked interactively: what is typed is a query, or a command that begins with a colon.
///
/// [Evaluator] knows the conversation: which database is looked at, as of when, and what an entry
/// means. It prints to a terminal, and is the same for a script. [LineEditor] is the only one that
/// knows JLine: history, completion, lines that go on until the form is closed, Control-C.
///
/// Knows a database of a node. Knows nothing of how the command line was called.
@NullMarked
package valence.tools.console;

import org.jspecify.annotations.NullMarked;
