package valence.storage.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import valence.engine.cache.SegmentCache;
import valence.engine.db.Database;
import valence.engine.index.Foundation;
import valence.engine.indexing.BackgroundIndexing;
import valence.engine.indexing.DatabaseIndex;
import valence.engine.indexing.IndexOwner;
import valence.engine.indexing.Indexer;
import valence.engine.indexing.Indexing;
import valence.engine.store.DatabaseId;
import valence.engine.store.Storage;
import valence.storage.memory.MemoryStorage;

/// Another log takes the place of the one that a job is just indexing, at each moment that the job
/// could notice: whoever waits for the job isn't told of it.
@Timeout(60)
class LogReplacedTest {
  private static final Indexing INDEXING = Indexing.inMemory();

  private final Storage storage = MemoryStorage.open();
  private final SegmentCache cache = new SegmentCache(1 << 20, List.of(), storage.blobs());
  private final DatabaseId replaced = DatabaseId.random();
  private final DatabaseId next = DatabaseId.random();

  private DatabaseIndex index(DatabaseId log) {
    return new DatabaseIndex(
        log, storage.refs(), storage.blobs(), cache, INDEXING, InstantSource.system());
  }

  /// An owner that does something just before a job is told what to index.
  private static final class Owner implements IndexOwner {
    private volatile DatabaseId log;
    private volatile Runnable before = () -> {};
    private volatile boolean adopted;

    Owner(DatabaseId log) {
      this.log = log;
    }

    @Override
    public Durable durable() {
      DatabaseId told = log;
      before.run();
      return new Durable(Database.empty("db"), told, 0);
    }

    @Override
    public boolean adopt(Foundation foundation, DatabaseId of) {
      adopted = of.equals(log);
      return adopted;
    }
  }

  @Test
  void aJobIsNotEndedBeforeItsSuccessorIsKnown() throws Exception {
    CountDownLatch replacing = new CountDownLatch(1);
    CountDownLatch jobEnded = new CountDownLatch(1);
    try (Indexer indexer = new Indexer()) {
      Owner owner = new Owner(replaced);
      BackgroundIndexing indexing = new BackgroundIndexing(
          index(replaced),
          log -> {
            replacing.countDown();
            await(jobEnded); // the successor takes its time
            return index(log);
          },
          indexer,
          INDEXING);
      indexing.begin(owner);
      CompletableFuture<Void> moved = CompletableFuture.runAsync(
          () -> indexing.moved(next), task -> Thread.ofPlatform().start(task));
      await(replacing);
      indexing.indexNow();
      jobEnded.countDown();
      moved.get(60, TimeUnit.SECONDS);
      assertTrue(owner.adopted, "the job was done for the log that was there");
      indexing.stop();
    }
  }

  @Test
  void aJobThatIsEndedGoesOnWithTheSuccessor() {
    try (Indexer indexer = new Indexer()) {
      Owner owner = new Owner(replaced);
      BackgroundIndexing indexing =
          new BackgroundIndexing(index(replaced), this::index, indexer, INDEXING);
      indexing.begin(owner);
      owner.before = () -> {
        owner.before = () -> {};
        owner.log = next;
        indexing.moved(next);
      };
      indexing.indexNow();
      assertTrue(owner.adopted, "the job was done for the log that took the place");
      assertEquals(0, indexing.status().failures());
      assertTrue(index(next).open().isPresent());
      indexing.stop();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(60, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
