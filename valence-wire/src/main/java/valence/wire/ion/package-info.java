/// What an application says of itself: its `ion-config.edn`, and the revision that a push
/// registers.
///
/// Both are read by the tools before anything moves and by the node before anything is believed, so
/// that the same mistake gets the same message in both places.
///
/// Knows names and shapes. Knows nothing of classes, files or git.
@NullMarked
package valence.wire.ion;

import org.jspecify.annotations.NullMarked;
