/// The operations of the protocol (`docs/protocol.md`): from a checked request to a value, or an
/// anomaly.
///
/// Knows requests and what answers them. Knows nothing of sockets.
@NullMarked
package valence.node.operation;

import org.jspecify.annotations.NullMarked;
