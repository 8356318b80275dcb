package valence.storage.local;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static valence.api.Valence.kw;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Db;
import valence.api.Index;
import valence.api.LogEntry;
import valence.api.Transaction;
import valence.api.TxReport;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalClient;
import valence.engine.log.LogTransaction;
import valence.engine.log.TransactionLog;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.LogStore;
import valence.engine.store.Storage;
import valence.storage.memory.MemoryStorage;

/// Many callers of one database share its durable writes, and each gets the answer to what it sent.
@Timeout(120)
class GroupCommitTest {
  private static final String SCHEMA = """
      [{:db/ident :note/id :db/valueType :db.type/string
        :db/cardinality :db.cardinality/one :db/unique :db.unique/value}]""";

  private final Storage memory = MemoryStorage.open();

  private Client client(LogStore log, FunctionResolver functions) {
    return new LocalClient(
        new Storage(log, memory.refs(), memory.blobs()), functions, Clock.systemUTC());
  }

  private static Connection notes(Client client) {
    client.createDatabase("notes");
    Connection connection = client.connect("notes");
    connection.transact(SCHEMA);
    return connection;
  }

  private static List<Object> note(String id) {
    return List.of(Map.of(kw("note/id"), id));
  }

  private static Set<String> ids(Db db) {
    Set<String> ids = new HashSet<>();
    db.datoms(Index.AEVT, kw("note/id")).forEach(datom -> {
      assertTrue(ids.add((String) datom.v()), () -> datom + " stands twice");
    });
    return ids;
  }

  private static Set<String> logged(Connection connection) {
    Set<String> ids = new HashSet<>();
    long id = connection.db().entid(kw("note/id")).orElseThrow();
    try (Stream<LogEntry> log = connection.txRange(null, null)) {
      long[] t = {0};
      log.forEach(entry -> {
        assertEquals(t[0]++, entry.t());
        entry.data().stream().filter(datom -> datom.a() == id).forEach(datom -> {
          assertTrue(ids.add((String) datom.v()), () -> datom + " was said twice");
        });
      });
      assertEquals(connection.db().basisT(), t[0] - 1);
    }
    return ids;
  }

  /// Appends that fail before or after they have written, and others who write in between.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void whateverFailsEachCallerIsToldTheTruth(long seed) throws Exception {
    Unreliable log = new Unreliable(memory.log(), seed);
    Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    Set<String> refused = ConcurrentHashMap.newKeySet();
    Set<String> unknown = ConcurrentHashMap.newKeySet();
    try (Client client = client(log, FunctionResolver.none());
        Client other = client(log, FunctionResolver.none())) {
      Connection connection = notes(client);
      Connection rival = other.connect("notes");
      log.failing = true;
      int callers = 48;
      try (ExecutorService threads = Executors.newFixedThreadPool(callers)) {
        List<Future<?>> done = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
          int caller = i;
          Connection mine = i % 16 == 0 ? rival : connection;
          done.add(threads.submit(() -> {
            for (int n = 0; n < 30; n++) {
              String id = n % 5 == 4 ? "twice " + n : caller + " " + n;
              try {
                TxReport report = mine.transact(note(id));
                assertTrue(acknowledged.add(id), () -> id + " was acknowledged twice");
                assertTrue(ids(report.dbAfter()).contains(id));
                assertFalse(ids(report.dbBefore()).contains(id));
                assertTrue(mine.db().basisT() >= report.dbAfter().basisT());
              } catch (AnomalyException e) {
                switch (e.anomaly().category()) {
                  case UNAVAILABLE -> unknown.add(id);
                  case CONFLICT -> refused.add(id);
                  default -> throw e;
                }
              }
              assertTrue(mine.db().basisT() <= log.newestT(), "visible before it was durable");
            }
            return null;
          }));
        }
        for (Future<?> each : done) {
          each.get();
        }
      }
      log.failing = false;
      connection.transact(List.of());
      Set<String> found = ids(connection.db());
      assertEquals(found, logged(connection), "seed " + seed);
      assertTrue(found.containsAll(acknowledged), "seed " + seed);
      assertTrue(found.containsAll(refused), "refused for something that isn't there");
      for (String id : found) {
        assertTrue(acknowledged.contains(id) || unknown.contains(id), id + ", seed " + seed);
      }
      assertTrue(log.failures > 0 && acknowledged.size() > 100, "seed " + seed);
    }
  }

  @Test
  void aRequestIdIsAppliedOnceHoweverManySendItAtOnce() throws Exception {
    Unreliable log = new Unreliable(memory.log(), 5);
    try (Client client = client(log, FunctionResolver.none())) {
      Connection connection = notes(client);
      log.failing = true;
      Transaction request = Transaction.of(note("once")).withRequestId(UUID.randomUUID());
      List<Thread> callers = new ArrayList<>();
      Set<Long> ts = ConcurrentHashMap.newKeySet();
      for (int i = 0; i < 32; i++) {
        callers.add(Thread.ofPlatform().start(() -> {
          while (true) {
            try {
              ts.add(connection.transact(request).dbAfter().basisT());
              return;
            } catch (AnomalyException e) {
              assertEquals(Category.UNAVAILABLE, e.anomaly().category(), e.getMessage());
            }
          }
        }));
      }
      for (Thread caller : callers) {
        caller.join();
      }
      assertEquals(1, ts.size());
      assertEquals(Set.of("once"), logged(connection));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRefusalWaitsForTheWriteThatItRestsOn(boolean fails) throws Exception {
    Gated log = new Gated(memory.log());
    try (Client client = client(log, FunctionResolver.none())) {
      Connection connection = notes(client);
      log.closed = true;
      FutureTask<TxReport> first = new FutureTask<>(() -> connection.transact(note("a")));
      Thread.ofPlatform().start(first);
      log.arrived.acquire();
      FutureTask<TxReport> second = new FutureTask<>(() -> connection.transact(note("a")));
      Thread waiter = Thread.ofPlatform().start(second);
      awaitParked(waiter);
      assertFalse(second.isDone(), "refused for what isn't durable");
      log.fails = fails;
      log.closed = false;
      log.gate.countDown();
      if (fails) {
        assertEquals(Category.UNAVAILABLE, category(first));
        second.get(); // nothing stands in its way any more
      } else {
        first.get();
        assertEquals(Category.CONFLICT, category(second));
      }
    }
  }

  @Test
  void whoseTimeIsUpIsToldWhetherItMayStillBeApplied() throws Exception {
    Gated log = new Gated(memory.log());
    CountDownLatch called = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    FunctionResolver functions = (name, use) -> args -> {
      called.countDown();
      goOn.await();
      return List.of();
    };
    try (Client client = client(log, functions)) {
      Connection connection = notes(client);
      FutureTask<TxReport> slow = new FutureTask<>(() -> connection.transact("[[my.app/wait]]"));
      Thread.ofPlatform().start(slow);
      called.await();
      AnomalyException withdrawn = timesOut(connection, "withdrawn");
      assertTrue(withdrawn.getMessage().contains("Nothing was applied"), withdrawn.getMessage());
      FutureTask<TxReport> interrupted =
          new FutureTask<>(() -> connection.transact(note("interrupted")));
      Thread thread = Thread.ofPlatform().start(interrupted);
      awaitParked(thread);
      thread.interrupt();
      assertEquals(Category.INTERRUPTED, category(interrupted));
      log.closed = true;
      goOn.countDown();
      log.arrived.acquire();
      AnomalyException open = timesOut(connection, "open");
      assertTrue(open.getMessage().contains("outcome is unknown"), open.getMessage());
      log.closed = false;
      log.gate.countDown();
      slow.get();
      connection.transact(List.of());
      assertEquals(Set.of("open"), ids(connection.db()));
    }
  }

  /// What is computed while a write is under way goes into the next one, together.
  @Test
  void whoeverComesDuringAWriteSharesTheNext() throws Exception {
    int callers = 64;
    Gated log = new Gated(memory.log());
    Semaphore computed = new Semaphore(0);
    InstantSource clock = () -> {
      computed.release(); // each transaction asks once
      return Instant.now();
    };
    try (Client client = new LocalClient(
        new Storage(log, memory.refs(), memory.blobs()), FunctionResolver.none(), clock)) {
      Connection connection = notes(client);
      log.closed = true;
      FutureTask<TxReport> first = new FutureTask<>(() -> connection.transact(note("first")));
      Thread.ofPlatform().start(first);
      log.arrived.acquire();
      computed.drainPermits();
      List<FutureTask<TxReport>> others = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        String id = "n" + i;
        FutureTask<TxReport> other = new FutureTask<>(() -> connection.transact(note(id)));
        others.add(other);
        Thread.ofPlatform().start(other);
      }
      computed.acquire(callers);
      log.gate.countDown();
      first.get();
      for (FutureTask<TxReport> other : others) {
        other.get();
      }
      // The last of them may have been on its way from being computed to being handed over.
      int later = log.arrived.availablePermits();
      assertTrue(later <= 2, () -> later + " writes of " + callers + " transactions");
      assertEquals(callers + 1, logged(connection).size());
    }
  }

  @Test
  void aTransactionFunctionCannotTransact() {
    Connection[] own = new Connection[1];
    FunctionResolver functions =
        (name, use) -> args -> own[0].transact(note("inner")).txData();
    try (Client client = client(memory.log(), functions)) {
      own[0] = notes(client);
      AnomalyException refused =
          assertThrows(AnomalyException.class, () -> own[0].transact("[[my.app/nested]]"));
      assertEquals(Category.FORBIDDEN, refused.anomaly().category(), refused.getMessage());
      assertEquals(Set.of(), ids(own[0].db()));
    }
  }

  private static AnomalyException timesOut(Connection connection, String id) {
    AnomalyException timedOut = assertThrows(
        AnomalyException.class,
        () -> connection.transact(Transaction.of(note(id)).withTimeout(Duration.ofMillis(20))));
    assertEquals(Category.UNAVAILABLE, timedOut.anomaly().category());
    return timedOut;
  }

  private static Category category(FutureTask<?> task) {
    ExecutionException failed = assertThrows(ExecutionException.class, task::get);
    return ((AnomalyException) failed.getCause()).anomaly().category();
  }

  private static void awaitParked(Thread thread) {
    while (thread.getState() != Thread.State.TIMED_WAITING
        && thread.getState() != Thread.State.TERMINATED) {
      Thread.onSpinWait();
    }
  }

  /// Another store's log, which outlives this one.
  private static class Passing implements LogStore {
    private final LogStore log;

    Passing(LogStore log) {
      this.log = log;
    }

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

  /// Every fourth append fails, half of those when they have written.
  private static final class Unreliable extends Passing {
    private final SplittableRandom random; // guarded by this
    private volatile boolean failing;
    private int failures; // guarded by this

    private @Nullable TransactionLog audit; // guarded by this
    private long newestT; // guarded by this

    Unreliable(LogStore log, long seed) {
      super(log);
      this.random = new SplittableRandom(seed);
    }

    @Override
    public synchronized boolean append(DatabaseId database, long position, byte[] bytes) {
      audit = audit == null ? new TransactionLog(this, database, 0) : audit;
      int chance = failing ? random.nextInt(8) : 7;
      failures += chance < 2 ? 1 : 0;
      boolean written = chance != 0 && super.append(database, position, bytes);
      if (chance < 2) {
        throw new IllegalStateException("the disk went away");
      }
      return written;
    }

    /// The newest t that the store holds.
    synchronized long newestT() {
      TransactionLog log = requireNonNull(audit);
      try (Stream<LogTransaction> more = log.catchUp()) {
        more.forEach(each -> newestT = each.novelty().t());
      }
      return newestT;
    }
  }

  /// A log whose appends wait for a gate, then perhaps fail.
  private static final class Gated extends Passing {
    private final Semaphore arrived = new Semaphore(0);
    private final CountDownLatch gate = new CountDownLatch(1);
    private volatile boolean closed;
    private volatile boolean fails;

    Gated(LogStore log) {
      super(log);
    }

    @Override
    public boolean append(DatabaseId database, long position, byte[] bytes) {
      if (closed) {
        arrived.release();
        try {
          gate.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
        if (fails) {
          fails = false;
          throw new IllegalStateException("the disk went away");
        }
      }
      return super.append(database, position, bytes);
    }
  }
}
