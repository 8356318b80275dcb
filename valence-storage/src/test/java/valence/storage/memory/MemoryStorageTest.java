package valence.storage.memory;

import org.junit.jupiter.api.Nested;
import valence.engine.store.Storage;
import valence.storage.contract.BlobStoreContract;
import valence.storage.contract.LogStoreContract;
import valence.storage.contract.RefStoreContract;

class MemoryStorageTest {
  @Nested
  class Log extends LogStoreContract {
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
