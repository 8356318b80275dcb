package valence.engine.store;

/// The three stores of one system.
public record Storage(LogStore log, RefStore refs, BlobStore blobs) implements AutoCloseable {
  @Override
  public void close() {
    try (log;
        refs;
        blobs) {
      // closed in reverse order, each even if another fails
    }
  }
}
