/// The application's own door: every request goes to its HTTP handler.
///
/// A handler takes [valence.ion.HttpRequest], or a map as Ring has it, see [RingMaps]. It runs in
/// the application's lane, so many at once. A short body is read before, so that nobody who sends
/// slowly takes a place; a long one is there for the handler to read as it arrives.
///
/// An answer of bytes is sent as it is. Any other is an [Outflow]: written after the handler has
/// returned, as the caller takes it in, with the application kept loaded meanwhile. Events end when
/// another revision takes over or the node goes down, and their callers come again.
///
/// Knows requests and the serving application. Knows nothing of databases or deployments.
@NullMarked
package valence.node.web;

import org.jspecify.annotations.NullMarked;
