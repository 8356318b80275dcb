/// The sandwich above a [valence.engine.store.BlobStore]: decoded segments in heap, bounded by
/// bytes; then encoded ones on tiers nearer than the store, such as a local disk and a shared
/// directory; then the store.
///
/// What an id names never changes, so tiers need no coordination: a miss reads through and fills
/// the tiers above, and what is damaged in a tier is dropped there and read from the next. Only the
/// store's own word that a segment is missing or damaged is final. Of several readers that miss the
/// same segment, one reads it.
///
/// [CacheStats] counts per tier, over the life of the cache; what one piece of work reads is
/// counted by [valence.engine.index.Reads], under `heap`, the name of a near tier, and `store`.
///
/// Knows segments and the storage SPI. Does no file I/O of its own: a [NearTier] does.
@NullMarked
package valence.engine.cache;

import org.jspecify.annotations.NullMarked;
