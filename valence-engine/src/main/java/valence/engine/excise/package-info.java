/// Excision: taking facts out of all history, because somebody asked for it by a transaction.
///
/// A request is an entity that says `:db/excise target`, with `:db.excise/attrs`,
/// `:db.excise/beforeT` and `:db.excise/before` beside it. A [Redaction] is what all open requests
/// come to: which rows go. It is computed from the facts as they were when the request was made, so
/// that whoever does the work, and however often it is begun, the same rows go.
///
/// What must hold: a row goes when its `from` is before the bound of a request, never later than
/// the request itself; a transaction stays, with its instant, so t has no gaps; built-in attributes
/// stay but for `:db/doc`, and with them schema, names, and the requests as record of what was
/// done.
///
/// Knows database values and log transactions. Knows nothing of where a log is kept and how one
/// takes the place of another: that is `valence.engine.local`.
@NullMarked
package valence.engine.excise;

import org.jspecify.annotations.NullMarked;
