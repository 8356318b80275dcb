package valence.engine.local;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.Connection;
import valence.api.QueryRequest;
import valence.engine.cache.CacheStats;
import valence.engine.cache.NearTier;
import valence.engine.cache.SegmentCache;
import valence.engine.function.FunctionResolver;
import valence.engine.indexing.BackgroundIndexing;
import valence.engine.indexing.DatabaseIndex;
import valence.engine.indexing.IndexStatus;
import valence.engine.indexing.Indexer;
import valence.engine.indexing.Indexing;
import valence.engine.local.LocalDb.Surroundings;
import valence.engine.log.LogEntries;
import valence.engine.query.Queries;
import valence.engine.store.DatabaseId;
import valence.engine.store.Storage;

/// A system in this process: the databases of one storage.
public final class LocalClient implements Client {
  private static final Logger LOG = LoggerFactory.getLogger(LocalClient.class);

  /// What part of the heap kept entries of logs may take: one in so many.
  private static final int HEAP_PER_ENTRIES = 64;

  private final Storage storage;
  private final Catalog catalog;
  private final LogCopies copies;
  private final Deletions deletions;
  private final Surroundings surroundings;
  private final Indexing indexing;
  private final SegmentCache cache;
  private final LogEntries entries;
  private final Indexer indexer = new Indexer();

  /// Each is complete once it is open, so that nobody opens a database twice and none that opens
  /// holds up another.
  private final Map<DatabaseId, CompletableFuture<LocalConnection>> connections =
      new ConcurrentHashMap<>();

  /// The logs that values of this process may stand on the indexes of.
  private final Set<DatabaseId> opened = ConcurrentHashMap.newKeySet();

  /// A system on a storage that lasts.
  ///
  /// @param storage owned: closed with the client
  public LocalClient(Storage storage, FunctionResolver functions, InstantSource clock) {
    this(storage, functions, clock, Indexing.durable(), List.of());
  }

  /// @param storage owned: closed with the client
  /// @param tiers   copies of its blobs nearer than the storage, the nearest first
  public LocalClient(
      Storage storage,
      FunctionResolver functions,
      InstantSource clock,
      Indexing indexing,
      List<NearTier> tiers) {
    this.storage = storage;
    this.catalog = new Catalog(storage.refs());
    this.copies = new LogCopies(storage.refs());
    this.deletions = new Deletions(storage.refs());
    this.surroundings = new Surroundings(functions, Queries::run, clock);
    this.indexing = indexing;
    this.cache = new SegmentCache(indexing.cacheBytesMax(), tiers, storage.blobs());
    this.entries =
        new LogEntries(storage.log(), Runtime.getRuntime().maxMemory() / HEAP_PER_ENTRIES);
  }

  @Override
  public boolean createDatabase(String dbName) {
    Catalog.checkName(dbName);
    return catalog.create(dbName);
  }

  @Override
  public boolean deleteDatabase(String dbName) {
    Catalog.checkName(dbName);
    deleteLeftovers();
    Optional<Catalog.Entry> entry = catalog.entry(dbName);
    if (entry.isEmpty()) {
      return false;
    }
    DatabaseId id = entry.get().id();
    deletions.begin(id);
    if (!catalog.remove(dbName, entry.get())) {
      return false; // somebody else deletes it, or its log is just replaced by another
    }
    CompletableFuture<LocalConnection> connection = connections.remove(id);
    if (connection != null) {
      connection.thenAccept(LocalConnection::markDeleted);
    }
    opened.remove(id); // its values end with it
    delete(id);
    return true;
  }

  /// Deletes what is left of a database that the catalog has forgotten.
  private void delete(DatabaseId id) {
    copies.deleteAll(id, storage.log());
    entries.forget(id);
    index(id).delete();
    deletions.end(id);
  }

  /// Deletes what nothing names any more: databases whose deletion failed in the midst, and indexes
  /// of logs that others have taken the place of when the process that was to delete them ended
  /// before. A database is there before it has an index, and in the catalog until its deletion was
  /// noted, so these are listed first; while logs take the place of others, the catalog may be
  /// behind.
  ///
  /// @return whether there is nothing left to be deleted later
  private boolean deleteLeftovers() {
    List<DatabaseId> begun = deletions.begun();
    List<DatabaseId> indexed = DatabaseIndex.databases(storage.refs());
    Set<DatabaseId> known = new HashSet<>();
    for (String dbName : catalog.names()) {
      catalog.entry(dbName).ifPresent(entry -> known.add(entry.id()));
    }
    for (DatabaseId id : begun) {
      if (!known.contains(id)
          && copies.of(id).stream().noneMatch(known::contains)
          && copies.originsOf(id).stream().noneMatch(known::contains)) {
        delete(id);
      }
    }
    if (copies.isAny()) {
      return true; // whoever is at it deletes the index too
    }
    boolean all = true;
    for (DatabaseId id : indexed) {
      if (!known.contains(id) && !opened.contains(id)) {
        all &= index(id).discard();
      }
    }
    return all;
  }

  private @Nullable Duration tryToDeleteLeftovers() {
    try {
      return deleteLeftovers() ? null : indexing.garbagePause();
    } catch (AnomalyException failed) {
      LOG.warn("index-leftovers-failed error={}", failed.getMessage());
      return indexing.retryMax();
    }
  }

  /// The index of a log that values will stand on.
  private DatabaseIndex opened(DatabaseId id) {
    opened.add(id);
    return index(id);
  }

  private DatabaseIndex index(DatabaseId id) {
    return new DatabaseIndex(
        id, storage.refs(), storage.blobs(), cache, indexing, surroundings.clock());
  }

  @Override
  public List<String> listDatabases() {
    return catalog.names();
  }

  @Override
  public Connection connect(String dbName) {
    Catalog.checkName(dbName);
    return connection(dbName, catalog.existing(dbName).id());
  }

  /// A connection is found by both logs, so that nobody opens the database a second time while the
  /// catalog goes over from one to the other.
  private void logMoved(DatabaseId from, DatabaseId to) {
    entries.forget(from);
    CompletableFuture<LocalConnection> connection = connections.get(from);
    if (connection != null) {
      connections.putIfAbsent(to, connection);
    }
  }

  private LocalConnection connection(String dbName, DatabaseId id) {
    CompletableFuture<LocalConnection> mine = new CompletableFuture<>();
    CompletableFuture<LocalConnection> present = connections.putIfAbsent(id, mine);
    if (present != null) {
      return opened(present);
    }
    try {
      DatabaseIndex index = opened(id);
      LocalConnection connection = new LocalConnection(
          dbName,
          id,
          storage.log(),
          entries,
          catalog,
          index,
          new BackgroundIndexing(index, this::opened, indexer, indexing),
          surroundings,
          this::cacheStats,
          this::logMoved);
      mine.complete(connection);
      connection.resumeExcisions();
      indexer.request(this::tryToDeleteLeftovers);
      return connection;
    } catch (RuntimeException | Error failure) {
      connections.remove(id, mine); // the next caller tries again
      mine.completeExceptionally(failure);
      throw failure;
    }
  }

  private static LocalConnection opened(CompletableFuture<LocalConnection> connection) {
    try {
      return connection.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof AnomalyException failed
          ? failed.anomaly().toException(failed)
          : e;
    }
  }

  /// Moves what is durable now into the durable indexes, without waiting for there to be enough.
  public void index(String dbName) {
    ((LocalConnection) connect(dbName)).index();
  }

  /// How the indexing of a database stands.
  public IndexStatus indexStatus(String dbName) {
    return ((LocalConnection) connect(dbName)).indexStatus();
  }

  /// Gives up the durable indexes of a database, also where they are damaged, and makes them anew
  /// from its log. Connections to it end; the next one reads the whole log.
  public void rebuildIndex(String dbName) {
    Catalog.checkName(dbName);
    DatabaseId id = catalog.existing(dbName).id();
    CompletableFuture<LocalConnection> connection = connections.remove(id);
    if (connection != null) {
      connection.thenAccept(LocalConnection::stop);
    }
    index(id).reset();
    index(dbName);
  }

  /// The connections to databases that are open here now; none is opened for the answer.
  public List<Connection> open() {
    List<Connection> open = new ArrayList<>();
    for (CompletableFuture<LocalConnection> connection : new HashSet<>(connections.values())) {
      if (connection.isDone() && !connection.isCompletedExceptionally()) {
        open.add(connection.join());
      }
    }
    return open;
  }

  /// What the segment cache of this system has done.
  public CacheStats cacheStats() {
    return cache.stats();
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // the caller chooses T, as Db.q says
  public <T extends @Nullable Object> T q(QueryRequest request) {
    return (T) Queries.run(request, surroundings.functions());
  }

  /// Indexes what is left of large novelties, so that the next start reads little; a process that
  /// is killed instead loses nothing.
  @Override
  public void close() {
    connections.values().forEach(connection -> connection.thenAccept(LocalConnection::finish));
    connections.values().forEach(connection -> connection.thenAccept(LocalConnection::stop));
    indexer.close();
    storage.close();
  }
}
