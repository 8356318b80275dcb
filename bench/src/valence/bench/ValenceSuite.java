package valence.bench;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Db;
import valence.api.QueryRequest;
import valence.api.Valence;

/// Valence in process, in memory.
public final class ValenceSuite implements SuiteSystem {
  private static final int POLL_MILLIS = 10;
  private static final int SETTLED_POLLS = 20;

  private final Client client =
      Valence.client(Map.of("server-type", Valence.kw("local"), "storage-dir", Valence.kw("mem")));

  private final Connection connection;

  public ValenceSuite() {
    client.createDatabase("suite");
    connection = client.connect("suite");
  }

  @Override
  public String name() {
    return "Valence in memory";
  }

  @Override
  public void transact(List<?> txData) {
    connection.transact(txData);
  }

  /// Waits until no index job has been under way for longer than one waits to begin.
  @Override
  public void settle() throws InterruptedException {
    for (int quiet = 0; quiet < SETTLED_POLLS; quiet++) {
      Thread.sleep(POLL_MILLIS);
      if (connection.status().indexing().isPresent()) {
        quiet = 0;
      }
    }
  }

  @Override
  public Db db() {
    return connection.db();
  }

  @Override
  public Collection<?> q(Object query, List<?> args) {
    return ((Db) args.get(0))
        .q(QueryRequest.of(query, args.toArray()).withTimeout(Duration.ofMinutes(1)));
  }

  @Override
  public void close() {
    client.close();
  }
}
