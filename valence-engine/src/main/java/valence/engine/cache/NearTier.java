package valence.engine.cache;

import java.nio.ByteBuffer;
import java.util.Optional;
import valence.engine.store.BlobId;

/// Copies of blobs that are nearer than their store, bounded by its implementation.
///
/// It never fails: what it can't keep or can't read it doesn't have. Safe for many threads.
public interface NearTier {
  /// One word, for metrics: `disk`, `shared`.
  String name();

  /// The bytes kept for an id, read-only, checked against a checksum taken when they were kept.
  Optional<ByteBuffer> get(BlobId id);

  /// Keeps a copy, perhaps.
  ///
  /// @param bytes from position to limit; not kept after the return
  void put(BlobId id, ByteBuffer bytes);

  /// Drops what is kept for an id.
  void remove(BlobId id);

  /// How often a damaged copy was found and dropped by the tier itself.
  long damaged();
}
