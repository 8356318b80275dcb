package valence.storage.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import valence.api.Datom;
import valence.api.Db;
import valence.api.Index;
import valence.engine.function.FunctionResolver;
import valence.engine.indexing.Indexing;
import valence.engine.local.LocalClient;
import valence.engine.store.BlobId;
import valence.engine.store.BlobStore;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.LogStore;
import valence.engine.store.RefStore;
import valence.engine.store.Storage;

/// What must hold of a database in a storage, whatever happened to it before.
final class WholeDatabase {
  private static final long CLEANING_NANOS_MAX = Duration.ofSeconds(60).toNanos();

  private WholeDatabase() {}

  /// Indexes from a few rows on, and deletes at once what it may.
  static Indexing eager(long noveltyRowsMin) {
    return new Indexing(
        noveltyRowsMin,
        Long.MAX_VALUE,
        64 << 20,
        Duration.ofSeconds(10),
        Duration.ZERO,
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        16 << 20,
        true);
  }

  static LocalClient client(Storage storage, long noveltyRowsMin) {
    return new LocalClient(
        storage, FunctionResolver.none(), Clock.systemUTC(), eager(noveltyRowsMin), List.of());
  }

  /// The storage for one of several clients: closing that leaves it open.
  static Storage shared(Storage storage) {
    return new Storage(
        new Log(storage.log()), new Refs(storage.refs(), false), new Blobs(storage.blobs()));
  }

  /// All four indexes, current and past, show what the log says, read by somebody who never saw
  /// them.
  static void assertIndexesAgreeWithLog(Storage storage, String name) {
    Storage logAlone = new Storage(
        new Log(storage.log()), new Refs(storage.refs(), true), new Blobs(storage.blobs()));
    try (LocalClient indexed = client(shared(storage), Long.MAX_VALUE);
        LocalClient replayed = client(logAlone, Long.MAX_VALUE)) {
      Db actual = indexed.connect(name).db();
      Db expected = replayed.connect(name).db();
      assertEquals(expected.basisT(), actual.basisT());
      assertEquals(expected.stats(), actual.stats());
      long t = expected.basisT();
      assertSame(expected, actual);
      assertSame(expected.history(), actual.history());
      assertSame(expected.asOf(t / 2), actual.asOf(t / 2));
      assertSame(expected.since(t / 3), actual.since(t / 3));
    }
  }

  private static void assertSame(Db expected, Db actual) {
    for (Index index : Index.values()) {
      try (Stream<Datom> logged = expected.datoms(index);
          Stream<Datom> found = actual.datoms(index)) {
        Iterator<Datom> left = logged.iterator();
        Iterator<Datom> right = found.iterator();
        while (left.hasNext() && right.hasNext()) {
          assertEquals(left.next(), right.next(), index.name());
        }
        assertFalse(left.hasNext(), () -> index + " lacks " + left.next());
        assertFalse(right.hasNext(), () -> index + " has beyond the log " + right.next());
      }
    }
  }

  /// Once indexed and collected, there is no blob, and no index, that the indexes don't have.
  static void assertNothingIsLeftOver(Storage storage, String name) {
    try (LocalClient client = client(shared(storage), Long.MAX_VALUE)) {
      client.connect(name).transact("[]");
      client.index(name);
    }
    Blobs blobs = new Blobs(storage.blobs());
    Storage counted = new Storage(new Log(storage.log()), new Refs(storage.refs(), false), blobs);
    try (LocalClient client = client(counted, Long.MAX_VALUE)) {
      client.connect(name);
      client.index(name); // there is nothing to index: it collects
      long end = System.nanoTime() + CLEANING_NANOS_MAX;
      while (storage.refs().list("index/").size() > 1 && System.nanoTime() < end) {
        Thread.yield(); // the indexes of replaced logs are deleted in the background
      }
    }
    blobs.read.clear();
    Storage fresh = new Storage(new Log(storage.log()), new Refs(storage.refs(), false), blobs);
    try (LocalClient client = client(fresh, Long.MAX_VALUE)) {
      Db db = client.connect(name).db();
      for (Db view : List.of(db, db.history())) {
        for (Index index : Index.values()) {
          try (Stream<Datom> datoms = view.datoms(index)) {
            assertTrue(datoms.count() >= 0);
          }
        }
      }
    }
    Set<String> leftOver = new TreeSet<>();
    try (Stream<BlobId> all = storage.blobs().list()) {
      all.filter(id -> !blobs.read.contains(id)).forEach(id -> leftOver.add(id.hex()));
    }
    assertEquals(1, storage.refs().list("index/").size(), "indexes");
    assertEquals(Set.of(), leftOver, "blobs that no index has");
    assertEquals(List.of(), storage.refs().list("excise/"), "copies of logs");
  }

  private record Log(LogStore log) implements LogStore {
    @Override
    public boolean append(DatabaseId database, long position, byte[] bytes) {
      return log.append(database, position, bytes);
    }

    @Override
    public Stream<LogRecord> read(DatabaseId database, long fromPosition) {
      return log.read(database, fromPosition);
    }

    @Override
    public void delete(DatabaseId database) {
      log.delete(database);
    }

    @Override
    public void close() {
      // it outlives its client
    }
  }

  private record Refs(RefStore refs, boolean withoutIndexes) implements RefStore {
    private boolean hides(String name) {
      return withoutIndexes && name.startsWith("index/");
    }

    @Override
    public Optional<Ref> get(String name) {
      return hides(name) ? Optional.empty() : refs.get(name);
    }

    @Override
    public boolean compareAndSet(String name, long expectedVersion, byte[] bytes) {
      return refs.compareAndSet(name, expectedVersion, bytes);
    }

    @Override
    public boolean compareAndDelete(String name, long expectedVersion) {
      return refs.compareAndDelete(name, expectedVersion);
    }

    @Override
    public List<String> list(String prefix) {
      return hides(prefix) ? List.of() : refs.list(prefix);
    }

    @Override
    public void close() {
      // they outlive their client
    }
  }

  private static final class Blobs implements BlobStore {
    private final BlobStore blobs;
    private final Set<BlobId> read = ConcurrentHashMap.newKeySet();

    Blobs(BlobStore blobs) {
      this.blobs = blobs;
    }

    @Override
    public void put(BlobId id, ByteBuffer bytes) {
      blobs.put(id, bytes);
    }

    @Override
    public Optional<ByteBuffer> get(BlobId id) {
      read.add(id);
      return blobs.get(id);
    }

    @Override
    public boolean contains(BlobId id) {
      return blobs.contains(id);
    }

    @Override
    public void delete(BlobId id) {
      blobs.delete(id);
    }

    @Override
    public void deleteAll(java.util.Collection<BlobId> ids) {
      blobs.deleteAll(new HashSet<>(ids));
    }

    @Override
    public Stream<BlobId> list() {
      return blobs.list();
    }

    @Override
    public void close() {
      // they outlive their client
    }
  }
}
