/// The application's own door: every request goes to its HTTP handler.
///
/// Knows requests and the serving application. Knows nothing of databases or deployments.
@NullMarked
package valence.node.web;

import org.jspecify.annotations.NullMarked;
