/// How a module offers a storage that this one doesn't know: PostgreSQL, for one.
@NullMarked
package valence.storage.spi;

import org.jspecify.annotations.NullMarked;
