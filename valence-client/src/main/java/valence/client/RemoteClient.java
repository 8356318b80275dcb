package valence.client;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.Client;
import valence.api.Connection;
import valence.api.QueryRequest;
import valence.wire.Fields;

/// A client of a system through one of its nodes. Safe for many threads.
final class RemoteClient implements Client {
  private static final Duration TIMEOUT_DEFAULT = Duration.ofSeconds(60);
  private static final Duration TIMEOUT_MAX = Duration.ofMinutes(10);
  private static final Keyword DB_NAME = kw("db-name");

  private final NodeClient node;
  private final Requests requests;
  private final Duration timeout;
  private final Set<RemoteFeed<?>> feeds = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private RemoteClient(NodeClient node, Duration timeout) {
    this.node = node;
    this.requests = new Requests(node);
    this.timeout = timeout;
  }

  /// A client of the node that the map describes, as [NodeAddress#of(Map)] reads it; `:timeout` has
  /// the milliseconds that calls without a limit of their own may take.
  static RemoteClient of(Map<Keyword, Object> config) {
    Fields fields = Fields.of("The client's map", config);
    return new RemoteClient(
        NodeClient.connect(NodeAddress.of(config)),
        Duration.ofMillis(
            fields.number("timeout", 1, TIMEOUT_MAX.toMillis(), TIMEOUT_DEFAULT.toMillis())));
  }

  Requests requests() {
    return requests;
  }

  /// How long a call without a limit of its own may take.
  Duration timeout() {
    return timeout;
  }

  /// A read, or what may as well be done twice.
  @Nullable Object read(String operation, Map<Keyword, @Nullable Object> request) {
    return requests.call(operation, request, timeout, Requests.Harm.NONE);
  }

  @Override
  public boolean createDatabase(String dbName) {
    return changed("create-database", dbName);
  }

  @Override
  public boolean deleteDatabase(String dbName) {
    return changed("delete-database", dbName);
  }

  private boolean changed(String operation, String dbName) {
    Map<Keyword, @Nullable Object> request = new LinkedHashMap<>();
    request.put(DB_NAME, dbName);
    return Boolean.TRUE.equals(requests.call(operation, request, timeout, Requests.Harm.POSSIBLE));
  }

  @Override
  public List<String> listDatabases() {
    return read("list-databases", new LinkedHashMap<>()) instanceof List<?> names
        ? names.stream().map(String::valueOf).toList()
        : List.of();
  }

  @Override
  public Connection connect(String dbName) {
    RemoteConnection connection = new RemoteConnection(this, dbName);
    connection.db(); // which fails when there is none
    return connection;
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // the caller chooses the type, as the api says
  public <T extends @Nullable Object> T q(QueryRequest request) {
    return (T) RemoteQuery.q(this, request);
  }

  /// What the answer of a call has to be; `fault` when it isn't.
  static <T> T expected(Class<T> type, @Nullable Object answer) {
    if (type.isInstance(answer)) {
      return type.cast(answer);
    }
    throw Anomaly.fault(
            "The node answered " + Fields.shown(answer) + ".",
            "Check that client and node are of one version.")
        .toException();
  }

  /// Remembers what listens to the node, to be ended with the client.
  <T> RemoteFeed<T> listening(RemoteFeed<T> feed) {
    feeds.add(feed);
    if (closed) {
      closed(feed);
    }
    return feed;
  }

  void closed(RemoteFeed<?> feed) {
    feed.close();
    feeds.remove(feed);
  }

  @Override
  public void close() {
    closed = true;
    feeds.forEach(this::closed);
    node.close();
  }
}
