package valence.storage.memory;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;
import valence.engine.store.BlobId;
import valence.engine.store.BlobStore;
import valence.engine.store.StoreArguments;
import valence.storage.Gate;

/// Blobs in a map.
final class MemoryBlobStore implements BlobStore {
  private final Gate gate;
  private final ConcurrentMap<BlobId, ByteBuffer> blobs;
  private final boolean sealed;

  MemoryBlobStore() {
    this(new Gate("memory blob store", () -> {}), new ConcurrentHashMap<>(), false);
  }

  private MemoryBlobStore(Gate gate, ConcurrentMap<BlobId, ByteBuffer> blobs, boolean sealed) {
    this.gate = gate;
    this.blobs = blobs;
    this.sealed = sealed;
  }

  MemoryBlobStore copy() {
    return new MemoryBlobStore(
        new Gate("memory blob store", () -> {}), new ConcurrentHashMap<>(blobs), sealed);
  }

  @Override
  public BlobStore sealed() {
    return new MemoryBlobStore(gate, blobs, true);
  }

  @Override
  public void put(BlobId id, ByteBuffer bytes) {
    gate.enter();
    try {
      if (sealed) {
        StoreArguments.checkSealedBlob(bytes);
      } else {
        StoreArguments.checkBlob(id, bytes);
      }
      byte[] copy = new byte[bytes.remaining()];
      bytes.duplicate().get(copy);
      blobs.putIfAbsent(id, ByteBuffer.wrap(copy).asReadOnlyBuffer());
    } finally {
      gate.leave();
    }
  }

  @Override
  public Optional<ByteBuffer> get(BlobId id) {
    gate.enter();
    try {
      return Optional.ofNullable(blobs.get(id)).map(ByteBuffer::duplicate);
    } finally {
      gate.leave();
    }
  }

  @Override
  public boolean contains(BlobId id) {
    gate.enter();
    try {
      return blobs.containsKey(id);
    } finally {
      gate.leave();
    }
  }

  @Override
  public void delete(BlobId id) {
    gate.enter();
    try {
      blobs.remove(id);
    } finally {
      gate.leave();
    }
  }

  @Override
  public Stream<BlobId> list() {
    gate.enter();
    try {
      return List.copyOf(blobs.keySet()).stream();
    } finally {
      gate.leave();
    }
  }

  @Override
  public void close() {
    gate.close();
  }
}
