package valence.storage.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static valence.storage.contract.Contracts.buffer;
import static valence.storage.contract.Contracts.bytes;
import static valence.storage.contract.Contracts.read;
import static valence.storage.contract.Contracts.text;

import org.junit.jupiter.api.Test;
import valence.engine.store.BlobId;
import valence.engine.store.DatabaseId;
import valence.engine.store.RefStore;

/// What every storage does that outlives the process: here [#open] opens the same storage each
/// time.
public abstract class DurableStorageContract extends StorageContract {
  private void reopen() throws Exception {
    storage.close();
    storage = open();
  }

  @Test
  void aStorageIsFoundAsItWasLeft() throws Exception {
    DatabaseId database = DatabaseId.random();
    DatabaseId deleted = DatabaseId.random();
    BlobId blob = BlobId.of(buffer("blob"));
    for (int round = 0; round < 4; round++) {
      assertThat(read(storage.log(), database, 0)).hasSize(round);
      assertThat(read(storage.log(), deleted, 0)).isEmpty();
      assertThat(storage.log().append(database, round, bytes("round " + round))).isTrue();
      assertThat(storage.log().append(deleted, 0, bytes("deleted"))).isTrue();
      storage.log().delete(deleted);
      storage.blobs().put(blob, buffer("blob"));
      reopen();
      assertThat(storage.log().append(database, round, bytes("late"))).isFalse();
      assertThat(read(storage.log(), database, round)).containsExactly("round " + round);
      assertThat(storage.blobs().get(blob).map(Contracts::text)).contains("blob");
    }
  }

  @Test
  void aRefKeepsItsValueAndItsVersions() throws Exception {
    long last = RefStore.ABSENT;
    for (int round = 0; round < 4; round++) {
      assertThat(storage.refs().compareAndSet("root", RefStore.ABSENT, bytes("value")))
          .isTrue();
      reopen();
      RefStore.Ref ref = storage.refs().get("root").orElseThrow();
      assertThat(text(ref.bytes())).isEqualTo("value");
      assertThat(ref.version()).isGreaterThan(last);
      assertThat(storage.refs().compareAndDelete("root", ref.version())).isTrue();
      reopen();
      assertThat(storage.refs().get("root")).isEmpty();
      last = ref.version();
    }
  }
}
