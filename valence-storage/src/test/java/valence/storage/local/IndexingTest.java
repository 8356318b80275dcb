package valence.storage.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.api.Connection;
import valence.api.Db;
import valence.api.LogEntry;
import valence.engine.indexing.IndexStatus;
import valence.engine.indexing.Indexing;
import valence.engine.local.LocalClient;
import valence.engine.store.BlobId;
import valence.engine.store.RefStore;
import valence.engine.store.Storage;
import valence.storage.embedded.EmbeddedStorage;
import valence.storage.memory.MemoryStorage;

@Timeout(120)
class IndexingTest {
  private static final long NEVER = Long.MAX_VALUE;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void databasesShowTheirLogWheneverTheyAreIndexedAndReopened(long seed) {
    Storage storage = MemoryStorage.open();
    showTheirLog(seed, new Stores(storage));
  }

  @ParameterizedTest
  @ValueSource(longs = {5, 6})
  void onDiskToo(long seed, @TempDir Path directory) {
    try (Storage storage = EmbeddedStorage.open(directory)) {
      showTheirLog(seed, new Stores(storage));
    }
  }

  private static void showTheirLog(long seed, Stores stores) {
    SplittableRandom random = new SplittableRandom(seed);
    String message = "seed " + seed;
    LocalClient client = Facts.client(stores, Facts.eager(40));
    try {
      Connection connection = Facts.create(client);
      Map<Db, List<String>> kept = new HashMap<>();
      for (int i = 0; i < 150; i++) {
        Facts.transact(connection, random);
        switch (random.nextInt(20)) {
          case 0, 1 -> client.index(Facts.NAME);
          case 2 -> {
            kept.forEach((db, shown) -> assertEquals(shown, Facts.shown(db), message));
            kept.clear(); // whoever reopens with a new client holds no values of the old one
            client.close();
            client = Facts.client(stores, Facts.eager(40));
            connection = client.connect(Facts.NAME);
          }
          case 3 -> kept.put(connection.db(), Facts.shown(connection.db()));
          default -> {
            // the next transaction
          }
        }
      }
      kept.forEach((db, shown) -> assertEquals(shown, Facts.shown(db), message));
      Facts.assertAsLogged(stores, connection, message);
      client.index(Facts.NAME);
      assertEquals(0, client.indexStatus(Facts.NAME).noveltyRows());
      Facts.assertAsLogged(stores, connection, message);
      assertLogIsWhole(connection);
      assertTrue(client.deleteDatabase(Facts.NAME));
      assertNothingIsLeft(stores.client());
    } finally {
      client.close();
    }
  }

  private static void assertLogIsWhole(Connection connection) {
    long basis = connection.db().basisT();
    for (long from : new long[] {0, 1, basis / 3, basis / 2, basis - 1, basis}) {
      try (Stream<LogEntry> log = connection.txRange(from, null)) {
        List<Long> ts = log.map(LogEntry::t).toList();
        List<Long> expected = new ArrayList<>();
        for (long t = from; t <= basis; t++) {
          expected.add(t);
        }
        assertEquals(expected, ts);
      }
    }
  }

  private static void assertNothingIsLeft(Storage storage) {
    assertEquals(List.of(), storage.refs().list("index/"));
    try (Stream<BlobId> blobs = storage.blobs().list()) {
      assertEquals(List.of(), blobs.toList());
    }
  }

  /// Every step of a job fails once, with and without effect: nothing is lost, and the next try
  /// succeeds.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFailureAtAnyStepOfAJobLosesNothing(boolean withEffect) {
    int step = 0;
    boolean failed = true;
    while (failed) {
      Stores stores = new Stores(MemoryStorage.open());
      stores.effectOfFailure = withEffect;
      try (LocalClient client = Facts.client(stores, Facts.eager(NEVER))) {
        Connection connection = Facts.create(client);
        SplittableRandom random = new SplittableRandom(step);
        for (int i = 0; i < 40; i++) {
          Facts.transact(connection, random);
          if (i == 20) {
            client.index(Facts.NAME);
          }
        }
        stores.stepsBeforeFailure.set(step);
        failed = fails(client);
        stores.stepsBeforeFailure.set(-1);
        IndexStatus status = client.indexStatus(Facts.NAME);
        assertEquals(failed ? 1 : 0, status.failures());
        assertEquals(failed, status.lastError().isPresent());
        Facts.assertAsLogged(stores, connection, "step " + step);
        Facts.transact(connection, random);
        client.index(Facts.NAME);
        client.index(Facts.NAME);
        assertEquals(0, client.indexStatus(Facts.NAME).noveltyRows(), "step " + step);
        Facts.assertAsLogged(stores, connection, "step " + step);
      }
      try (LocalClient reopened = Facts.client(stores, Facts.eager(NEVER))) {
        Facts.assertAsLogged(stores, reopened.connect(Facts.NAME), "reopened, step " + step);
        reopened.deleteDatabase(Facts.NAME);
        assertNothingIsLeft(stores.client());
      }
      step++;
    }
    assertTrue(step > 10, "a job has " + step + " steps");
  }

  private static boolean fails(LocalClient client) {
    try {
      client.index(Facts.NAME);
      return false;
    } catch (AnomalyException e) {
      assertTrue(e.anomaly().category().retriable(), e.getMessage());
      return true;
    }
  }

  /// What a job had put when its process died is deleted by the next.
  @Test
  void whatACrashedJobLeftIsCollected() {
    Stores stores = new Stores(MemoryStorage.open());
    try (LocalClient crashed = Facts.client(stores, Facts.eager(NEVER))) {
      Connection connection = Facts.create(crashed);
      Facts.transact(connection, new SplittableRandom(7));
      stores.stepsBeforeFailure.set(6);
      assertTrue(fails(crashed));
      stores.stepsBeforeFailure.set(-1);
    }
    assertTrue(blobs(stores) > 0, "a part was put");
    try (LocalClient next = Facts.client(stores, Facts.eager(NEVER))) {
      next.connect(Facts.NAME);
      next.index(Facts.NAME);
      next.index(Facts.NAME);
      assertTrue(
          blobs(stores) <= 9,
          () -> blobs(stores) + " blobs for eight trees of one leaf, and counts");
    }
  }

  private static long blobs(Stores stores) {
    try (Stream<BlobId> blobs = stores.client().blobs().list()) {
      return blobs.count();
    }
  }

  @Test
  void garbageIsDeletedWhenNobodyReadsIt() {
    Stores stores = new Stores(MemoryStorage.open());
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 5; i++) {
      try (LocalClient client = Facts.client(stores, Facts.eager(NEVER))) {
        Connection connection = i == 0 ? Facts.create(client) : client.connect(Facts.NAME);
        Db before = connection.db();
        List<String> shown = Facts.shown(before);
        for (int j = 0; j < 10; j++) {
          Facts.transact(connection, random);
          client.index(Facts.NAME);
        }
        assertEquals(shown, Facts.shown(before), "an old value stays valid");
        assertEquals(before.dbName(), Facts.NAME);
      }
    }
    try (LocalClient client = Facts.client(stores, Facts.eager(NEVER))) {
      client.connect(Facts.NAME);
      client.index(Facts.NAME);
      assertTrue(
          blobs(stores) <= 9,
          () -> blobs(stores) + " blobs for eight trees of one leaf, and the counts of values");
    }
  }

  @Test
  void openingReadsTheRootAndTheTailWhateverTheSize() {
    List<List<Integer>> reads = new ArrayList<>();
    for (int transactions : new int[] {50, 1000}) {
      Stores stores = new Stores(MemoryStorage.open());
      SplittableRandom random = new SplittableRandom(11);
      try (LocalClient client = Facts.client(stores, Facts.eager(NEVER))) {
        Connection connection = Facts.create(client);
        for (int i = 0; i < transactions; i++) {
          connection.transact("[{:p/name \"n" + i + "\" :p/age " + i + "}]");
        }
        client.index(Facts.NAME);
        for (int i = 0; i < 5; i++) {
          Facts.transact(connection, random);
        }
      }
      stores.recordsRead.set(0);
      stores.blobsRead.set(0);
      try (LocalClient client = Facts.client(stores, Facts.eager(NEVER))) {
        Db db = client.connect(Facts.NAME).db();
        assertEquals(
            List.of(7L),
            List.of(db.<Object>q("[:find ?a . :where [?p :p/name \"n7\"] [?p :p/age ?a]]")));
        reads.add(List.of(stores.recordsRead.get(), stores.blobsRead.get()));
        stores.recordsRead.set(0);
        try (Stream<LogEntry> log =
            client.connect(Facts.NAME).txRange(transactions / 2, transactions / 2 + 1)) {
          assertEquals(List.of(transactions / 2L), log.map(LogEntry::t).toList());
        }
        assertTrue(
            stores.recordsRead.get() < 20, () -> stores.recordsRead + " records read for one");
      }
    }
    assertEquals(reads.get(0).get(0), reads.get(1).get(0), "log records read");
    assertTrue(reads.get(1).get(0) <= 7, () -> reads + " log records for a tail of five");
    assertTrue(reads.get(1).get(1) <= 20, () -> reads + " segments read");
  }

  @Test
  void atTheHardLimitWritersAreBusyUntilIndexingCanGoOn() {
    Stores stores = new Stores(MemoryStorage.open());
    Indexing indexing = new Indexing(
        NEVER,
        Long.MAX_VALUE,
        200_000,
        Duration.ZERO,
        Duration.ZERO,
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        16 << 20,
        true);
    try (LocalClient client = Facts.client(stores, indexing)) {
      Connection connection = Facts.create(client);
      stores.down = true;
      AnomalyException busy = assertThrows(AnomalyException.class, () -> {
        for (int i = 0; i < 10_000; i++) {
          connection.transact("[{:p/name \"n" + i + "\" :p/age " + i + "}]");
        }
      });
      assertEquals(Category.BUSY, busy.anomaly().category(), busy.getMessage());
      assertTrue(client.indexStatus(Facts.NAME).noveltyBytes() >= 200_000);
      long basis = connection.db().basisT();
      stores.down = false;
      client.index(Facts.NAME);
      assertEquals(0, client.indexStatus(Facts.NAME).failures());
      connection.transact("[{:p/name \"after\"}]");
      assertEquals(basis + 1, connection.db().basisT());
      Facts.assertAsLogged(stores, connection, "after the limit");
    }
  }

  @Test
  void writersReadersAndJobsDoNotDisturbEachOther() throws Exception {
    Stores stores = new Stores(MemoryStorage.open());
    try (LocalClient client = Facts.client(stores, Facts.eager(100))) {
      Connection connection = Facts.create(client);
      int accounts = 10;
      for (int i = 0; i < accounts; i++) {
        connection.transact("[{:p/name \"n" + i + "\" :p/age 100}]");
      }
      AtomicBoolean writing = new AtomicBoolean(true);
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<?>> writers = new ArrayList<>();
        for (int writer = 0; writer < 4; writer++) {
          SplittableRandom random = new SplittableRandom(writer);
          writers.add(threads.submit(() -> {
            for (int i = 0; i < 150; i++) {
              move(connection, random.nextInt(accounts), random.nextInt(accounts));
            }
          }));
        }
        List<Future<?>> readers = new ArrayList<>();
        for (int reader = 0; reader < 2; reader++) {
          readers.add(threads.submit(() -> {
            while (writing.get()) {
              Db db = connection.db();
              assertEquals(100L * accounts, sum(db));
              assertEquals(100L * accounts, sum(db.asOf(Math.max(accounts + 1, db.basisT() - 20))));
            }
          }));
        }
        for (Future<?> writer : writers) {
          writer.get();
        }
        writing.set(false);
        for (Future<?> reader : readers) {
          reader.get();
        }
      }
      assertTrue(client.indexStatus(Facts.NAME).indexT() > 0, "it was indexed meanwhile");
      Facts.assertAsLogged(stores, connection, "after all");
    }
  }

  private static long sum(Db db) {
    Long sum = db.q("[:find (sum ?a) . :with ?p :where [?p :p/age ?a]]");
    return sum == null ? 0 : sum;
  }

  private static void move(Connection connection, int from, int to) {
    if (from == to) {
      return;
    }
    while (true) {
      Db db = connection.db();
      try {
        connection.transact("[%s %s]".formatted(change(db, from, -1), change(db, to, 1)));
        return;
      } catch (AnomalyException e) {
        assertEquals(Category.CONFLICT, e.anomaly().category(), e.getMessage());
      }
    }
  }

  private static String change(Db db, int account, int by) {
    Long now = db.q("[:find ?a . :where [?p :p/name \"n" + account + "\"] [?p :p/age ?a]]");
    return "[:db/cas [:p/name \"n%d\"] :p/age %d %d]".formatted(account, now, now + by);
  }

  @Test
  void twoOwnersOfOneStorageShareTheirRoots() throws Exception {
    Stores stores = new Stores(MemoryStorage.open());
    try (LocalClient one = Facts.client(stores, Facts.eager(60));
        LocalClient other = Facts.client(stores, Facts.eager(60))) {
      Facts.create(one);
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<?>> writers = new ArrayList<>();
        for (LocalClient client : List.of(one, other, one, other)) {
          SplittableRandom random = new SplittableRandom(writers.size());
          Connection connection = client.connect(Facts.NAME);
          writers.add(threads.submit(() -> {
            for (int i = 0; i < 60; i++) {
              Facts.transact(connection, random);
            }
          }));
        }
        for (Future<?> writer : writers) {
          writer.get();
        }
      }
      for (LocalClient client : List.of(one, other)) {
        client.connect(Facts.NAME).transact("[]");
      }
      one.connect(Facts.NAME).transact("[]");
      Facts.assertAsLogged(stores, one.connect(Facts.NAME), "the first");
    }
  }

  @Test
  void aDamagedRootIsNamedAndTheIndexCanBeMadeAnew() {
    Stores stores = new Stores(MemoryStorage.open());
    String root;
    try (LocalClient client = Facts.client(stores, Facts.eager(NEVER))) {
      Facts.create(client);
      client.index(Facts.NAME);
      root = stores.client().refs().list("index/").getFirst();
    }
    RefStore refs = stores.client().refs();
    long version = refs.get(root).orElseThrow().version();
    assertTrue(refs.compareAndSet(root, version, "{:format 1".getBytes(StandardCharsets.UTF_8)));
    try (LocalClient client = Facts.client(stores, Facts.eager(NEVER))) {
      AnomalyException fault =
          assertThrows(AnomalyException.class, () -> client.connect(Facts.NAME));
      assertEquals(Category.FAULT, fault.anomaly().category());
      assertTrue(fault.getMessage().contains("root of the index"), fault.getMessage());
      client.rebuildIndex(Facts.NAME);
      Facts.assertAsLogged(stores, client.connect(Facts.NAME), "made anew");
    }
  }

  @Test
  void lostSegmentsAreNamedAndTheIndexCanBeMadeAnew() {
    Stores stores = new Stores(MemoryStorage.open());
    try (LocalClient client = Facts.client(stores, Facts.eager(NEVER))) {
      Facts.create(client);
      client.index(Facts.NAME);
    }
    Storage storage = stores.client();
    List<BlobId> lost;
    try (Stream<BlobId> blobs = storage.blobs().list()) {
      lost = blobs.toList();
    }
    lost.forEach(storage.blobs()::delete);
    try (LocalClient client = Facts.client(stores, Facts.eager(NEVER))) {
      AnomalyException fault =
          assertThrows(AnomalyException.class, () -> client.connect(Facts.NAME));
      assertEquals(Category.FAULT, fault.anomaly().category());
      assertTrue(
          lost.stream().anyMatch(id -> fault.getMessage().contains(id.hex())), fault.getMessage());
      client.rebuildIndex(Facts.NAME);
      Facts.assertAsLogged(stores, client.connect(Facts.NAME), "made anew");
    }
  }
}
