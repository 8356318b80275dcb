/// The application that a node hosts: its code, loaded beside the node's own and never mixed with
/// it, and swapped without losing a call.
///
/// The [CodeStore] holds artifacts by content. A [CodeLoader] loads one revision from them; it sees
/// the JDK, `valence.api`, `valence.edn`, `valence.ion`, Clojure and SLF4J, and nothing else of the
/// node. An [Application] is a loaded revision: each function that its configuration names is found
/// and checked before it serves, as an [valence.engine.code.EntryPoint]. [Serving] holds the one
/// that serves now; a call keeps the revision that it began on until it ends. [AllowedFunctions] is
/// the engine's way to it.
///
/// Knows code and configuration. Knows nothing of HTTP, or of where revisions are recorded.
@NullMarked
package valence.node.app;

import org.jspecify.annotations.NullMarked;
