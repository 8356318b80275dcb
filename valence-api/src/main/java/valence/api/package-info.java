/// What programs see of Valence: a [Client] of a system, a [Connection] to a database, and the
/// database as a value, [Db].
///
/// Data at this edge is EDN data: `Keyword`, `Symbol` and persistent collections of
/// `org.clojure:clojure`, which are also `java.util` collections. Whatever takes data takes plain
/// `java.util` collections or EDN text as well. Every failure is an [AnomalyException].
///
/// A Java program may use its own records instead: [Records] says how they stand in a database.
/// They are mapped with nothing but what [Db] and [Connection] offer to everyone.
///
/// The same interfaces stand for a database in this process, on the node that hosts the caller, and
/// across the network; the map given to [Valence#client] decides.
///
/// Knows nothing of how any of it is done.
@NullMarked
package valence.api;

import org.jspecify.annotations.NullMarked;
