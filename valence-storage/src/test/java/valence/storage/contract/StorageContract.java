package valence.storage.contract;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import valence.engine.store.Storage;

/// A contract on one storage, which is empty when a test begins.
abstract class StorageContract {
  Storage storage;

  /// Opens a storage with nothing in it.
  protected abstract Storage open() throws Exception;

  @BeforeEach
  void openStorage() throws Exception {
    storage = open();
  }

  @AfterEach
  void closeStorage() {
    storage.close();
  }
}
