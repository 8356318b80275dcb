package valence.storage.memory;

import valence.engine.store.Storage;

/// Opens storages that live as long as they are referenced.
public final class MemoryStorage {
  private MemoryStorage() {}

  /// A new, empty storage.
  public static Storage open() {
    return new Storage(new MemoryLogStore(), new MemoryRefStore(), new MemoryBlobStore());
  }
}
