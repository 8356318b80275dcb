package valence.engine.local;

import clojure.lang.Keyword;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.Connection;
import valence.api.QueryRequest;
import valence.edn.Edn;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalDb.Surroundings;
import valence.engine.log.TransactionLog;
import valence.engine.query.Queries;
import valence.engine.store.DatabaseId;
import valence.engine.store.RefStore;
import valence.engine.store.Storage;

/// A system in this process: the databases of one storage.
///
/// The catalog is in refs named `db/<name>`, each `{:id #uuid "…"}`; the id names the log.
public final class LocalClient implements Client {
  private static final Pattern DB_NAME = Pattern.compile("[A-Za-z0-9_.-]{1,128}");
  private static final String CATALOG = "db/";
  private static final Keyword ID = Keyword.intern("id");

  private final Storage storage;
  private final Surroundings surroundings;
  private final Map<DatabaseId, LocalConnection> connections = new ConcurrentHashMap<>();

  /// @param storage owned: closed with the client
  public LocalClient(Storage storage, FunctionResolver functions, InstantSource clock) {
    this.storage = storage;
    this.surroundings = new Surroundings(functions, Queries::run, clock);
  }

  @Override
  public boolean createDatabase(String dbName) {
    checkName(dbName);
    String entry = Edn.print(Map.of(ID, DatabaseId.random().uuid()));
    return storage
        .refs()
        .compareAndSet(CATALOG + dbName, RefStore.ABSENT, entry.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public boolean deleteDatabase(String dbName) {
    checkName(dbName);
    Optional<RefStore.Ref> entry = storage.refs().get(CATALOG + dbName);
    if (entry.isEmpty()
        || !storage.refs().compareAndDelete(CATALOG + dbName, entry.get().version())) {
      return false;
    }
    DatabaseId id = id(dbName, entry.get());
    LocalConnection connection = connections.remove(id);
    if (connection != null) {
      connection.markDeleted();
    }
    storage.log().delete(id);
    return true;
  }

  @Override
  public List<String> listDatabases() {
    return storage.refs().list(CATALOG).stream()
        .map(name -> name.substring(CATALOG.length()))
        .toList();
  }

  @Override
  public Connection connect(String dbName) {
    checkName(dbName);
    RefStore.Ref entry = storage.refs().get(CATALOG + dbName).orElseThrow(() -> notFound(dbName));
    return connections.computeIfAbsent(
        id(dbName, entry),
        id -> new LocalConnection(dbName, new TransactionLog(storage.log(), id), surroundings));
  }

  private AnomalyException notFound(String dbName) {
    return Anomaly.of(
            Category.NOT_FOUND,
            "Db not found: " + dbName + ".",
            "There are: " + String.join(", ", listDatabases()) + ".",
            "Create it first, or correct the name.")
        .toException();
  }

  private static DatabaseId id(String dbName, RefStore.Ref entry) {
    if (Edn.read(new String(entry.bytes(), StandardCharsets.UTF_8)) instanceof Map<?, ?> map
        && map.get(ID) instanceof UUID id) {
      return new DatabaseId(id);
    }
    throw Anomaly.fault("The catalog entry of database " + dbName + " is damaged.")
        .toException();
  }

  private static void checkName(String dbName) {
    if (!DB_NAME.matcher(dbName).matches()) {
      throw Anomaly.of(
              Category.INCORRECT,
              "\"" + dbName + "\" can't name a database.",
              "Expected 1 to 128 letters, digits, _, . and -.")
          .toException();
    }
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // the caller chooses T, as Db.q says
  public <T extends @Nullable Object> T q(QueryRequest request) {
    return (T) Queries.run(request, surroundings.functions());
  }

  @Override
  public void close() {
    storage.close();
  }
}
