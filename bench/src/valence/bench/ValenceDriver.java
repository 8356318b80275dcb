package valence.bench;

import bench.drivers.EdnDriver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.api.LogEntry;
import valence.api.QueryRequest;
import valence.api.Valence;
import valence.edn.Edn;

/// Valence in process, in memory or on the embedded store, for the benchmark harness that runs the
/// same workloads on its peers. Compiled against the harness, outside the build.
public final class ValenceDriver extends EdnDriver {
  private static final String DATABASE = "bench";

  private static final long SETTLED_MAX_NANOS = 60_000_000_000L;
  private static final int POLL_MILLIS = 10;
  private static final int SETTLED_POLLS = 20;

  private Client client;
  private Connection connection;

  @Override
  protected Object kw(String name) {
    return Valence.kw(name);
  }

  @Override
  protected Object read(String edn) {
    return Edn.read(edn);
  }

  @Override
  protected void openDb(Path directory, boolean fresh) {
    close();
    Object storage =
        variant.equals("mem") ? Valence.kw("mem") : directory.toAbsolutePath().toString();
    client = Valence.client(Map.of("server-type", Valence.kw("local"), "storage-dir", storage));
    if (fresh) {
      client.createDatabase(DATABASE);
    }
    connection = client.connect(DATABASE);
  }

  @Override
  protected long transact(List<?> txData) {
    return connection.transact(txData).dbAfter().basisT();
  }

  /// Waits until no index job has been under way for longer than one waits to begin.
  @Override
  public void settle() throws InterruptedException {
    long end = System.nanoTime() + SETTLED_MAX_NANOS;
    int quiet = 0;
    while (quiet < SETTLED_POLLS && System.nanoTime() < end) {
      Thread.sleep(POLL_MILLIS);
      quiet = connection.status().indexing().isPresent() ? 0 : quiet + 1;
    }
  }

  @Override
  protected Object db() {
    return connection.db();
  }

  @Override
  protected Object asOf(Object db, long t) {
    return ((Db) db).asOf(t);
  }

  @Override
  protected Object history(Object db) {
    return ((Db) db).history();
  }

  @Override
  protected Collection<?> q(Object query, Object... args) {
    return client.q(
        QueryRequest.of(query, args).withTimeout(Duration.ofMillis(bench.Queries.TIMEOUT_MS)));
  }

  @Override
  protected Map<?, ?> pull(Object db, Object pattern, Object entity) {
    return ((Db) db).pull(pattern, entity);
  }

  @Override
  protected long txRangeCount(long start, long end, Object attribute) {
    long id = connection.db().entid(attribute).orElseThrow();
    long count = 0;
    try (Stream<LogEntry> entries = connection.txRange(start, end)) {
      for (LogEntry entry : (Iterable<LogEntry>) entries::iterator) {
        for (Datom datom : entry.data()) {
          if (datom.a() == id && datom.added()) {
            count++;
          }
        }
      }
    }
    return count;
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
      client = null;
    }
  }

  @Override
  public String info() {
    return "Valence, " + variant + ", in process";
  }
}
