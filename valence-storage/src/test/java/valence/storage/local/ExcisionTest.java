package valence.storage.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clojure.lang.Keyword;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.api.Index;
import valence.api.LogEntry;
import valence.api.TxReport;
import valence.api.Valence;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalClient;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.LogStore;
import valence.engine.store.RefStore;
import valence.engine.store.Storage;
import valence.storage.memory.MemoryStorage;

@Timeout(120)
class ExcisionTest {
  private static final String SECRET = "s3cret-and-gone";
  private static final String SCHEMA = """
      [{:db/ident :p/name :db/valueType :db.type/string :db/cardinality :db.cardinality/one
        :db/unique :db.unique/identity}
       {:db/ident :p/note :db/valueType :db.type/string :db/cardinality :db.cardinality/one}
       {:db/ident :p/tag :db/valueType :db.type/string :db/cardinality :db.cardinality/many}
       {:db/ident :p/friend :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}
       {:db/ident :p/part :db/valueType :db.type/ref :db/cardinality :db.cardinality/many
        :db/isComponent true}
       {:db/ident :p/key :db/valueType :db.type/tuple :db/cardinality :db.cardinality/one
        :db/tupleAttrs [:p/name :p/note]}]""";
  private static final Keyword PART = Keyword.intern("p", "part");

  private static Client client(Storage storage) {
    return new LocalClient(storage, FunctionResolver.none(), Clock.systemUTC());
  }

  private static Connection people(Client client) {
    client.createDatabase("people");
    Connection connection = client.connect("people");
    connection.transact(SCHEMA);
    return connection;
  }

  private static List<Datom> log(Connection connection) {
    try (Stream<LogEntry> log = connection.txRange(null, null)) {
      return log.flatMap(entry -> entry.data().stream()).toList();
    }
  }

  private static List<Long> ts(Connection connection) {
    try (Stream<LogEntry> log = connection.txRange(null, null)) {
      return log.map(LogEntry::t).toList();
    }
  }

  private static Set<Datom> history(Db db) {
    return new HashSet<>(db.history().datoms(Index.EAVT).toList());
  }

  /// Every index and the log say the same, and t has no gaps.
  private static void assertWhole(Connection connection, String where) {
    Db db = connection.db();
    Set<Datom> history = history(db);
    assertEquals(history, new HashSet<>(log(connection)), where);
    assertEquals(history, new HashSet<>(db.history().datoms(Index.AEVT).toList()), where);
    List<Long> ts = ts(connection);
    for (int i = 0; i < ts.size(); i++) {
      assertEquals(i, ts.get(i), where);
    }
    assertEquals(db.basisT(), ts.getLast(), where);
  }

  private static boolean says(Connection connection, String text) {
    return log(connection).stream().anyMatch(datom -> datom.v().toString().contains(text));
  }

  @Test
  void anEntityGoesWithItsComponentsFromAllHistory() {
    try (Client client = client(MemoryStorage.open())) {
      Connection connection = people(client);
      long al = id(connection.transact("""
          [{:db/id "al" :p/name "al" :p/note "%1$s 1" :p/tag ["%1$s"]
            :p/part [{:p/note "%1$s part" :p/part [{:p/tag "%1$s deep"}]}]}
           {:p/name "bo" :p/friend "al"}]""".formatted(SECRET)), "al");
      connection.transact("[{:p/name \"al\" :p/note \"" + SECRET + " 2\"}]");
      connection.transact("[[:db/retract [:p/name \"al\"] :p/tag]]");
      Db before = connection.db();
      TxReport asked = connection.transact("[{:db/excise [:p/name \"al\"]}]");
      assertFalse(says(connection, SECRET));
      assertWhole(connection, "excised");
      Db after = connection.syncExcise(asked.dbAfter().basisT());
      assertTrue(after.datoms(Index.EAVT, al).toList().isEmpty());
      assertEquals(1, after.datoms(Index.EAVT, List.of(name(), "bo"), friend()).count());
      assertEquals(SECRET + " 2", before.pull("[:p/note]", al).get(note()));
      assertTrue(says(connection, "bo"));
      long anew = id(connection.transact("[{:db/id \"al\" :p/name \"al\"}]"), "al");
      assertTrue(anew > al);
    }
  }

  private static long id(TxReport report, String tempid) {
    Long id = report.tempids().get(tempid);
    return id == null ? -1 : id;
  }

  private static Keyword name() {
    return Keyword.intern("p", "name");
  }

  private static Keyword note() {
    return Keyword.intern("p", "note");
  }

  private static Keyword friend() {
    return Keyword.intern("p", "friend");
  }

  @Test
  void attributesAndTimesBoundWhatGoes() {
    try (Client client = client(MemoryStorage.open())) {
      Connection connection = people(client);
      connection.transact("[{:p/name \"al\" :p/note \"uno\" :p/tag \"first\"}]");
      TxReport second = connection.transact("[{:p/name \"al\" :p/note \"due\"}]");
      connection.transact("[{:p/name \"al\" :p/note \"three\" :p/tag \"third\"}]");
      connection.transact(List.of(Map.of(
          Keyword.intern("db", "excise"), List.of(name(), "al"),
          Keyword.intern("db.excise", "attrs"), List.of(note()),
          Keyword.intern("db.excise", "beforeT"), second.dbAfter().basisT())));
      assertFalse(says(connection, "uno"), "its composite tuple, too");
      assertTrue(says(connection, "due") && says(connection, "first") && says(connection, "al"));
      connection.transact("[{:db/excise :p/tag}]");
      assertFalse(says(connection, "first") || says(connection, "third"));
      connection.transact("[{:p/name \"al\" :p/tag \"later\"}]");
      connection.transact(
          "[{:db/excise :p/tag :db.excise/before #inst \"1999-01-01T00:00:00.000-00:00\"}]");
      assertTrue(says(connection, "later"));
      assertWhole(connection, "bounded");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{:db/excise :db/ident}]",
        "[{:db/excise :db.type/string}]",
        "[{:db/excise :p/tag :db.excise/attrs [:p/tag]}]",
        "[{:db/excise [:p/name \"al\"] :db.excise/attrs [:db/txInstant]}]",
        "[{:db/excise [:p/name \"al\"] :db.excise/attrs [[:p/name \"al\"]]}]",
        "[{:db/excise [:p/name \"al\"] :db.excise/beforeT -1}]",
        "[{:db/id \"datomic.tx\" :db/excise [:p/name \"al\"]}]",
        "[{:db/id [:p/name \"al\"] :db/excise [:p/name \"al\"]}]",
        "[{:db/excise 17592186999999}]",
        "[{:db/excise \"x\"} {:db/id \"x\" :p/name \"new\"}]"
      })
  void whatCannotBeDoneIsRefused(String txData) {
    try (Client client = client(MemoryStorage.open())) {
      Connection connection = people(client);
      connection.transact("[{:p/name \"al\"}]");
      var refused = assertThrows(AnomalyException.class, () -> connection.transact(txData));
      assertEquals(
          Keyword.intern("db.error", "invalid-excision"),
          refused.anomaly().error().orElse(null));
    }
  }

  /// The rules of the package `valence.engine.excise`, on a list of datoms.
  private static Set<Datom> expected(
      List<Datom> log, Db db, long target, Set<Long> attributes, long beforeT, long requestT) {
    long bound = Math.min(beforeT, requestT);
    Set<Long> whole = new HashSet<>();
    boolean attribute = target < 1 << 20;
    if (!attribute && attributes.isEmpty()) {
      whole.add(target);
    }
    long part = db.entid(PART).orElseThrow();
    boolean grown = !attribute;
    while (grown) {
      grown = false;
      for (Datom datom : log) {
        boolean goes =
            whole.contains(datom.e()) || (datom.e() == target && attributes.contains(datom.a()));
        boolean other = !datom.v().equals(target); // of which only the named attributes go
        if (goes && other && datom.added() && datom.a() == part && t(datom) < bound) {
          grown |= whole.add((Long) datom.v());
        }
      }
    }
    Map<List<Object>, Long> from = new HashMap<>(); // of the row that is open at a datom
    Set<Datom> kept = new HashSet<>();
    for (Datom datom : log) {
      List<Object> fact = List.of(datom.e(), datom.a(), datom.v());
      if (datom.added()) {
        from.put(fact, t(datom));
      }
      Long opened = from.get(fact);
      boolean old = opened != null && opened < bound;
      boolean goes = attribute
          ? datom.a() == target
          : whole.contains(datom.e()) || (datom.e() == target && attributes.contains(datom.a()));
      if (!(old && goes && datom.a() >= 73)) {
        kept.add(datom);
      }
    }
    return kept;
  }

  private static long t(Datom datom) {
    return datom.tx() & ((1L << 42) - 1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void agreesWithAListOfDatoms(long seed) {
    Random random = new Random(seed);
    Storage storage = MemoryStorage.open();
    try (Client client = client(storage)) {
      Connection connection = people(client);
      List<Long> entities = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        entities.add(id(connection.transact("[{:db/id \"e\" :p/name \"n" + i + "\"}]"), "e"));
      }
      for (int n = 0; n < 40; n++) {
        String where = "seed " + seed + ", step " + n;
        if (random.nextInt(5) > 0) {
          try {
            connection.transact(List.of(change(random, entities), change(random, entities)));
          } catch (AnomalyException refused) {
            assertFalse(refused.anomaly().message().isEmpty());
          }
          continue;
        }
        Db db = connection.db();
        boolean ofAttribute = random.nextInt(3) == 0;
        long target = ofAttribute
            ? db.entid(Keyword.intern("p", random.nextBoolean() ? "tag" : "part"))
                .orElseThrow()
            : entities.get(random.nextInt(entities.size()));
        Set<Long> attributes = new HashSet<>();
        Map<Object, Object> request = new HashMap<>();
        request.put(Keyword.intern("db", "excise"), target);
        if (!ofAttribute && random.nextBoolean()) {
          Keyword named = Keyword.intern("p", random.nextBoolean() ? "tag" : "part");
          attributes.add(db.entid(named).orElseThrow());
          request.put(Keyword.intern("db.excise", "attrs"), named);
        }
        long beforeT = Long.MAX_VALUE;
        if (random.nextBoolean()) {
          beforeT = random.nextLong(db.basisT() + 5);
          request.put(Keyword.intern("db.excise", "beforeT"), beforeT);
        }
        long requestT = db.basisT() + 1;
        List<Datom> log = new ArrayList<>(log(connection));
        List<Datom> asked = connection.transact(List.of(request)).txData();
        log.addAll(asked);
        Set<Datom> expected = expected(log, db, target, attributes, beforeT, requestT);
        assertEquals(expected, history(connection.db()), where);
        assertWhole(connection, where);
        Connection reopened = client(storage).connect("people");
        assertEquals(expected, history(reopened.db()), where);
      }
    }
  }

  private static List<Object> change(Random random, List<Long> entities) {
    long e = entities.get(random.nextInt(entities.size()));
    Keyword operation = Keyword.intern("db", random.nextInt(4) > 0 ? "add" : "retract");
    return switch (random.nextInt(4)) {
      case 0 -> List.of(operation, e, Keyword.intern("p", "note"), "note" + random.nextInt(4));
      case 1 -> List.of(operation, e, Keyword.intern("p", "tag"), "tag" + random.nextInt(4));
      case 2 -> List.of(operation, e, PART, entities.get(random.nextInt(entities.size())));
      default -> List.of(operation, e, friend(), entities.get(random.nextInt(entities.size())));
    };
  }

  /// A storage that remembers its logs and fails at one of its writes, before or after doing it,
  /// and from then on: as a process that is killed there.
  private static final class Fragile implements LogStore, RefStore {
    private final Storage storage;
    private final Set<DatabaseId> logs = ConcurrentHashMap.newKeySet();
    private int left = Integer.MAX_VALUE;
    private boolean afterwards;

    Fragile(Storage storage) {
      this.storage = storage;
    }

    void failAt(int write, boolean after) {
      left = write;
      afterwards = after;
    }

    Storage fragile() {
      return new Storage(this, this, storage.blobs());
    }

    private <T> T write(java.util.function.Supplier<T> work) {
      left--;
      boolean last = left == 0;
      if (left < 0 || (last && !afterwards)) {
        throw new valence.api.AnomalyException(
            valence.api.Anomaly.of(Category.UNAVAILABLE, "killed"));
      }
      T result = work.get();
      if (last) {
        throw new valence.api.AnomalyException(
            valence.api.Anomaly.of(Category.UNAVAILABLE, "killed"));
      }
      return result;
    }

    @Override
    public boolean append(DatabaseId database, long position, byte[] bytes) {
      logs.add(database);
      return write(() -> storage.log().append(database, position, bytes));
    }

    @Override
    public Stream<LogRecord> read(DatabaseId database, long fromPosition) {
      return storage.log().read(database, fromPosition);
    }

    @Override
    public void delete(DatabaseId database) {
      write(() -> {
        storage.log().delete(database);
        return true;
      });
    }

    @Override
    public Optional<Ref> get(String name) {
      return storage.refs().get(name);
    }

    @Override
    public boolean compareAndSet(String name, long expectedVersion, byte[] bytes) {
      return write(() -> storage.refs().compareAndSet(name, expectedVersion, bytes));
    }

    @Override
    public boolean compareAndDelete(String name, long expectedVersion) {
      return write(() -> storage.refs().compareAndDelete(name, expectedVersion));
    }

    @Override
    public List<String> list(String prefix) {
      return storage.refs().list(prefix);
    }

    @Override
    public void close() {
      // what is under it goes on
    }
  }

  private static String allBytes(Fragile storage) {
    StringBuilder all = new StringBuilder();
    for (DatabaseId log : storage.logs) {
      try (Stream<LogRecord> records = storage.read(log, 0)) {
        records.forEach(each ->
            all.append(new String(each.bytes(), StandardCharsets.ISO_8859_1)).append('\n'));
      }
    }
    return all.toString();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anInterruptionAtAnyStepIsTakenUpAgain(boolean afterwards) {
    boolean interrupted = true;
    for (int write = 2; interrupted; write++) {
      String where = "write " + write + (afterwards ? ", done" : ", not done");
      Fragile storage = new Fragile(MemoryStorage.open());
      Connection connection = people(client(storage.fragile()));
      connection.transact("[{:p/name \"al\" :p/note \"" + SECRET + "\"} {:p/name \"bo\"}]");
      storage.failAt(write, afterwards);
      TxReport asked = connection.transact("[{:db/excise [:p/name \"al\"]}]");
      interrupted = storage.left <= 0;
      storage.failAt(Integer.MAX_VALUE, false);
      Client next = client(storage.fragile());
      Connection resumed = next.connect("people");
      assertEquals(asked.dbAfter().basisT(), resumed.db().basisT(), where);
      assertFalse(says(resumed, SECRET), where);
      assertTrue(says(resumed, "bo"), where);
      assertFalse(allBytes(storage).contains(SECRET), where);
      assertEquals(List.of(), storage.list("excise/"), where);
      assertWhole(resumed, where);
      resumed.transact("[{:p/name \"cy\"}]");
      Connection first = client(storage.fragile()).connect("people");
      assertTrue(says(first, "cy"), where);
      assertTrue(write < 40, where);
    }
  }

  @Test
  void aConnectionThatWasInterruptedGoesOn() {
    Fragile storage = new Fragile(MemoryStorage.open());
    Connection connection = people(client(storage.fragile()));
    connection.transact("[{:p/name \"al\" :p/note \"" + SECRET + "\"}]");
    storage.failAt(4, false);
    long t = connection.transact("[{:db/excise [:p/name \"al\"]}]").dbAfter().basisT();
    assertTrue(says(connection, SECRET));
    assertThrows(AnomalyException.class, () -> connection.syncExcise(t));
    storage.failAt(Integer.MAX_VALUE, false);
    assertEquals(t, connection.syncExcise(t).basisT());
    assertFalse(says(connection, SECRET));
    assertFalse(allBytes(storage).contains(SECRET));
    assertWhole(connection, "after waiting");
  }

  @Test
  void nothingIsLostThatOthersWriteMeanwhile() throws Exception {
    Storage storage = MemoryStorage.open();
    try (Client client = client(storage);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Connection connection = people(client);
      Connection other = client(storage).connect("people");
      List<Future<Integer>> writers = new ArrayList<>();
      for (Connection each : List.of(connection, connection, other)) {
        int writer = writers.size();
        writers.add(threads.submit(() -> {
          int done = 0;
          for (int i = 0; i < 60; i++) {
            try {
              each.transact("[{:p/name \"w" + writer + "-" + i + "\"}]");
              done++;
            } catch (AnomalyException unknown) {
              assertEquals(Category.UNAVAILABLE, unknown.anomaly().category(), unknown.toString());
            }
          }
          return done;
        }));
      }
      for (int i = 0; i < 6; i++) {
        connection.transact("[{:p/name \"x" + i + "\" :p/note \"" + SECRET + "\"}]");
        connection.transact("[{:db/excise [:p/name \"x" + i + "\"]}]");
      }
      int acknowledged = 0;
      for (Future<Integer> writer : writers) {
        acknowledged += writer.get();
      }
      Connection fresh = client(storage).connect("people");
      long found = log(fresh).stream()
          .filter(datom -> datom.v() instanceof String text && text.startsWith("w"))
          .filter(datom -> fresh.db().ident(datom.a()) == name())
          .count();
      assertTrue(found >= acknowledged, found + " of " + acknowledged);
      assertTrue(acknowledged > 100, acknowledged + " acknowledged");
      assertFalse(says(fresh, SECRET));
      assertWhole(fresh, "after the race");
    }
  }

  @Test
  void theFilesForgetToo(@TempDir Path directory) throws Exception {
    Map<String, Object> system =
        Map.of("server-type", Keyword.intern("local"), "storage-dir", directory.toString());
    try (Client client = Valence.client(system)) {
      Connection connection = people(client);
      connection.transact("[{:p/name \"al\" :p/note \"" + SECRET + "\"} {:p/name \"bo\"}]");
      connection.transact("[{:db/excise [:p/name \"al\"]}]");
      assertFalse(says(connection, SECRET));
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertFalse(bytes.contains(SECRET), file.toString());
      }
    }
    try (Client client = Valence.client(system)) {
      Connection connection = client.connect("people");
      assertFalse(says(connection, SECRET));
      assertTrue(says(connection, "bo"));
      assertWhole(connection, "opened again");
    }
  }
}
