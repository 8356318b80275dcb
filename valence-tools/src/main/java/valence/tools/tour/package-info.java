/// What guided tours of Valence share: steps that say what they did and how long it took, and git
/// repositories made of the example applications.
///
/// Knows terminals, folders and git. Knows nothing of systems and of what a tour shows.
@NullMarked
package valence.tools.tour;

import org.jspecify.annotations.NullMarked;
