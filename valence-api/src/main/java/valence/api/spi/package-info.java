/// How a module offers itself as a system that [valence.api.Valence#client] can reach, and
/// what other modules need of how the api names and holds data.
@NullMarked
package valence.api.spi;

import org.jspecify.annotations.NullMarked;
