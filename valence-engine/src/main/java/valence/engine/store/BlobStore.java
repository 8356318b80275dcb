package valence.engine.store;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.stream.Stream;

/// Immutable bytes by id: what an id names never changes, so a copy may be cached for ever.
///
/// Safe for many threads and for several processes on one storage. Fails with `unavailable` when a
/// retry may help and `fault` when not; absence is no failure.
public interface BlobStore extends AutoCloseable {
  int BLOB_BYTES_MAX = 512 << 20;

  /// Returns once the bytes would survive the loss of power. Putting an id again has no effect.
  ///
  /// @param id    the bytes' own; `incorrect` when it isn't
  /// @param bytes from position to limit, at most [#BLOB_BYTES_MAX]; not kept after the return
  void put(BlobId id, ByteBuffer bytes);

  /// The bytes of `id`, read-only; empty when never put or since deleted. Bytes that don't match
  /// their id are a `fault`, never returned.
  Optional<ByteBuffer> get(BlobId id);

  /// Whether [#get] would find it, without reading it.
  boolean contains(BlobId id);

  /// No effect when there is none.
  void delete(BlobId id);

  /// Every id there is, in no order; to be closed by the caller.
  Stream<BlobId> list();

  @Override
  void close();
}
