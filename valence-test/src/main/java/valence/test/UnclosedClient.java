package valence.test;

import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.api.Client;
import valence.api.Connection;
import valence.api.QueryRequest;

/// The client of a test system, shared by the test and the code that it tests: closing it has no
/// effect, as on a node. The system closes what is behind it.
record UnclosedClient(Client client) implements Client {
  @Override
  public boolean createDatabase(String dbName) {
    return client.createDatabase(dbName);
  }

  @Override
  public boolean deleteDatabase(String dbName) {
    return client.deleteDatabase(dbName);
  }

  @Override
  public List<String> listDatabases() {
    return client.listDatabases();
  }

  @Override
  public Connection connect(String dbName) {
    return client.connect(dbName);
  }

  @Override
  public <T extends @Nullable Object> T q(QueryRequest request) {
    return client.q(request);
  }

  @Override
  public void close() {
    // Others use it.
  }
}
