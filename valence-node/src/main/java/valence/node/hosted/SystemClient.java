package valence.node.hosted;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.Connection;
import valence.api.QueryRequest;
import valence.node.control.Control;
import valence.node.parameter.Parameters;
import valence.node.source.queue.QueueFacts;

/// The system's client as its users get it: all of it, except that the system's own databases can
/// only be read. Shared by all, so closing it has no effect. Hosted code finds its parameters by
/// it, too.
public final class SystemClient implements Client {
  /// The system's own databases.
  private static final Set<String> RESERVED = reserved();

  private final Client client;
  private final @Nullable Parameters parameters;

  public SystemClient(Client client, Parameters parameters) {
    this.client = client;
    this.parameters = parameters;
  }

  /// Of a system without parameters: code in it finds those of its process.
  public SystemClient(Client client) {
    this.client = client;
    this.parameters = null;
  }

  Optional<Parameters> parameters() {
    return Optional.ofNullable(parameters);
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
        .filter(name -> !RESERVED.contains(name))
        .toList();
  }

  @Override
  public Connection connect(String dbName) {
    Connection connection =
        client.connect(dbName.equals(QueueFacts.DATABASE) ? QueueFacts.current(client) : dbName);
    return RESERVED.contains(dbName) ? new ReadOnlyConnection(connection) : connection;
  }

  @Override
  public <T extends @Nullable Object> T q(QueryRequest request) {
    return client.q(request);
  }

  @Override
  public void close() {
    // The node closes what is behind it.
  }

  private static Set<String> reserved() {
    Set<String> names = new HashSet<>(QueueFacts.DATABASES);
    names.add(Control.DATABASE);
    return Set.copyOf(names);
  }

  static AnomalyException reserved(String dbName) {
    return Anomaly.of(
            Anomaly.Category.FORBIDDEN,
            "The database " + dbName + " is the system's own.",
            "It can be queried, and nothing else.",
            "Use another name.")
        .toException();
  }

  private static String unreserved(String dbName) {
    if (RESERVED.contains(dbName)) {
      throw reserved(dbName);
    }
    return dbName;
  }
}
