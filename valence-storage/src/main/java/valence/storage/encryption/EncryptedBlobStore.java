package valence.storage.encryption;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import valence.api.Anomaly;
import valence.engine.store.BlobId;
import valence.engine.store.BlobStore;
import valence.engine.store.StoreArguments;

/// Blobs sealed for their id, under a name that hides it.
final class EncryptedBlobStore implements BlobStore {
  private final BlobStore blobs;
  private final Seal seal;
  private final BlobNames names;

  /// @param blobs of sealed bytes
  EncryptedBlobStore(BlobStore blobs, Seal seal, BlobNames names) {
    this.blobs = blobs;
    this.seal = seal;
    this.names = names;
  }

  @Override
  public void put(BlobId id, ByteBuffer bytes) {
    StoreArguments.checkBlob(id, bytes);
    BlobId hidden = names.hidden(id);
    if (!blobs.contains(hidden)) {
      blobs.put(hidden, sealed(id, bytes));
    }
  }

  @Override
  public void putAll(Map<BlobId, ByteBuffer> plain) {
    plain.forEach(StoreArguments::checkBlob);
    Map<BlobId, ByteBuffer> closed = new LinkedHashMap<>();
    plain.forEach((id, bytes) -> closed.put(names.hidden(id), sealed(id, bytes)));
    blobs.putAll(closed);
  }

  @Override
  public Optional<ByteBuffer> get(BlobId id) {
    return blobs.get(names.hidden(id)).map(stored -> {
      ByteBuffer plain = ByteBuffer.wrap(seal.open(Seal.Place.blob(id), bytes(stored)));
      // The seal says that these bytes were put as this id; the id says which bytes.
      if (!BlobId.of(plain).equals(id)) {
        throw Anomaly.fault("The blob " + id + " holds other bytes than its id says.")
            .toException();
      }
      return plain.asReadOnlyBuffer();
    });
  }

  @Override
  public boolean contains(BlobId id) {
    return blobs.contains(names.hidden(id));
  }

  @Override
  public void delete(BlobId id) {
    blobs.delete(names.hidden(id));
  }

  @Override
  public void deleteAll(Collection<BlobId> ids) {
    blobs.deleteAll(ids.stream().map(names::hidden).toList());
  }

  @Override
  public Stream<BlobId> list() {
    return blobs.list().map(names::shown);
  }

  @Override
  public void close() {
    blobs.close();
  }

  private ByteBuffer sealed(BlobId id, ByteBuffer bytes) {
    Seal.Place place = Seal.Place.blob(id);
    if (bytes.hasArray()) {
      int offset = bytes.arrayOffset() + bytes.position();
      return ByteBuffer.wrap(seal.close(place, bytes.array(), offset, bytes.remaining()));
    }
    return ByteBuffer.wrap(seal.close(place, bytes(bytes)));
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
