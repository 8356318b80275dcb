/// Tests that hold the architecture and the style: the arrows between modules and packages, what
/// each package must say of itself, names, format, and words that no file may hold.
///
/// Whoever adds a package adds its arrows to [ArrowsTest]. What these tests can check, nobody
/// argues about.
@NullMarked
package valence.architecture;

import org.jspecify.annotations.NullMarked;
