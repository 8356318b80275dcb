/// What hosted code is given of its node: a client of the system, `AppInfo`, `Params`,
/// `Env` and `Cast`.
///
/// `valence-api` finds this package's classes through `META-INF/services`; they find the revision
/// that asks by its [valence.node.app.CodeLoader]. So nothing here is static or global, and several
/// nodes can live in one process.
///
/// Knows the api and who asks. Knows nothing of the network.
@NullMarked
package valence.node.hosted;

import org.jspecify.annotations.NullMarked;
