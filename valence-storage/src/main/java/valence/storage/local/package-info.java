/// The database in the caller's process: offers `:server-type :local` to `Valence.client`.
///
/// Clients of one directory, or of one named system in memory, share the storage; it is closed with
/// the last of them.
@NullMarked
package valence.storage.local;

import org.jspecify.annotations.NullMarked;
