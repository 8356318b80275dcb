package valence.storage.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static valence.storage.contract.Contracts.anomaly;
import static valence.storage.contract.Contracts.assertIncorrect;
import static valence.storage.contract.Contracts.buffer;
import static valence.storage.contract.Contracts.race;
import static valence.storage.contract.Contracts.text;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import valence.api.Anomaly;
import valence.engine.store.BlobId;
import valence.engine.store.BlobStore;

/// What every [BlobStore] does.
public abstract class BlobStoreContract extends StorageContract {
  private BlobStore blobs() {
    return storage.blobs();
  }

  private BlobId put(String text) {
    BlobId id = BlobId.of(buffer(text));
    blobs().put(id, buffer(text));
    return id;
  }

  private Set<BlobId> listed() {
    try (Stream<BlobId> ids = blobs().list()) {
      return ids.collect(Collectors.toSet());
    }
  }

  @Test
  void aBlobThatWasNeverPutIsAbsent() {
    BlobId id = BlobId.of(buffer("never"));
    assertThat(blobs().get(id)).isEmpty();
    assertThat(blobs().contains(id)).isFalse();
    assertThat(listed()).isEmpty();
    blobs().delete(id);
  }

  @Test
  void aBlobIsFoundByItsId() {
    BlobId id = put("hello");
    assertThat(blobs().contains(id)).isTrue();
    assertThat(blobs().get(id).map(Contracts::text)).contains("hello");
    put("hello");
    assertThat(listed()).containsExactly(id);
  }

  @Test
  void sizesFromNothingToMegabytesKeepTheirBytes() {
    Random random = new Random(1);
    for (int size : new int[] {0, 1, 4096, 1 << 20, (1 << 20) + 1, 5_000_000}) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      BlobId id = BlobId.of(ByteBuffer.wrap(bytes));
      blobs().put(id, ByteBuffer.wrap(bytes));
      assertThat(blobs().get(id).orElseThrow()).isEqualTo(ByteBuffer.wrap(bytes));
    }
  }

  @Test
  void onlyTheBytesFromPositionToLimitCount() {
    ByteBuffer bytes = buffer("__hello__").position(2).limit(7);
    BlobId id = BlobId.of(buffer("hello"));
    blobs().put(id, bytes);
    blobs()
        .put(
            BlobId.of(buffer("direct")),
            ByteBuffer.allocateDirect(6).put(buffer("direct")).flip());
    assertThat(bytes.position()).isEqualTo(2);
    assertThat(blobs().get(id).map(Contracts::text)).contains("hello");
  }

  @Test
  void bytesThatArentTheirIdsAreIncorrect() {
    BlobId id = BlobId.of(buffer("hello"));
    assertIncorrect(() -> blobs().put(id, buffer("other")));
    assertThat(blobs().contains(id)).isFalse();
  }

  @Test
  void whatIsHandedOutCantBeChanged() {
    ByteBuffer given = buffer("hello");
    BlobId id = BlobId.of(given);
    blobs().put(id, given);
    given.put(0, (byte) 0);
    ByteBuffer got = blobs().get(id).orElseThrow();
    assertThat(got.isReadOnly()).isTrue();
    got.position(got.limit());
    assertThat(blobs().get(id).map(Contracts::text)).contains("hello");
  }

  @Test
  void aDeletedBlobIsAbsentAndCanBePutAgain() {
    BlobId id = put("hello");
    BlobId other = put("other");
    blobs().delete(id);
    blobs().delete(id);
    assertThat(blobs().get(id)).isEmpty();
    assertThat(listed()).containsExactly(other);
    put("hello");
    assertThat(blobs().get(id).map(Contracts::text)).contains("hello");
  }

  @Test
  void everyBlobIsListedOnce() {
    Set<BlobId> expected = new HashSet<>();
    for (int i = 0; i < 300; i++) {
      expected.add(put("blob " + i));
    }
    try (Stream<BlobId> ids = blobs().list()) {
      assertThat(ids.toList()).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void manyPuttersOfTheSameBlobsAgree() throws Exception {
    race(6, _ -> {
      for (int i = 0; i < 20; i++) {
        BlobId id = put("blob " + i);
        assertThat(text(blobs().get(id).orElseThrow())).isEqualTo("blob " + i);
        assertThat(blobs().contains(id)).isTrue();
      }
      return 0;
    });
    assertThat(listed()).hasSize(20);
  }

  @Test
  void aClosedStoreIsUnavailable() {
    BlobId id = put("hello");
    blobs().close();
    blobs().close();
    assertThat(anomaly(() -> blobs().get(id)).category()).isEqualTo(Anomaly.Category.UNAVAILABLE);
  }
}
