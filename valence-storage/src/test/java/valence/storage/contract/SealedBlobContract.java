package valence.storage.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static valence.storage.contract.Contracts.assertIncorrect;
import static valence.storage.contract.Contracts.buffer;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import valence.engine.store.BlobId;
import valence.engine.store.BlobStore;

/// What a [BlobStore] does that can be encrypted.
public abstract class SealedBlobContract extends StorageContract {
  @Test
  void sealedBytesAreKeptUnderTheNameThatTheyAreGiven() {
    BlobStore sealed = storage.blobs().sealed();
    BlobId name = BlobId.of(buffer("a name"));
    sealed.put(name, buffer("sealed"));
    sealed.putAll(Map.of(BlobId.of(buffer("another")), buffer("sealed too")));
    assertThat(sealed.get(name).map(Contracts::text)).contains("sealed");
    assertThat(sealed.contains(name)).isTrue();
    sealed.delete(name);
    assertThat(sealed.get(name)).isEmpty();
    assertIncorrect(() -> storage.blobs().put(name, buffer("sealed")));
  }

  @Test
  void sealedBytesOfAnySizeAreKept() {
    BlobStore sealed = storage.blobs().sealed();
    BlobId name = BlobId.of(buffer("a name"));
    byte[] bytes = new byte[5_000_000];
    new Random(1).nextBytes(bytes);
    sealed.put(name, ByteBuffer.wrap(bytes));
    assertThat(sealed.get(name)).contains(ByteBuffer.wrap(bytes));
    try (Stream<BlobId> ids = sealed.list()) {
      assertThat(ids).containsExactly(name);
    }
  }
}
