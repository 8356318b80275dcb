/// What tests of pushes and of whole systems share.
///
/// Knows how this build is run. Knows nothing of what is tested.
@NullMarked
package valence.tools.testing;

import org.jspecify.annotations.NullMarked;
