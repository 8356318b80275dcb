package valence.storage.memory;

import org.junit.jupiter.api.Nested;
import valence.engine.store.Storage;
import valence.storage.contract.BlobStoreContract;
import valence.storage.contract.LogStoreContract;
import valence.storage.contract.RaceContract;
import valence.storage.contract.RefStoreContract;
import valence.storage.contract.SealedBlobContract;

class MemoryStorageTest {
  @Nested
  class Log extends LogStoreContract {
    @Override
    protected Storage open() {
      return MemoryStorage.open();
    }
  }

  @Nested
  class Races extends RaceContract {
    @Override
    protected Storage open() {
      return MemoryStorage.open();
    }

    @Override
    protected Storage openOther(Storage first) {
      return first;
    }
  }

  @Nested
  class SealedBlobs extends SealedBlobContract {
    @Override
    protected Storage open() {
      return MemoryStorage.open();
    }
  }

  @Nested
  class Refs extends RefStoreContract {
    @Override
    protected Storage open() {
      return MemoryStorage.open();
    }
  }

  @Nested
  class Blobs extends BlobStoreContract {
    @Override
    protected Storage open() {
      return MemoryStorage.open();
    }
  }
}
