package valence.storage.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static valence.api.Valence.kw;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import valence.api.Client;
import valence.api.Connection;
import valence.api.LogEntry;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalClient;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.LogStore;
import valence.engine.store.Storage;
import valence.storage.memory.MemoryStorage;

/// The log as programs read it, from the storage and from what is kept of it.
class LogEntriesTest {
  private final Storage memory = MemoryStorage.open();
  private final AtomicInteger records = new AtomicInteger();

  private Client client() {
    return new LocalClient(
        new Storage(new Counting(memory.log(), records), memory.refs(), memory.blobs()),
        FunctionResolver.none(),
        Clock.systemUTC());
  }

  private static Connection counters(Client client, int transactions) {
    client.createDatabase("counters");
    Connection connection = client.connect("counters");
    connection.transact("""
        [{:db/ident :counter/n :db/valueType :db.type/long
          :db/cardinality :db.cardinality/one}]""");
    for (long n = 0; n < transactions; n++) {
      connection.transact(List.of(Map.of(kw("db/id"), "counter", kw("counter/n"), n)));
    }
    return connection;
  }

  private static List<LogEntry> read(Connection connection, long from, long to) {
    try (Stream<LogEntry> log = connection.txRange(from, to)) {
      return log.toList();
    }
  }

  @Test
  void whatWasReadIsNotReadFromTheStorageAgain() {
    try (Client client = client()) {
      Connection connection = counters(client, 40);
      List<LogEntry> once = read(connection, 5, 25);
      records.set(0);
      assertEquals(once, read(connection, 5, 25));
      assertEquals(0, records.get());
    }
  }

  @Test
  void aRangeIsReadWholeWhoseEndIsKept() {
    try (Client client = client()) {
      Connection connection = counters(client, 30);
      List<LogEntry> all = new ArrayList<>();
      for (long t = 31; t >= 1; t--) {
        all.addFirst(read(connection, t, t + 1).getFirst());
        assertEquals(all, read(connection, t, 32), "from t=" + t);
      }
    }
  }

  @Test
  void aRangeIsReadWholeOfWhichPlacesAreKept() {
    try (Client client = client()) {
      Connection connection = counters(client, 30);
      for (long kept = 3; kept < 30; kept += 4) {
        read(connection, kept, kept + 1);
      }
      List<Long> ts = read(connection, 1, 32).stream().map(LogEntry::t).toList();
      assertEquals(LongStream.range(1, 32).boxed().toList(), ts);
    }
  }

  @Test
  void aReaderSeesWhatIsAppendedAfterItRead() {
    try (Client client = client()) {
      Connection connection = counters(client, 3);
      long t = connection.db().basisT();
      assertEquals(3, read(connection, 2, t + 1).size());
      connection.transact(List.of(Map.of(kw("db/id"), "counter", kw("counter/n"), 9L)));
      List<LogEntry> more = read(connection, 2, t + 2);
      assertEquals(4, more.size());
      assertTrue(more.getLast().data().stream().anyMatch(datom -> datom.v().equals(9L)));
    }
  }

  /// Counts the records that are read.
  private record Counting(LogStore store, AtomicInteger records) implements LogStore {
    @Override
    public boolean append(DatabaseId database, long position, byte[] bytes) {
      return store.append(database, position, bytes);
    }

    @Override
    public Stream<LogRecord> read(DatabaseId database, long fromPosition) {
      return store.read(database, fromPosition).peek(each -> records.incrementAndGet());
    }

    @Override
    public void delete(DatabaseId database) {
      store.delete(database);
    }

    @Override
    public void close() {
      // it outlives its client
    }
  }
}
