package valence.storage.memory;

import valence.engine.store.Storage;

/// Opens storages that live as long as they are referenced.
public final class MemoryStorage {
  private MemoryStorage() {}

  /// A new, empty storage.
  public static Storage open() {
    return new Storage(new MemoryLogStore(), new MemoryRefStore(), new MemoryBlobStore());
  }

  /// A new storage that begins with what another in memory holds, whose bytes both share: what is
  /// written to one, the other never sees. Nobody may write to the original meanwhile.
  public static Storage copyOf(Storage original) {
    if (original.log() instanceof MemoryLogStore log
        && original.refs() instanceof MemoryRefStore refs
        && original.blobs() instanceof MemoryBlobStore blobs) {
      // Blobs last: what a ref names was put before it.
      MemoryLogStore logs = log.copy();
      MemoryRefStore named = refs.copy();
      return new Storage(logs, named, blobs.copy());
    }
    throw new IllegalArgumentException("a storage that isn't in memory");
  }
}
