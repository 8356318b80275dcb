package valence.storage.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.Connection;
import valence.api.LogEntry;
import valence.api.Transaction;
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
class CommitTest {
  private static final String SCHEMA = """
      [{:db/ident :counter/name :db/valueType :db.type/string
        :db/cardinality :db.cardinality/one :db/unique :db.unique/identity}
       {:db/ident :counter/value :db/valueType :db.type/long
        :db/cardinality :db.cardinality/one}]""";

  private static Client client(Storage storage) {
    return new LocalClient(storage, FunctionResolver.none(), Clock.systemUTC());
  }

  private static Connection counter(Client client) {
    client.createDatabase("counters");
    Connection connection = client.connect("counters");
    connection.transact(SCHEMA);
    connection.transact("[{:counter/name \"a\" :counter/value 0}]");
    return connection;
  }

  private static long value(Connection connection) {
    Long value =
        connection.db().q("[:find ?v . :where [?c :counter/name \"a\"] [?c :counter/value ?v]]");
    return value == null ? -1 : value;
  }

  /// Adds one, again and again until nobody was quicker.
  private static void increment(Connection connection) {
    while (true) {
      long value = value(connection);
      try {
        connection.transact(
            "[[:db/cas [:counter/name \"a\"] :counter/value %d %d]]".formatted(value, value + 1));
        return;
      } catch (AnomalyException e) {
        assertEquals(Category.CONFLICT, e.anomaly().category(), e.getMessage());
      }
    }
  }

  private static void inParallel(int tasks, Runnable task) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> futures = new ArrayList<>();
      for (int i = 0; i < tasks; i++) {
        futures.add(threads.submit(task));
      }
      for (Future<?> future : futures) {
        future.get();
      }
    }
  }

  private static List<Long> ts(Connection connection) {
    try (Stream<LogEntry> log = connection.txRange(null, null)) {
      return log.map(LogEntry::t).toList();
    }
  }

  private static void assertNoGaps(Connection connection) {
    List<Long> ts = ts(connection);
    for (int i = 0; i < ts.size(); i++) {
      assertEquals(i, ts.get(i));
    }
    assertEquals(connection.db().basisT(), ts.getLast());
  }

  @Test
  void incrementsOfManyThreadsAllCount() throws Exception {
    try (Client client = client(MemoryStorage.open())) {
      Connection connection = counter(client);
      inParallel(16, () -> increment(connection, 50));
      assertEquals(16 * 50, value(connection));
      assertNoGaps(connection);
    }
  }

  private static void increment(Connection connection, int times) {
    for (int i = 0; i < times; i++) {
      increment(connection);
    }
  }

  @Test
  void aRequestSentTwiceIsAppliedOnceAndReportedTwice() {
    Storage storage = MemoryStorage.open();
    Transaction request = Transaction.of("[{:db/id \"new\" :counter/name \"b\" :counter/value 7}]")
        .withRequestId(UUID.randomUUID());
    TxReport first;
    try (Client client = client(unclosed(storage))) {
      first = counter(client).transact(request);
    }
    try (Client reopened = client(storage)) {
      Connection connection = reopened.connect("counters");
      long basis = connection.db().basisT();
      TxReport second = connection.transact(request);
      assertEquals(basis, connection.db().basisT());
      assertEquals(first.tempids(), second.tempids());
      assertEquals(List.copyOf(first.txData()).size(), second.txData().size());
      Collection<?> found =
          second.dbAfter().q("[:find ?v :where [?c :counter/name \"b\"] [?c :counter/value ?v]]");
      assertEquals(1, found.size());
      Collection<?> before = second.dbBefore().q("[:find ?c :where [?c :counter/name \"b\"]]");
      assertEquals(0, before.size());
    }
  }

  @Test
  void twoOwnersOfOneLogNeverForkIt() throws Exception {
    Storage storage = MemoryStorage.open();
    try (Client one = client(unclosed(storage));
        Client other = client(unclosed(storage))) {
      Connection first = counter(one);
      Connection second = other.connect("counters");
      AtomicInteger turn = new AtomicInteger();
      inParallel(8, () -> increment(turn.getAndIncrement() % 2 == 0 ? first : second, 25));
      first.transact("[]");
      second.transact("[]");
      first.transact("[]");
      assertEquals(8 * 25, value(first));
      assertEquals(8 * 25, value(second));
      assertNoGaps(first);
      List<Long> ts = ts(first);
      assertEquals(ts.subList(0, ts.size() - 1), ts(second));
    }
  }

  @Test
  void afterAWriteOfUnknownOutcomeTheLogDecides() {
    Storage memory = MemoryStorage.open();
    Failing log = new Failing(memory.log());
    try (Client client = client(new Storage(log, memory.refs(), memory.blobs()))) {
      Connection connection = counter(client);
      for (boolean written : new boolean[] {true, false}) {
        long basis = connection.db().basisT();
        log.failNext = Optional.of(written);
        Transaction request = Transaction.of(
                "[[:db/add [:counter/name \"a\"] :counter/value " + basis + "]]")
            .withRequestId(UUID.randomUUID());
        AnomalyException unknown =
            assertThrows(AnomalyException.class, () -> connection.transact(request));
        assertEquals(Category.UNAVAILABLE, unknown.anomaly().category());
        assertEquals(basis, connection.db().basisT(), "nothing is visible before it is known");
        connection.transact(request);
        assertEquals(basis, value(connection));
        assertEquals(basis + 1, connection.db().basisT(), "applied once");
        assertNoGaps(connection);
      }
    }
  }

  @Test
  void aTransactionTooLargeForARecordIsRefusedBeforeItIsTried() {
    try (Client client = client(MemoryStorage.open())) {
      Connection connection = counter(client);
      long basis = connection.db().basisT();
      List<Object> large = new ArrayList<>();
      for (int i = 0; i < 17_000; i++) {
        large.add(Map.of(Valence.kw("counter/name"), i + "-".repeat(4_000)));
      }
      AnomalyException refused =
          assertThrows(AnomalyException.class, () -> connection.transact(large));
      assertEquals(Category.INCORRECT, refused.anomaly().category(), refused.getMessage());
      assertEquals(basis, connection.db().basisT());
      connection.transact(large.subList(0, 4_000));
      assertNoGaps(connection);
    }
  }

  @Test
  void aRefusedTransactionLeavesNoTrace() {
    try (Client client = client(MemoryStorage.open())) {
      Connection connection = counter(client);
      long basis = connection.db().basisT();
      assertThrows(
          AnomalyException.class,
          () -> connection.transact("[{:counter/name \"c\" :counter/value \"no number\"}]"));
      assertEquals(basis, connection.db().basisT());
      assertEquals(basis + 1, connection.transact("[]").dbAfter().basisT());
    }
  }

  @Test
  void aDeletedDatabaseSaysSo() {
    try (Client client = client(MemoryStorage.open())) {
      Connection connection = counter(client);
      assertTrue(client.deleteDatabase("counters"));
      AnomalyException gone = assertThrows(AnomalyException.class, connection::db);
      assertEquals(Category.NOT_FOUND, gone.anomaly().category());
      assertThrows(AnomalyException.class, () -> client.connect("counters"));
      assertTrue(client.createDatabase("counters"));
      assertEquals(0, client.connect("counters").db().basisT());
    }
  }

  /// The same stores, which outlive their client.
  private static Storage unclosed(Storage storage) {
    return new Storage(
        new Counting(storage.log()), new UnclosedRefs(storage.refs()), storage.blobs());
  }

  /// A log store that counts appends and isn't closed.
  private static class Counting implements LogStore {
    final LogStore log;
    final AtomicInteger appends = new AtomicInteger();

    Counting(LogStore log) {
      this.log = log;
    }

    @Override
    public boolean append(DatabaseId database, long position, byte[] bytes) {
      appends.incrementAndGet();
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

  /// Refs that aren't closed.
  private record UnclosedRefs(RefStore refs) implements RefStore {
    @Override
    public Optional<Ref> get(String name) {
      return refs.get(name);
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
      return refs.list(prefix);
    }

    @Override
    public void close() {
      // they outlive their client
    }
  }

  /// A log store whose next append fails, after or before it has written.
  private static final class Failing extends Counting {
    private Optional<Boolean> failNext = Optional.empty();

    Failing(LogStore log) {
      super(log);
    }

    @Override
    public boolean append(DatabaseId database, long position, byte[] bytes) {
      Optional<Boolean> fail = failNext;
      failNext = Optional.empty();
      if (fail.isEmpty()) {
        return super.append(database, position, bytes);
      }
      if (fail.get()) {
        super.append(database, position, bytes);
      }
      throw new IllegalStateException("the disk went away");
    }
  }
}
