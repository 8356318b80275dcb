/// The way to a node over the network: sends operations and artifacts, gives back values and
/// anomalies.
///
/// Every wait has a limit, every answer a bound, and every failure is a `valence.api` anomaly:
/// `unavailable` when no node answers, and one that says that the outcome is unknown when a node
/// stopped answering on the way.
///
/// [NodeClient] calls one operation. Upon it stands a client of the api, offered to
/// `valence.api.Valence` as `:remote` and `:ion`: database values are descriptions, rows arrive
/// while they are read ([RemoteRows]), what happens is heard through all connections
/// ([RemoteFeed]), and [Requests] bounds calls in time and number, and repeats them where that is
/// safe.
///
/// A [NodeAddress] says where the node is, who asks ([Profile] keeps that in a file), which
/// certificate is believed ([Trust]), and whether the way goes through a SOCKS proxy.
///
/// Knows the wire. Knows nothing of how a node does what it is asked.
@NullMarked
package valence.client;

import org.jspecify.annotations.NullMarked;
