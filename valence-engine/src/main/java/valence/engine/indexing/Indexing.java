package valence.engine.indexing;

import java.time.Duration;

/// How databases of a system are indexed.
///
/// @param noveltyRowsMin  rows of novelty from which a job pays; in a large database a quarter of
///     its rows
/// @param tailRowsMax rows that closing may leave to be read from the log at the next start; more
///     are indexed before
/// @param noveltyBytesMax about the memory that novelty may take; a quarter of it starts a job, all
///     of it holds writers up
/// @param patience        how long a writer is held up before it is told `busy`
/// @param grace           for how long other processes may still read what a root has dropped
/// @param retryFirst      the pause after a first failure; it doubles with each
/// @param retryMax        the longest pause
/// @param cacheBytesMax   what decoded segments may take in memory
/// @param compresses      whether segments are compressed where that saves enough
public record Indexing(
    long noveltyRowsMin,
    long tailRowsMax,
    long noveltyBytesMax,
    Duration patience,
    Duration grace,
    Duration retryFirst,
    Duration retryMax,
    long cacheBytesMax,
    boolean compresses) {
  private static final long NOVELTY_BYTES_LEAST = 64 << 20;
  private static final Duration GARBAGE_PAUSE_MIN = Duration.ofMinutes(1);

  /// What suits a storage that lasts.
  public static Indexing durable() {
    long heapBytes = Runtime.getRuntime().maxMemory();
    return new Indexing(
        64 << 10,
        4 << 10,
        Math.max(NOVELTY_BYTES_LEAST, heapBytes / 5),
        Duration.ofSeconds(10),
        Duration.ofHours(1),
        Duration.ofMillis(200),
        Duration.ofSeconds(30),
        heapBytes / 4,
        true);
  }

  /// When to look again for what may be deleted.
  public Duration garbagePause() {
    return grace.compareTo(GARBAGE_PAUSE_MIN) < 0 ? GARBAGE_PAUSE_MIN : grace;
  }

  /// The same with other room for decoded segments.
  public Indexing withCacheBytesMax(long bytes) {
    return new Indexing(
        noveltyRowsMin,
        tailRowsMax,
        noveltyBytesMax,
        patience,
        grace,
        retryFirst,
        retryMax,
        bytes,
        compresses);
  }

  /// What suits a storage in memory: its bytes are read in place, and nobody else reads them.
  public static Indexing inMemory() {
    Indexing durable = durable();
    return new Indexing(
        durable.noveltyRowsMin,
        Long.MAX_VALUE,
        durable.noveltyBytesMax,
        durable.patience,
        Duration.ZERO,
        durable.retryFirst,
        durable.retryMax,
        durable.cacheBytesMax,
        false);
  }
}
