package valence.storage.local;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import valence.api.Anomaly;
import valence.api.Anomaly.Category;
import valence.engine.store.BlobId;
import valence.engine.store.BlobStore;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.LogStore;
import valence.engine.store.RefStore;
import valence.engine.store.Storage;

/// A storage that outlives its clients, counts what is read, and fails when told to.
final class Stores {
  private final Storage storage;
  final AtomicInteger recordsRead = new AtomicInteger();
  final AtomicInteger blobsRead = new AtomicInteger();

  /// Appends, blob puts, deletes and sets of refs still to come before one fails; negative for
  /// none.
  final AtomicInteger stepsBeforeFailure = new AtomicInteger(-1);

  /// Whether the step that fails has its effect nevertheless.
  volatile boolean effectOfFailure;

  /// Whether all steps fail but those of the log.
  volatile boolean down;

  Stores(Storage storage) {
    this.storage = storage;
  }

  /// The stores for one client.
  Storage client() {
    return new Storage(new Log(), new Refs(false), new Blobs());
  }

  /// The stores for a client that sees the log alone, not the indexes.
  Storage logAlone() {
    return new Storage(new Log(), new Refs(true), new Blobs());
  }

  private void step(Runnable effect) {
    boolean fails = down || stepsBeforeFailure.getAndDecrement() == 0;
    if (!fails || effectOfFailure) {
      effect.run();
    }
    if (fails) {
      throw Anomaly.of(Category.UNAVAILABLE, "The store fails, as it was told to.")
          .toException();
    }
  }

  private void logStep(Runnable effect) {
    if (down) {
      effect.run();
    } else {
      step(effect);
    }
  }

  private final class Log implements LogStore {
    @Override
    public boolean append(DatabaseId database, long position, byte[] bytes) {
      boolean[] appended = {false};
      logStep(() -> appended[0] = storage.log().append(database, position, bytes));
      return appended[0];
    }

    @Override
    public Stream<LogRecord> read(DatabaseId database, long fromPosition) {
      return storage.log().read(database, fromPosition).peek(_ -> recordsRead.incrementAndGet());
    }

    @Override
    public void delete(DatabaseId database) {
      logStep(() -> storage.log().delete(database));
    }

    @Override
    public void close() {
      // it outlives its client
    }
  }

  private final class Refs implements RefStore {
    private final boolean withoutIndexes;

    Refs(boolean withoutIndexes) {
      this.withoutIndexes = withoutIndexes;
    }

    @Override
    public Optional<Ref> get(String name) {
      return withoutIndexes && name.startsWith("index/")
          ? Optional.empty()
          : storage.refs().get(name);
    }

    @Override
    public boolean compareAndSet(String name, long expectedVersion, byte[] bytes) {
      boolean[] set = {false};
      step(() -> set[0] = storage.refs().compareAndSet(name, expectedVersion, bytes));
      return set[0];
    }

    @Override
    public boolean compareAndDelete(String name, long expectedVersion) {
      boolean[] deleted = {false};
      step(() -> deleted[0] = storage.refs().compareAndDelete(name, expectedVersion));
      return deleted[0];
    }

    @Override
    public List<String> list(String prefix) {
      return storage.refs().list(prefix);
    }

    @Override
    public void close() {
      // they outlive their client
    }
  }

  private final class Blobs implements BlobStore {
    @Override
    public void put(BlobId id, ByteBuffer bytes) {
      step(() -> storage.blobs().put(id, bytes));
    }

    @Override
    public Optional<ByteBuffer> get(BlobId id) {
      blobsRead.incrementAndGet();
      return storage.blobs().get(id);
    }

    @Override
    public boolean contains(BlobId id) {
      return storage.blobs().contains(id);
    }

    @Override
    public void delete(BlobId id) {
      step(() -> storage.blobs().delete(id));
    }

    @Override
    public Stream<BlobId> list() {
      return storage.blobs().list();
    }

    @Override
    public void close() {
      // they outlive their client
    }
  }
}
