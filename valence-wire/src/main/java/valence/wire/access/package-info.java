/// Who may do what, and how a request proves who sent it.
///
/// A principal has [Grant]s, each an [Action] on a database, on all of them, or on the system. An
/// [AccessKey] speaks for a principal: a request carries a [Signature] made with its secret, which
/// itself never crosses the wire. `docs/protocol.md` gives the canonical form.
///
/// Knows text and HMAC. Knows nothing of files, sockets, or who has which grant.
@NullMarked
package valence.wire.access;

import org.jspecify.annotations.NullMarked;
