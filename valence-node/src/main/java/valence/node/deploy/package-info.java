/// Makes the wishes of the control database come true, one after the other.
///
/// A deployment is recorded first and driven then: fetch, load, serve. What fails is recorded with
/// its cause, and what served before goes on. A node that ended in between takes up again what it
/// finds unfinished.
///
/// Knows what is recorded and how code is loaded. Knows nothing of HTTP.
@NullMarked
package valence.node.deploy;

import org.jspecify.annotations.NullMarked;
