/// Live queries for HTTP clients: `/live-queries` answers with a stream of events, the result of a
/// query and then its changes.
///
/// The work is [valence.api.Connection#live]'s; here are the form of requests and events, and how
/// they end. A stream isn't a request under way in the sense of a principal's limits, since it
/// lasts; it has a limit of its own, together with the operations that last. Those are for
/// programs, this for browsers.
///
/// Knows the api and the door. Knows nothing of how queries run.
@NullMarked
package valence.node.live;

import org.jspecify.annotations.NullMarked;
