/// How a node gives the code it hosts its surroundings.
@NullMarked
package valence.ion.spi;

import org.jspecify.annotations.NullMarked;
