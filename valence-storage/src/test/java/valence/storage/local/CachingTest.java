package valence.storage.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Db;
import valence.api.DbStatus;
import valence.api.PullRequest;
import valence.api.QueryRequest;
import valence.api.Transaction;
import valence.api.TxReport;
import valence.api.Valence;
import valence.engine.function.FunctionResolver;
import valence.engine.index.Reads;
import valence.engine.indexing.Indexing;
import valence.engine.local.LocalClient;
import valence.storage.embedded.EmbeddedStorage;
import valence.storage.near.Caching;

/// What a caller sees of caches: the reads of its call by tier, and how the database stands.
class CachingTest {
  private static final Keyword CONTEXT = kw("test/reads");
  private static final String QUERY = "[:find ?e ?n :where [?e :p/name ?n]]";
  private static final String SCHEMA = """
      [{:db/ident :p/name :db/valueType :db.type/string :db/cardinality :db.cardinality/one
        :db/unique :db.unique/identity}]
      """;

  @TempDir
  Path directory;

  private LocalClient open() {
    return new LocalClient(
        EmbeddedStorage.open(directory.resolve("store")),
        FunctionResolver.none(),
        Clock.systemUTC(),
        Indexing.durable(),
        Caching.of(Map.of(kw("disk-dir"), directory.resolve("near"))).open(false));
  }

  @Test
  void everyCallTellsItsReadsByIndexAndTier() {
    try (LocalClient client = open()) {
      client.createDatabase("d");
      client.connect("d").transact(SCHEMA);
      client.connect("d").transact("[{:p/name \"Ada\"} {:p/name \"Ben\"}]");
      client.index("d");
      DbStatus status = client.connect("d").status();
      assertEquals(status.t(), status.indexT());
      assertEquals(0, status.noveltyRows());
    }
    Object ada = List.of(kw("p/name"), "Ada");
    try (LocalClient client = open()) {
      Reads opening = new Reads();
      Connection connection = opening.during(() -> client.connect("d"));
      Map<?, ?> opened = Map.of(kw("io-stats"), opening.ioStats(CONTEXT, "connect"));
      assertTrue(reads(opened).containsKey(kw("store")), opened.toString());
      assertTrue(reads(opened).containsKey(kw("store-ms")), opened.toString());
      Db db = connection.db();
      QueryRequest query = QueryRequest.of(QUERY, db).withIoContext(CONTEXT);
      Map<?, ?> first = db.q(query);
      assertEquals(2, ((Collection<?>) ret(first)).size());
      assertTrue(reads(first).containsKey(kw("aevt")), first.toString());
      Map<?, ?> second = db.q(query);
      assertTrue(reads(second).containsKey(kw("heap")), reads(second).toString());
      assertTrue(reads(second).containsKey(kw("heap-ms")));

      Map<?, ?> pulled = db.pull(PullRequest.of("[:p/name]", ada).withIoContext(CONTEXT));
      assertEquals(Map.of(kw("p/name"), "Ada"), ret(pulled));
      assertTrue(reads(pulled).containsKey(kw("eavt")));
      assertEquals(
          Map.of(kw("p/name"), "Ada"),
          db.pull(PullRequest.of("[:p/name]", ada).withTimeout(Duration.ofSeconds(5))));

      Map<?, ?> lazily = db.qseqWithStats(query);
      assertEquals(2, ((List<?>) ret(lazily)).size());
      assertEquals(kw("qseq"), ((Map<?, ?>) lazily.get(kw("io-stats"))).get(kw("api")));

      Transaction more =
          Transaction.of("[[:db/add [:p/name \"Ada\"] :p/name \"Ada L\"]]").withIoContext(CONTEXT);
      TxReport tried = db.with(more);
      assertEquals(kw("tx-with"), tried.ioStats().get(kw("api")));
      TxReport made = connection.transact(more);
      assertEquals(kw("transact"), made.ioStats().get(kw("api")));
      assertTrue(((Map<?, ?>) made.ioStats().get(kw("reads"))).containsKey(kw("avet")));
      assertEquals(Map.of(), connection.transact("[]").ioStats());
      assertTrue(connection.status().noveltyRows() > 0);
      assertTrue(connection.status().cache().heapHits() > 0);
    }
  }

  @Test
  void aQualifiedKeywordIsExpected() {
    assertThrows(
        AnomalyException.class, () -> Transaction.of("[]").withIoContext(kw("unqualified")));
    assertThrows(
        AnomalyException.class, () -> PullRequest.of("[*]", 1).withIoContext(kw("unqualified")));
  }

  @Test
  void aCacheIsReadFromTheClientsMapAndCheckedFirst() {
    Path near = directory.resolve("near");
    Map<Keyword, Object> cache =
        Map.of(kw("disk-dir"), near.toString(), kw("disk-bytes"), 2L << 20);
    assertEquals(
        List.of(new Caching.Directory("disk", near, 2 << 20)), Caching.of(cache).tiers());
    try (Client client = Valence.client(Map.of(
        "server-type",
        kw("local"),
        "storage-dir",
        directory.resolve("s").toString(),
        "cache",
        cache))) {
      client.createDatabase("x");
      assertEquals(0, client.connect("x").status().cache().repairs());
    }
    for (Object wrong : List.of(
        "yes",
        Map.of(kw("disk-dir"), "relative"),
        Map.of(kw("disk-bytes"), 2L << 20),
        Map.of(kw("disk-dir"), near, kw("disk-bytes"), 1),
        Map.of("dsk-dir", near))) {
      AnomalyException refused =
          assertThrows(AnomalyException.class, () -> Caching.of(wrong), wrong.toString());
      assertEquals(Category.INCORRECT, refused.anomaly().category());
    }
  }

  @Test
  void copiesOfAnEncryptedStorageAreRefused() {
    Caching caching = Caching.of(Map.of(kw("shared-dir"), directory.resolve("near")));
    AnomalyException refused = assertThrows(AnomalyException.class, () -> caching.open(true));
    assertEquals(Category.UNSUPPORTED, refused.anomaly().category());
  }

  private static Object ret(Map<?, ?> answer) {
    return answer.get(kw("ret"));
  }

  private static Map<?, ?> reads(Map<?, ?> answer) {
    return (Map<?, ?>) ((Map<?, ?>) answer.get(kw("io-stats"))).get(kw("reads"));
  }
}
