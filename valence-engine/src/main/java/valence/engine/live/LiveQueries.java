package valence.engine.live;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.api.Index;
import valence.api.LiveQuery;
import valence.api.LogEntry;
import valence.api.QueryRequest;
import valence.api.TxFeed;
import valence.edn.Edn;

/// The live queries of one database. Safe for many threads.
///
/// Its thread lives while somebody watches.
public final class LiveQueries {
  /// Of one result.
  public static final int ROWS_MAX = 100_000;

  /// Different queries that are watched at once.
  public static final int QUERIES_MAX = 256;

  /// Readers of all of them.
  public static final int SUBSCRIBERS_MAX = 4_096;

  /// Queries that are run again at once.
  static final int RUNS_AT_ONCE = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

  /// The `:db/error` of what is refused because too much is watched already.
  public static final String TOO_MANY = "live.error/too-many";

  /// The `:db/error` of a result with too many rows.
  public static final String TOO_LARGE = "live.error/too-large";

  private static final Logger LOG = LoggerFactory.getLogger(LiveQueries.class);
  private static final Duration PULSE_WAIT = Duration.ofSeconds(1);
  private static final int TEXT_CHARS_MAX = 1 << 16;

  private final Connection connection;
  private final Semaphore running = new Semaphore(RUNS_AT_ONCE, true);
  private final Map<Object, Watched> watched = new HashMap<>(); // guarded by this, as is the next
  private int subscribers;
  private @Nullable Thread pulse; // guarded by this; null when nobody watches
  private final Map<Long, Boolean> schemaAttributes = new ConcurrentHashMap<>();

  public LiveQueries(Connection connection) {
    this.connection = connection;
  }

  /// What makes queries the same.
  private record Key(String query, String inputs) {}

  /// Watches a query, as [Connection#live(QueryRequest, OptionalLong)] says.
  public LiveQuery watch(QueryRequest request, OptionalLong after) {
    check(request);
    Key key = key(request);
    Watched one = joined(request, key);
    try {
      Snapshot base = after.isPresent() ? base(request, after.getAsLong()) : null;
      return new LiveSubscription(one, base, left -> left(key, left.watched()));
    } catch (RuntimeException e) {
      left(key, one);
      throw e;
    }
  }

  private static Key key(QueryRequest request) {
    Object query = request.query();
    Key key =
        new Key(query instanceof String text ? text : Edn.print(query), Edn.print(request.args()));
    if (key.query().length() + key.inputs().length() > TEXT_CHARS_MAX) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "The live query and its inputs are too long.",
              "Expected at most " + TEXT_CHARS_MAX + " characters as EDN.")
          .toException();
    }
    return key;
  }

  private static void check(QueryRequest request) {
    boolean plain = request.offset() == 0
        && request.limit() < 0
        && !request.stats()
        && !request.plan()
        && request.ioContext().isEmpty()
        && request.args().stream().noneMatch(arg -> arg instanceof Db || arg instanceof Connection);
    if (!plain) {
      throw Anomaly.incorrect(
              "live.error/unsupported",
              "A live query has an offset, a limit, statistics, or a database among its inputs.",
              "Expected a query of one database, whole; the database itself is given by whom it is"
                  + " asked of.",
              "Leave those out.")
          .toException();
    }
  }

  private Watched joined(QueryRequest request, Key key) {
    Watched begun = null;
    Watched one;
    synchronized (this) {
      if (subscribers >= SUBSCRIBERS_MAX) {
        throw tooMany(SUBSCRIBERS_MAX + " live queries of " + connection.dbName() + " are read");
      }
      one = watched.get(key);
      if (one == null || !one.join()) {
        if (one == null && watched.size() >= QUERIES_MAX) {
          throw tooMany(QUERIES_MAX + " different queries of " + connection.dbName() + " are live");
        }
        begun = new Watched(request);
        begun.join();
        watched.put(key, begun);
        one = begun;
      }
      subscribers++;
      if (pulse == null) {
        pulse = beat(connection.db().basisT());
      }
    }
    if (begun != null && begun.touch()) {
      run(begun);
    }
    return one;
  }

  private static AnomalyException tooMany(String what) {
    return Anomaly.of(
            Anomaly.Category.BUSY,
            what + " already, as many as may be.",
            "Try again later, or watch what others watch.")
        .withError(TOO_MANY)
        .toException();
  }

  private void left(Object key, Watched one) {
    synchronized (this) {
      subscribers--;
      if (one.leave()) {
        watched.remove(key, one);
      }
    }
  }

  /// What the query gave at an earlier t, if that can still be told.
  private @Nullable Snapshot base(QueryRequest request, long t) {
    Db now = connection.db();
    if (t < 0 || t > now.basisT()) {
      return null;
    }
    Footprint footprint = Footprint.of(now, request.query(), request.args());
    if (!footprint.isRemembered() || isSchemaTouched(now.since(t)) || wasExcised(now)) {
      return null;
    }
    Db then = t == now.basisT() ? now : now.asOf(t);
    return Snapshot.first(t, Watched.rows(request, then));
  }

  private static boolean isSchemaTouched(Db since) {
    for (String name : List.of(
        "ident", "valueType", "cardinality", "unique", "isComponent", "noHistory", "tupleAttrs")) {
      var attribute = Keyword.intern("db", name);
      try (var datoms = since.datoms(Index.AEVT, attribute)) {
        if (datoms.findAny().isPresent()) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean wasExcised(Db db) {
    var attribute = Keyword.intern("db", "excise");
    if (db.attribute(attribute).isEmpty()) {
      return false;
    }
    try (var datoms = db.datoms(Index.AEVT, attribute)) {
      return datoms.findAny().isPresent();
    }
  }

  private void run(Watched one) {
    Thread.ofVirtual().name("live-query").start(() -> {
      running.acquireUninterruptibly();
      try {
        one.run(connection::db);
      } finally {
        running.release();
      }
    });
  }

  private Thread beat(long knownT) {
    return Thread.ofVirtual()
        .name("live-queries " + connection.dbName())
        .start(() -> pulse(knownT));
  }

  /// Reads transactions while somebody watches, and has those queries run that they may concern.
  private void pulse(long knownT) {
    long t = knownT;
    while (true) {
      try (TxFeed feed = connection.txFeed(t + 1)) {
        while (isNeeded()) {
          Optional<LogEntry> entry = feed.next(PULSE_WAIT);
          if (entry.isPresent()) {
            t = entry.get().t();
            touch(entry.get());
          }
        }
        return;
      } catch (AnomalyException e) {
        if (e.anomaly().category() == Anomaly.Category.NOT_FOUND) {
          end(e);
          return;
        }
        // The log was replaced, by excision, or can't be read now; results may differ without a
        // transaction that says so.
        LOG.warn("live-feed-reopened db={}", connection.dbName(), e);
        all().forEach(one -> {
          if (one.touch()) {
            run(one);
          }
        });
        if (!paused()) {
          end(e);
          return;
        }
      } catch (RuntimeException | LinkageError | StackOverflowError | OutOfMemoryError e) {
        LOG.error("live-feed-failed db={}", connection.dbName(), e);
        end(Anomaly.fault("The feed of live queries failed: " + e + ".").toException(e));
        return;
      }
    }
  }

  private static boolean paused() {
    try {
      Thread.sleep(PULSE_WAIT);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// False when nobody watches any more; the thread then is another's to begin.
  private synchronized boolean isNeeded() {
    if (watched.isEmpty()) {
      pulse = null;
      return false;
    }
    return true;
  }

  private synchronized List<Watched> all() {
    return new ArrayList<>(watched.values());
  }

  private void touch(LogEntry entry) {
    boolean schema = false;
    for (Datom datom : entry.data()) {
      schema |= schemaAttributes.computeIfAbsent(datom.a(), this::isOfSchema);
    }
    for (Watched one : all()) {
      if (one.touch(entry, schema)) {
        run(one);
      }
    }
  }

  /// Whether facts of an attribute may change what queries mean.
  private boolean isOfSchema(long attribute) {
    return connection.db().ident(attribute) instanceof Keyword ident
        && ident.getNamespace() != null
        && (ident.getNamespace().equals("db") || ident.getNamespace().startsWith("db."))
        && !ident.getName().equals("txInstant")
        && !ident.getName().equals("doc");
  }

  /// Ends all, with the reason.
  private void end(AnomalyException reason) {
    List<Watched> ended;
    synchronized (this) {
      pulse = null;
      ended = new ArrayList<>(watched.values());
      watched.clear();
    }
    ended.forEach(one -> one.fail(reason));
  }

  /// Ends all that are watched, since the database goes away.
  public void close() {
    end(Anomaly.of(
            Anomaly.Category.UNAVAILABLE,
            "The database " + connection.dbName() + " is being closed.",
            "Ask again.")
        .toException());
  }
}
