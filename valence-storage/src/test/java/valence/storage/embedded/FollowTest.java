package valence.storage.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.engine.store.BlobId;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.RefStore;
import valence.engine.store.Storage;

/// A storage is read while somebody else writes it.
@Timeout(120)
class FollowTest {
  private static final int RECORDS = 3_000;
  private static final long SEGMENT_BYTES = 100_000;

  @TempDir
  Path directory;

  private Storage open() {
    return EmbeddedStorage.open(
        new FileDisk(), directory, SEGMENT_BYTES, new SplittableRandom(1)::nextLong, () -> {});
  }

  private static byte[] record(long position) {
    byte[] bytes = new byte[1 + (int) (position * 7 % 300)];
    new SplittableRandom(position).nextBytes(bytes);
    return bytes;
  }

  /// Whatever is acknowledged before a read is in it, and what is read was written.
  @Test
  void aLogIsReadWhileItGrows() throws Exception {
    DatabaseId database = DatabaseId.random();
    AtomicLong acknowledged = new AtomicLong();
    try (Storage storage = open();
        Storage reader = EmbeddedStorage.openToRead(directory)) {
      Thread writer = Thread.ofPlatform().start(() -> {
        for (long position = 0; position < RECORDS; position++) {
          storage.log().append(database, position, record(position));
          acknowledged.set(position + 1);
        }
      });
      SplittableRandom random = new SplittableRandom(2);
      long reads = 0;
      while (acknowledged.get() < RECORDS) {
        long least = acknowledged.get();
        long from = random.nextLong(least + 1);
        try (Stream<LogRecord> records = reader.log().read(database, from)) {
          List<LogRecord> found = records.toList();
          assertTrue(from + found.size() >= least, () -> found.size() + " from " + from);
          for (int i = 0; i < found.size(); i++) {
            assertEquals(from + i, found.get(i).position());
            assertEquals(
                ByteBuffer.wrap(record(from + i)), ByteBuffer.wrap(found.get(i).bytes()));
          }
        }
        reads++;
      }
      writer.join();
      assertTrue(reads > 0);
      storage.log().delete(database);
      try (Stream<LogRecord> records = reader.log().read(database, 0)) {
        assertEquals(0, records.count());
      }
    }
  }

  @Test
  void refsAndBlobsAreReadAsTheyAre() {
    ByteBuffer bytes = ByteBuffer.wrap(new byte[] {1, 2, 3});
    BlobId id = BlobId.of(bytes);
    try (Storage storage = open();
        Storage reader = EmbeddedStorage.openToRead(directory)) {
      storage.refs().compareAndSet("a/b", RefStore.ABSENT, new byte[] {7});
      storage.blobs().put(id, bytes);
      assertEquals(7, reader.refs().get("a/b").orElseThrow().bytes()[0]);
      assertEquals(List.of("a/b"), reader.refs().list("a/"));
      assertEquals(bytes, reader.blobs().get(id).orElseThrow());
      long version = reader.refs().get("a/b").orElseThrow().version();
      storage.refs().compareAndSet("a/b", version, new byte[] {8});
      assertEquals(8, reader.refs().get("a/b").orElseThrow().bytes()[0]);
    }
  }

  @Test
  void nothingIsChanged() throws IOException {
    DatabaseId database = DatabaseId.random();
    try (Storage storage = open()) {
      storage.log().append(database, 0, record(0));
      storage.log().append(database, 1, record(1));
    }
    Path log = directory.resolve("log").resolve(database.toString());
    Path file;
    try (Stream<Path> files = Files.list(log)) {
      file = files.findFirst().orElseThrow();
    }
    byte[] before = Files.readAllBytes(file);
    try (Storage reader = EmbeddedStorage.openToRead(directory)) {
      try (Stream<LogRecord> records = reader.log().read(database, 0)) {
        assertEquals(2, records.count());
      }
      refused(() -> reader.log().append(database, 2, record(2)));
      refused(() -> reader.log().delete(database));
      refused(() -> reader.refs().compareAndSet("a", RefStore.ABSENT, new byte[1]));
      ByteBuffer bytes = ByteBuffer.wrap(new byte[] {1});
      refused(() -> reader.blobs().put(BlobId.of(bytes), bytes));
    }
    assertEquals(ByteBuffer.wrap(before), ByteBuffer.wrap(Files.readAllBytes(file)));
  }

  private static void refused(Runnable change) {
    assertEquals(
        Category.UNSUPPORTED,
        assertThrows(AnomalyException.class, change::run).anomaly().category());
  }

  @Test
  void damageBeforeWholeRecordsIsFound() throws IOException {
    DatabaseId database = DatabaseId.random();
    try (Storage storage = open()) {
      for (long position = 0; position < 10; position++) {
        storage.log().append(database, position, record(position));
      }
    }
    Path file;
    try (Stream<Path> files = Files.list(directory.resolve("log").resolve(database.toString()))) {
      file = files.findFirst().orElseThrow();
    }
    byte[] damaged = Files.readAllBytes(file);
    damaged[Segment.HEADER_BYTES + 25] ^= 4;
    Files.write(file, damaged);
    try (Storage reader = EmbeddedStorage.openToRead(directory)) {
      AnomalyException found = assertThrows(
          AnomalyException.class, () -> reader.log().read(database, 0).close());
      assertEquals(Category.FAULT, found.anomaly().category());
    }
  }

  @Test
  void whereNoStorageIsNoneIsMade() throws IOException {
    AnomalyException none = assertThrows(
        AnomalyException.class, () -> EmbeddedStorage.openToRead(directory.resolve("none")));
    assertEquals(Category.NOT_FOUND, none.anomaly().category());
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(0, files.count());
    }
  }
}
