package valence.node.hosted;

import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.Connection;
import valence.api.QueryRequest;
import valence.node.control.Control;

/// The system's client as its users get it: all of it, except that the control database can only be
/// read. Shared by all, so closing it has no effect.
public final class SystemClient implements Client {
  private final Client client;

  public SystemClient(Client client) {
    this.client = client;
  }

  @Override
  public boolean createDatabase(String dbName) {
    return client.createDatabase(unreserved(dbName));
  }

  @Override
  public boolean deleteDatabase(String dbName) {
    return client.deleteDatabase(unreserved(dbName));
  }

  @Override
  public List<String> listDatabases() {
    return client.listDatabases().stream()
        .filter(name -> !name.equals(Control.DATABASE))
        .toList();
  }

  @Override
  public Connection connect(String dbName) {
    Connection connection = client.connect(dbName);
    return dbName.equals(Control.DATABASE) ? new ReadOnlyConnection(connection) : connection;
  }

  @Override
  public <T extends @Nullable Object> T q(QueryRequest request) {
    return client.q(request);
  }

  @Override
  public void close() {
    // The node closes what is behind it.
  }

  static AnomalyException reserved() {
    return Anomaly.of(
            Anomaly.Category.FORBIDDEN,
            "The database " + Control.DATABASE + " is the system's own.",
            "It can be queried, and nothing else.",
            "Use another name.")
        .toException();
  }

  private static String unreserved(String dbName) {
    if (dbName.equals(Control.DATABASE)) {
      throw reserved();
    }
    return dbName;
  }
}
