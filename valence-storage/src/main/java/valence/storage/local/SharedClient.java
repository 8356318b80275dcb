package valence.storage.local;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import valence.api.Client;
import valence.api.Connection;
import valence.api.QueryRequest;

/// One of several clients of an open system: closing it releases its share.
final class SharedClient implements Client {
  private final Client shared;
  private final Runnable release;
  private final AtomicBoolean closed = new AtomicBoolean();

  SharedClient(Client shared, Runnable release) {
    this.shared = shared;
    this.release = release;
  }

  @Override
  public boolean createDatabase(String dbName) {
    return shared.createDatabase(dbName);
  }

  @Override
  public boolean deleteDatabase(String dbName) {
    return shared.deleteDatabase(dbName);
  }

  @Override
  public List<String> listDatabases() {
    return shared.listDatabases();
  }

  @Override
  public Connection connect(String dbName) {
    return shared.connect(dbName);
  }

  @Override
  public <T extends @Nullable Object> T q(QueryRequest request) {
    return shared.q(request);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release.run();
    }
  }
}
