/// Which storage is meant, out of the arguments of a client or of a command, and opening it.
///
/// The one place that knows every kind of storage: those of this module by their classes, all
/// others by what they offer through [valence.storage.spi.StorageProvider].
@NullMarked
package valence.storage.place;

import org.jspecify.annotations.NullMarked;
