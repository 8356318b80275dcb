package valence.engine.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.Anomaly.Category;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.api.LogEntry;
import valence.api.Transaction;
import valence.api.TxReport;
import valence.edn.Edn;
import valence.engine.db.Database;
import valence.engine.db.Novelty;
import valence.engine.db.TimePoint;
import valence.engine.index.RowBuffer;
import valence.engine.local.CommitPipeline.Committed;
import valence.engine.local.LocalDb.Surroundings;
import valence.engine.log.LogTransaction;
import valence.engine.log.TransactionLog;
import valence.engine.schema.Bootstrap;
import valence.engine.schema.Partition;

/// A connection to a database that this process owns.
final class LocalConnection implements Connection {
  private static final Duration SYNC_MAX = Duration.ofSeconds(60);

  private final String name;
  private final TransactionLog log;
  private final Surroundings surroundings;
  private final CommitPipeline pipeline;
  private volatile boolean deleted;

  /// Opens the database by replaying its log.
  LocalConnection(String name, TransactionLog log, Surroundings surroundings) {
    this.name = name;
    this.log = log;
    this.surroundings = surroundings;
    this.pipeline = new CommitPipeline(
        Database.empty(name), log, surroundings.functions(), this::facade, surroundings.clock());
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
    Object forms = LocalDb.forms(transaction.data());
    Committed committed =
        alive().commit(new Transaction(forms, transaction.requestId(), transaction.timeout()));
    return new TxReport(
        facade(committed.before()),
        facade(committed.transacted().after()),
        committed.transacted().txData(),
        committed.transacted().tempids());
  }

  /// The transaction with its data as data, where it was given as text.
  private static Transaction read(Transaction transaction) {
    Object data = transaction.data() instanceof String text ? Edn.read(text) : transaction.data();
    return new Transaction(
        data == null ? List.of() : data, transaction.requestId(), transaction.timeout());
  }

  @Override
  public Db sync(long t) {
    return facade(alive().await(t, SYNC_MAX));
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
    Stream<LogEntry> bootstrap =
        first <= Bootstrap.T ? Stream.of(entry(database, Database.bootstrap())) : Stream.empty();
    Stream<LogEntry> logged = log.read(Math.max(first, Bootstrap.T + 1))
        .map(LogTransaction::novelty)
        .takeWhile(novelty -> novelty.t() <= last)
        .map(novelty -> entry(database, novelty));
    return Stream.concat(bootstrap, logged);
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
