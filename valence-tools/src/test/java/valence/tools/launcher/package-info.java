/// Tests of `./valence`, the script that starts everything: which JDK it picks, when it builds, and
/// what it says when it can do neither.
@NullMarked
package valence.tools.launcher;

import org.jspecify.annotations.NullMarked;
