package valence.storage.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static valence.storage.contract.Contracts.anomaly;
import static valence.storage.contract.Contracts.assertIncorrect;
import static valence.storage.contract.Contracts.buffer;
import static valence.storage.contract.Contracts.race;
import static valence.storage.contract.Contracts.text;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
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

  private static Map<BlobId, ByteBuffer> blobs(int from, int to) {
    Map<BlobId, ByteBuffer> blobs = new LinkedHashMap<>();
    for (int i = from; i < to; i++) {
      blobs.put(BlobId.of(buffer("blob " + i)), buffer("blob " + i));
    }
    return blobs;
  }

  @Test
  void manyBlobsArePutAtOnceWhateverIsThere() {
    put("blob 7");
    blobs().putAll(blobs(0, 200));
    blobs().putAll(blobs(150, 250));
    blobs().putAll(Map.of());
    assertThat(listed()).isEqualTo(blobs(0, 250).keySet());
    blobs(0, 250).forEach((id, bytes) -> assertThat(blobs().get(id)).contains(bytes));
  }

  @Test
  void ofManyBlobsPutAtOnceEachIsChecked() {
    Map<BlobId, ByteBuffer> mixed = blobs(0, 3);
    mixed.put(BlobId.of(buffer("hello")), buffer("other"));
    assertIncorrect(() -> blobs().putAll(mixed));
    assertThat(blobs().contains(BlobId.of(buffer("hello")))).isFalse();
  }

  @Test
  void manyPuttersOfManyAgree() throws Exception {
    race(6, number -> {
      for (int i = 0; i < 5; i++) {
        blobs().putAll(blobs(number + i * 3, number + i * 3 + 20));
        blobs(number + i * 3, number + i * 3 + 20)
            .keySet()
            .forEach(id -> assertThat(blobs().get(id)).isPresent());
      }
      return 0;
    });
    assertThat(listed()).isEqualTo(blobs(0, 37).keySet());
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
