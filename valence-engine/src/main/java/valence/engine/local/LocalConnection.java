package valence.engine.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.api.DbStatus;
import valence.api.LiveQuery;
import valence.api.LogEntry;
import valence.api.QueryRequest;
import valence.api.Transaction;
import valence.api.TxFeed;
import valence.api.TxReport;
import valence.engine.cache.CacheStats;
import valence.engine.db.Database;
import valence.engine.db.Novelty;
import valence.engine.db.TimePoint;
import valence.engine.index.Reads;
import valence.engine.index.RowBuffer;
import valence.engine.indexing.BackgroundIndexing;
import valence.engine.indexing.DatabaseIndex;
import valence.engine.indexing.IndexRoot;
import valence.engine.indexing.IndexStatus;
import valence.engine.live.LiveQueries;
import valence.engine.local.LocalDb.Surroundings;
import valence.engine.log.LogEntries;
import valence.engine.log.TransactionLog;
import valence.engine.schema.Bootstrap;
import valence.engine.schema.Partition;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogStore;

/// A connection to a database that this process owns.
final class LocalConnection implements Connection {
  private static final Logger LOG = LoggerFactory.getLogger(LocalConnection.class);
  private static final Duration SYNC_MAX = Duration.ofSeconds(60);

  private final String name;
  private final Surroundings surroundings;
  private final LogEntries entries;
  private final CommitPipeline pipeline;
  private final BackgroundIndexing indexing;
  private final Excisions excisions;
  private final Supplier<CacheStats> cache;
  private final LiveQueries live = new LiveQueries(this);
  private volatile boolean deleted;

  /// Opens a database: reads its root, and what the log says beyond it.
  ///
  /// @param entries what the logs of the storage said
  /// @param cache   what the segment cache has done
  /// @param moved   told that a log has taken the place of another
  LocalConnection(
      String name,
      DatabaseId id,
      LogStore logs,
      LogEntries entries,
      Catalog catalog,
      DatabaseIndex index,
      BackgroundIndexing indexing,
      Surroundings surroundings,
      Supplier<CacheStats> cache,
      BiConsumer<DatabaseId, DatabaseId> moved) {
    this.name = name;
    this.entries = entries;
    this.surroundings = surroundings;
    this.indexing = indexing;
    this.cache = cache;
    Optional<DatabaseIndex.Opened> opened = index.open();
    TransactionLog log =
        new TransactionLog(logs, id, opened.map(each -> each.root().logEnd()).orElse(0L));
    LogFollower follower = new LogFollower(
        opened.map(root -> known(root, log)).orElseGet(() -> Database.empty(name)),
        log,
        each -> Excisions.newest(each, name, catalog, logs),
        indexing);
    this.pipeline = new CommitPipeline(
        follower,
        new Computation(surroundings.functions(), this::facade, surroundings.clock()),
        indexing);
    this.excisions = new Excisions(name, catalog, logs, pipeline, moved);
    indexing.begin(pipeline);
  }

  private Database known(DatabaseIndex.Opened opened, TransactionLog log) {
    IndexRoot root = opened.root();
    OptionalLong lastT = log.lastT();
    if (root.logEnd() > 0 && (lastT.isEmpty() || lastT.getAsLong() != root.t())) {
      throw Anomaly.fault(
              "The index of database " + name + " goes up to t=" + root.t() + ", but the log has "
                  + (lastT.isEmpty() ? "nothing" : "t=" + lastT.getAsLong()) + " there.",
              "Restore the log from a backup, or make the indexes anew: `valence db reindex NAME`.")
          .toException();
    }
    return Database.opened(name, opened.foundation(), root.nextEntity(), root.nextAttribute());
  }

  /// Does what was asked for by requests for excision and isn't done: the rest of what a process
  /// that ended left.
  void resumeExcisions() {
    excisions.run();
  }

  private Db facade(Database database) {
    return LocalDb.of(database, surroundings);
  }

  @Override
  public String dbName() {
    return name;
  }

  @Override
  public Db db() {
    return facade(alive().current());
  }

  @Override
  public TxReport transact(Transaction transaction) {
    // Text is read here, on the caller's thread; the writer's only transacts.
    Transaction read = transaction.withData(LocalDb.forms(transaction.data()));
    Reads reads = transaction.ioContext().isPresent() ? new Reads() : Reads.counting();
    Committed committed = Reads.during(reads, () -> alive().commit(read));
    if (asksForExcision(committed.transacted().novelty().opened())) {
      exciseOrLeave();
    }
    return new TxReport(
        facade(committed.before()),
        facade(committed.transacted().after()),
        committed.transacted().txData(),
        committed.transacted().tempids(),
        committed.transacted().stats(),
        LocalDb.ioStats(transaction, reads, "transact"));
  }

  private static boolean asksForExcision(RowBuffer opened) {
    for (int i = 0; i < opened.count(); i++) {
      if (opened.a(i) == Bootstrap.EXCISE) {
        return true;
      }
    }
    return false;
  }

  /// The request is durable whatever becomes of the work, so its transaction doesn't fail: the work
  /// is taken up by the next request, [#syncExcise] or opening, which do fail.
  private void exciseOrLeave() {
    try {
      excisions.run();
    } catch (AnomalyException unfinished) {
      LOG.warn("excision-unfinished db={}", name, unfinished);
    }
  }

  @Override
  public Db syncExcise(long t) {
    alive().publication().await(t, SYNC_MAX);
    excisions.run();
    return db();
  }

  @Override
  public Db sync() {
    return facade(alive().refresh(SYNC_MAX));
  }

  @Override
  public Db sync(long t) {
    return facade(alive().publication().await(t, SYNC_MAX));
  }

  @Override
  public Stream<LogEntry> txRange(@Nullable Object start, @Nullable Object end) {
    Database database = alive().current();
    long first = start == null ? Bootstrap.T : TimePoint.firstAtOrAfter(database, start);
    long last = Math.min(
        end == null ? Long.MAX_VALUE : TimePoint.firstAtOrAfter(database, end) - 1,
        database.basisT());
    if (first > last) {
      return Stream.empty();
    }
    Stream<LogEntry> logged = logged(Math.max(first, Bootstrap.T + 1), last);
    return first <= Bootstrap.T
        ? Stream.concat(Stream.of(entry(database, Database.bootstrap())), logged)
        : logged;
  }

  /// The transactions of the log from first to last. Fails when the log is deleted meanwhile,
  /// because a copy has taken its place: a stream that just ended would hide what comes after.
  private Stream<LogEntry> logged(long first, long last) {
    long[] seen = {first - 1};
    Stream<LogEntry> read = entries
        .from(pipeline.log(), first)
        .takeWhile(entry -> entry.t() <= last)
        .peek(entry -> seen[0] = entry.t());
    return Stream.concat(
        read,
        Stream.of(last)
            .filter(end -> {
              if (seen[0] < end) {
                throw Anomaly.of(
                        Category.UNAVAILABLE,
                        "The log of " + name + " was replaced while it was read.",
                        "t=" + seen[0] + " was read of t=" + end + ".",
                        "Read it again.")
                    .toException();
              }
              return false;
            })
            .map(t -> new LogEntry(t, List.of())));
  }

  @Override
  public TxFeed txFeed(Object start) {
    long first = TimePoint.firstAtOrAfter(alive().current(), start);
    return new LocalTxFeed(this, Math.max(first, Bootstrap.T));
  }

  @Override
  public LiveQuery live(QueryRequest query, OptionalLong after) {
    alive();
    return live.watch(query, after);
  }

  /// [Publication#awaitBeyond], given up when the database is deleted.
  boolean awaitBeyond(long t, Duration wait, BooleanSupplier givenUp) {
    boolean beyond =
        alive().publication().awaitBeyond(t, wait, () -> deleted || givenUp.getAsBoolean());
    return alive() == pipeline && beyond;
  }

  /// Lets those who wait see that they were given up.
  void wake() {
    pipeline.publication().wake();
  }

  private static LogEntry entry(Database database, Novelty novelty) {
    return new LogEntry(novelty.t(), datoms(database, novelty));
  }

  /// The datoms of a transaction, assertions first.
  static List<Datom> datoms(Database database, Novelty novelty) {
    List<Datom> datoms = new ArrayList<>();
    long tx = Partition.tx(novelty.t());
    add(datoms, database, novelty.opened(), tx, true);
    add(datoms, database, novelty.closed(), tx, false);
    return datoms;
  }

  private static void add(
      List<Datom> datoms, Database database, RowBuffer rows, long tx, boolean added) {
    for (int i = 0; i < rows.count(); i++) {
      Object value = database.value(rows.a(i), rows.v(i), rows.o(i));
      datoms.add(new Datom(rows.e(i), rows.a(i), value, tx, added));
    }
  }

  /// The database was deleted: every later call says so.
  void markDeleted() {
    deleted = true;
    pipeline.publication().wake();
    indexing.stop();
  }

  /// Ends what is done for the database in the background.
  void stop() {
    live.close();
    indexing.stop();
  }

  /// Does what makes the next start short.
  void finish() {
    if (!deleted) {
      indexing.finish();
    }
  }

  /// Moves what is durable now into the durable indexes.
  void index() {
    alive();
    indexing.indexNow();
  }

  @Override
  public DbStatus status() {
    long t = alive().current().basisT();
    IndexStatus index = indexing.status();
    CacheStats counts = cache.get();
    return new DbStatus(
        t,
        index.indexT(),
        index.noveltyRows(),
        index.noveltyBytes(),
        index.progress().map(job -> new DbStatus.Progress(job.rowsDone(), job.rowsTotal())),
        index.failures(),
        index.lastError(),
        new DbStatus.Cache(
            counts.heapHits(),
            counts.nearHits(),
            counts.storeReads(),
            counts.repairs(),
            counts.heapBytes()));
  }

  /// How the indexing of the database stands.
  IndexStatus indexStatus() {
    return indexing.status();
  }

  private CommitPipeline alive() {
    if (deleted) {
      throw Anomaly.of(
              Category.NOT_FOUND,
              "Database " + name + " was deleted.",
              "Connect again if it was created anew.")
          .toException();
    }
    return pipeline;
  }
}
