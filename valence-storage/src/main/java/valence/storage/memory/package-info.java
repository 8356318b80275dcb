/// The stores in the heap of one process, for tests: they honour each contract except that nothing
/// survives the process.
///
/// Bytes are copied on the way in and on the way out, so that nobody can change what is stored.
///
/// Knows no files.
@NullMarked
package valence.storage.memory;

import org.jspecify.annotations.NullMarked;
