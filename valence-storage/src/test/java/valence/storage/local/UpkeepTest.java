package valence.storage.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static valence.api.Valence.kw;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.api.Index;
import valence.engine.cache.CacheStats;
import valence.engine.cache.SegmentCache;
import valence.engine.function.FunctionResolver;
import valence.engine.indexing.DatabaseIndex;
import valence.engine.indexing.Indexing;
import valence.engine.local.Catalog;
import valence.engine.local.LocalClient;
import valence.engine.store.BlobId;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.Storage;
import valence.storage.embedded.EmbeddedStorage;
import valence.storage.memory.MemoryStorage;
import valence.storage.near.Caching;

/// What goes when it may, and no earlier: values without history, deleted databases, indexes of
/// replaced logs; and copies of segments that come back.
@Timeout(120)
class UpkeepTest {
  private static final long NEVER = Long.MAX_VALUE;

  /// Values of an attribute without history are forgotten when they are indexed, never while they
  /// are current; those of the others stay.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void valuesWithoutHistoryAreForgottenWhenIndexed(long seed) {
    String message = "seed " + seed;
    SplittableRandom random = new SplittableRandom(seed);
    Stores stores = new Stores(MemoryStorage.open());
    Map<Long, Long> seen = new HashMap<>();
    Map<Long, Long> kept = new HashMap<>();
    long asserted = 0;
    LocalClient client = Facts.client(stores, Facts.eager(NEVER));
    try {
      client.createDatabase(Facts.NAME);
      Connection connection = client.connect(Facts.NAME);
      connection.transact("""
          [{:db/ident :n/seen :db/valueType :db.type/long :db/noHistory true
            :db/cardinality :db.cardinality/one}
           {:db/ident :n/kept :db/valueType :db.type/long :db/cardinality :db.cardinality/one}]""");
      connection.transact(
          "[[:db/add \"a\" :n/kept 0] [:db/add \"b\" :n/kept 0] [:db/add \"c\" :n/kept 0]]");
      List<Long> entities = entities(connection.db());
      entities.forEach(entity -> kept.put(entity, 0L));
      asserted += entities.size();
      for (int i = 1; i < 80; i++) {
        long entity = entities.get(random.nextInt(entities.size()));
        if (random.nextInt(5) == 0 && seen.containsKey(entity)) {
          connection.transact("[[:db/retract " + entity + " :n/seen " + seen.remove(entity) + "]]");
        } else {
          connection.transact(
              "[[:db/add %d :n/seen %d] [:db/add %d :n/kept %d]]".formatted(entity, i, entity, i));
          seen.put(entity, (long) i);
          kept.put(entity, (long) i);
          asserted++;
        }
        if (random.nextInt(8) == 0) {
          client.index(Facts.NAME);
          assertEquals(seen, values(connection.db(), "seen"), message);
          assertEquals(seen, values(connection.db().history(), "seen"), message);
        }
        if (random.nextInt(20) == 0) {
          client.close();
          client = Facts.client(stores, Facts.eager(NEVER));
          connection = client.connect(Facts.NAME);
        }
        assertEquals(seen, values(connection.db(), "seen"), message);
        assertEquals(kept, values(connection.db(), "kept"), message);
        try (Stream<Datom> history = connection.db().history().datoms(Index.AEVT, kw("n/kept"))) {
          assertEquals(asserted, history.filter(Datom::added).count(), message);
        }
      }
    } finally {
      client.close();
    }
  }

  private static List<Long> entities(Db db) {
    try (Stream<Datom> datoms = db.datoms(Index.AEVT, kw("n/kept"))) {
      return List.copyOf(new TreeSet<>(datoms.map(Datom::e).toList()));
    }
  }

  /// The values by their entities; each has one.
  private static Map<Long, Long> values(Db db, String attribute) {
    Map<Long, Long> values = new HashMap<>();
    try (Stream<Datom> datoms = db.datoms(Index.AEVT, kw("n/" + attribute))) {
      datoms.forEach(datom -> {
        assertTrue(datom.added());
        assertEquals(null, values.put(datom.e(), (Long) datom.v()));
      });
    }
    return values;
  }

  /// Each write of a deletion fails once, with and without effect; the next who uses the storage
  /// finishes it.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatABrokenDeletionLeftIsCollected(boolean withEffect) {
    boolean failed = true;
    for (int step = 0; failed; step++) {
      String message = "step " + step;
      Stores stores = new Stores(MemoryStorage.open());
      stores.effectOfFailure = withEffect;
      DatabaseId log;
      try (LocalClient client = Facts.client(stores, Facts.eager(NEVER))) {
        Facts.create(client);
        client.index(Facts.NAME);
        log = new Catalog(stores.client().refs()).existing(Facts.NAME).id();
        stores.stepsBeforeFailure.set(step);
        failed = fails(() -> client.deleteDatabase(Facts.NAME));
        stores.stepsBeforeFailure.set(-1);
      }
      boolean isThere = !new Catalog(stores.client().refs()).names().isEmpty();
      try (LocalClient client = Facts.client(stores, Facts.eager(NEVER))) {
        if (isThere) {
          assertTrue(client.connect(Facts.NAME).db().basisT() > 0, message);
          assertTrue(client.deleteDatabase(Facts.NAME), message);
        } else {
          client.deleteDatabase("none"); // looks for leftovers
        }
      }
      Storage left = stores.client();
      assertEquals(List.of(), left.refs().list(""), message);
      try (Stream<BlobId> blobs = left.blobs().list();
          Stream<LogRecord> records = left.log().read(log, 0)) {
        assertEquals(0, blobs.count(), message);
        assertEquals(0, records.count(), message);
      }
    }
  }

  /// Closing indexes what would take the next start long to read, and leaves the rest.
  @Test
  void closingLeavesTheNextStartLittleToRead() {
    Stores stores = new Stores(MemoryStorage.open());
    for (int[] rowsAndLeft : new int[][] {{20_000, 0}, {50, 50}}) {
      try (LocalClient client = Facts.client(stores, Indexing.durable())) {
        client.createDatabase("n");
        Connection connection = client.connect("n");
        connection.transact("""
            [{:db/ident :n/n :db/valueType :db.type/long :db/cardinality :db.cardinality/one}]""");
        StringBuilder rows = new StringBuilder("[");
        for (int i = 0; i < rowsAndLeft[0]; i++) {
          rows.append("{:n/n ").append(i).append('}');
        }
        connection.transact(rows + "]");
      }
      try (LocalClient client = Facts.client(stores, Indexing.durable())) {
        long left = client.indexStatus("n").noveltyRows();
        assertTrue(left >= rowsAndLeft[1] && left < rowsAndLeft[1] + 20, () -> left + " rows");
      }
    }
  }

  private static boolean fails(Runnable run) {
    try {
      run.run();
      return false;
    } catch (AnomalyException e) {
      assertTrue(e.anomaly().category().retriable(), e.getMessage());
      return true;
    }
  }

  /// Values in other processes read the indexes of a replaced log until the grace period is over.
  @Test
  void theIndexOfAReplacedLogIsKeptForTheGracePeriod() {
    Storage storage = MemoryStorage.open();
    AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochSecond(1_000_000));
    InstantSource clock = now::get;
    Stores stores = new Stores(storage);
    DatabaseId log;
    try (LocalClient client = Facts.client(stores, Facts.eager(NEVER))) {
      Facts.create(client);
      client.index(Facts.NAME);
      log = new Catalog(storage.refs()).existing(Facts.NAME).id();
    }
    long blobs = count(storage);
    assertFalse(index(storage, log, clock).discard());
    now.set(now.get().plus(Duration.ofMinutes(59)));
    assertFalse(index(storage, log, clock).discard(), "another process goes on waiting");
    assertTrue(count(storage) >= blobs);
    now.set(now.get().plus(Duration.ofMinutes(1)));
    assertTrue(index(storage, log, clock).discard());
    assertEquals(0, count(storage));
    assertEquals(List.of(), storage.refs().list("index/"));
  }

  private static DatabaseIndex index(Storage storage, DatabaseId log, InstantSource clock) {
    SegmentCache cache = new SegmentCache(1 << 20, List.of(), storage.blobs());
    return new DatabaseIndex(
        log, storage.refs(), storage.blobs(), cache, Indexing.durable(), clock);
  }

  private static long count(Storage storage) {
    try (Stream<BlobId> blobs = storage.blobs().list()) {
      return blobs.count();
    }
  }

  /// Each layer below the heap is deleted and damaged in turn: as long as another has a copy, the
  /// next process reads from it, puts it back and counts that.
  @Test
  void aLayerThatIsLostOrDamagedHeals(@TempDir Path directory) throws IOException {
    List<Path> layers = List.of(directory.resolve("near"), directory.resolve("shared"));
    try (LocalClient client = open(directory)) {
      client.createDatabase("d");
      client.connect("d").transact("""
          [{:db/ident :p/name :db/valueType :db.type/string
            :db/cardinality :db.cardinality/one}]""");
      client.connect("d").transact("[[:db/add \"e\" :p/name \"a name\"]]");
      client.index("d");
    }
    read(directory);
    CacheStats near = read(directory);
    assertTrue(near.nearHits() > 0);
    assertEquals(0, near.storeReads(), "all is near");
    for (Path layer : layers) {
      change(layer, true);
      assertEquals(0, read(directory).storeReads(), "the other layer has it");
      change(layer, false);
      CacheStats healed = read(directory);
      assertEquals(0, healed.storeReads(), "the other layer has it");
      if (layer.equals(layers.getFirst())) { // the farther one isn't asked
        assertTrue(healed.repairs() > 0);
      }
      assertEquals(0, read(directory).repairs(), "healed");
    }
    for (Path layer : layers) {
      change(layer, true);
    }
    read(directory);
    for (Path layer : layers) {
      change(layer, false);
    }
    CacheStats fromStore = read(directory);
    assertTrue(fromStore.storeReads() > 0);
    assertTrue(fromStore.repairs() >= 2 * fromStore.storeReads(), "both layers were mended");
    assertEquals(0, read(directory).storeReads(), "healed");
    for (Path layer : layers) {
      change(layer, true);
    }
    change(directory.resolve("store").resolve("blobs"), false);
    AnomalyException lost = assertThrows(AnomalyException.class, () -> read(directory));
    assertEquals(Category.FAULT, lost.anomaly().category());
    assertTrue(lost.getMessage().contains("valence db reindex"), lost.getMessage());
    try (LocalClient client = open(directory)) {
      client.rebuildIndex("d");
      assertEquals("[[\"a name\"]]", names(client));
    }
    read(directory);
  }

  private static LocalClient open(Path directory) {
    return new LocalClient(
        EmbeddedStorage.open(directory.resolve("store")),
        FunctionResolver.none(),
        Clock.systemUTC(),
        Indexing.durable(),
        Caching.of(Map.of(
                kw("disk-dir"), directory.resolve("near"),
                kw("shared-dir"), directory.resolve("shared")))
            .open(false));
  }

  private static String names(LocalClient client) {
    return valence.edn.Edn.print(
        client.connect("d").db().<Object>q("[:find ?n :where [_ :p/name ?n]]"));
  }

  /// What a new process reads; it closes with what it did.
  private static CacheStats read(Path directory) {
    try (LocalClient client = open(directory)) {
      assertTrue(names(client).contains("a name"));
      return client.cacheStats();
    }
  }

  /// Deletes or damages all files of a layer that hold segments.
  private static void change(Path layer, boolean deletes) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(layer)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      if (deletes) {
        Files.delete(file);
      } else {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
      }
    }
  }
}
