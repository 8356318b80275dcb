/// HTTP doors: ports that take requests in, within limits, and let none be lost when they close.
///
/// A [Door] listens on one port, with [Tls] or without, and hands each request, as an [Exchange] on
/// a virtual thread of its own, to its [Endpoint], which answers a [Reply]. Bounded are the
/// connections, the header, the body (in length, in time, in its least rate, and in the sum over
/// all requests, see [BodyBudget]), and how long a connection may get nowhere (see [Watch]). How
/// many requests are worked on at once is a matter of the [Lane] that an endpoint runs its work in:
/// so many run, so many wait, the next is told `busy`.
///
/// Closing a door takes no more connections, finishes what has begun, then frees the port.
///
/// This is the one place that knows the HTTP library. Knows nothing of databases or applications.
@NullMarked
package valence.node.http;

import org.jspecify.annotations.NullMarked;
