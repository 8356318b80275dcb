package valence.engine.cache;

/// What a cache has done since it was made.
///
/// @param heapHits    segments found decoded; of those remembered beside what led to them, one read
///     in some dozens is counted
/// @param nearHits    segments found on a near tier
/// @param storeReads  segments read from the store
/// @param repairs     damaged copies dropped from near tiers and read anew from further away
/// @param heapBytes   what the decoded segments take now
public record CacheStats(
    long heapHits, long nearHits, long storeReads, long repairs, long heapBytes) {}
