/// How a module offers itself as a system that [valence.api.Valence#client] can reach.
@NullMarked
package valence.api.spi;

import org.jspecify.annotations.NullMarked;
