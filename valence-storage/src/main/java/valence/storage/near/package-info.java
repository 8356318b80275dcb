/// Copies of blobs in a directory: the tiers of the cache that are nearer than the store, on a
/// local disk or in a directory that several nodes share.
///
/// A copy is one file, written under another name and then renamed, so that readers see it whole or
/// not at all, also those of other processes:
///
///     file = blob bytes | CRC32C of them, u32 big-endian
///
/// Nothing is forced to disk: a copy that a crash has torn fails its checksum and is dropped. What
/// was used least recently makes room; the bound holds for what this process knows of.
///
/// Knows the cache's interface. Knows nothing of what the bytes mean.
@NullMarked
package valence.storage.near;

import org.jspecify.annotations.NullMarked;
