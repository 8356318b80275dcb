package valence.engine.store;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import valence.api.Anomaly;

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

  /// Puts many, as [#put] puts one, and waits once for all of them where a store can: returns once
  /// each would survive the loss of power. When it fails, any of them may be there, each whole.
  ///
  /// @param blobs not kept after the return; a store may hold a copy of them meanwhile, so that the
  ///     memory bounds how many
  default void putAll(Map<BlobId, ByteBuffer> blobs) {
    blobs.forEach(this::put);
  }

  /// The bytes of `id`, read-only; empty when never put or since deleted. Bytes that don't match
  /// their id are a `fault`, never returned.
  Optional<ByteBuffer> get(BlobId id);

  /// Whether [#get] would find it, without reading it.
  boolean contains(BlobId id);

  /// No effect when there is none.
  void delete(BlobId id);

  /// Deletes many; returns once none of them would come back after a loss of power, as one that
  /// [#delete] deleted may.
  default void deleteAll(Collection<BlobId> ids) {
    ids.forEach(this::delete);
  }

  /// Every id there is, in no order; to be closed by the caller.
  Stream<BlobId> list();

  /// These blobs for a caller who seals bytes and finds each changed one when opening the seal, as
  /// encryption does: an id is then a name of the caller's choice, which this store doesn't compare
  /// with the bytes. All else is as here, the closing too. `unsupported` where there is none.
  default BlobStore sealed() {
    throw Anomaly.of(
            Anomaly.Category.UNSUPPORTED,
            "This blob store keeps no sealed bytes.",
            "Open the storage without encryption, or use another.")
        .toException();
  }

  @Override
  void close();
}
