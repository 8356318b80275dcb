package valence.engine.local;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import valence.engine.excise.Redaction;
import valence.engine.log.LogCopy;
import valence.engine.log.Seal;
import valence.engine.log.TransactionLog;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogStore;

/// Does what requests for excision ask, by letting a copy of the log without the rows take its
/// place.
///
///     note the copy → copy and seal the log → name the copy in the catalog → go over to it
///                   → delete the log and other copies → forget the notes
///
/// The seal decides: before it nothing has happened, and after it whoever opens or writes the log
/// is led to the copy. A process that dies at any step leaves a state from which the next one goes
/// on: without the seal it begins anew, with it [#settle] does the rest. Several processes may be
/// at it at once; one seals, the copies of the others are deleted.
final class Excisions {
  /// Waiting for the pipeline to finish a write.
  private static final Duration REFRESH_MAX = Duration.ofSeconds(60);

  private final String dbName;
  private final Catalog catalog;
  private final LogCopies copies;
  private final LogStore logs;
  private final CommitPipeline pipeline;
  private final BiConsumer<DatabaseId, DatabaseId> moved;
  private final ReentrantLock running = new ReentrantLock();

  /// @param moved told that a log has taken the place of another
  Excisions(
      String dbName,
      Catalog catalog,
      LogStore logs,
      CommitPipeline pipeline,
      BiConsumer<DatabaseId, DatabaseId> moved) {
    this.dbName = dbName;
    this.catalog = catalog;
    this.copies = new LogCopies(catalog.refs());
    this.logs = logs;
    this.pipeline = pipeline;
    this.moved = moved;
  }

  /// Finishes what another process began, then does what is asked and not done.
  void run() {
    running.lock();
    try {
      Optional<Catalog.Entry> entry = catalog.entry(dbName);
      while (entry.isPresent() && step(entry.get())) {
        entry = catalog.entry(dbName);
      }
    } finally {
      running.unlock();
    }
  }

  /// Whether there was something to do.
  private boolean step(Catalog.Entry entry) {
    for (DatabaseId origin : copies.originsOf(entry.id())) {
      settle(origin, new Seal(entry.id(), entry.excisedT()));
    }
    Redaction redaction = Redaction.of(pipeline.current(), entry.excisedT());
    if (redaction.isEmpty()) {
      return false;
    }
    DatabaseId copy = DatabaseId.random();
    copies.begin(entry.id(), copy);
    LogCopy copying = new LogCopy(logs, redaction::redact, pipeline.current().schema());
    settle(entry.id(), copying.replace(entry.id(), copy, redaction.newestT()));
    return true;
  }

  /// What remains to be done once a log is sealed.
  private void settle(DatabaseId log, Seal seal) {
    moved.accept(log, seal.next()); // before the catalog leads anybody there
    Optional<Catalog.Entry> entry = catalog.entry(dbName);
    if (entry.isPresent() && entry.get().id().equals(log)) {
      catalog.move(dbName, entry.get(), seal); // when false, somebody else moved or deleted it
      entry = catalog.entry(dbName);
    }
    pipeline.refresh(REFRESH_MAX);
    boolean goesOn = entry.isPresent() && entry.get().id().equals(seal.next());
    for (DatabaseId copy : copies.of(log)) {
      if (!copy.equals(seal.next()) || !goesOn) {
        logs.delete(copy);
        copies.forget(log, copy);
      }
    }
    logs.delete(log);
    copies.forget(log, seal.next());
  }

  /// The log that has taken the place of another, as its seal says or, when it is gone, the
  /// catalog; the same when none has.
  static TransactionLog newest(TransactionLog log, String dbName, Catalog catalog, LogStore logs) {
    Optional<DatabaseId> next = log.seal().map(Seal::next);
    if (next.isEmpty() && log.isGone()) {
      next = catalog.entry(dbName).map(Catalog.Entry::id);
    }
    return next.isEmpty() || next.get().equals(log.id())
        ? log
        : new TransactionLog(logs, next.get(), 0);
  }
}
