package valence.engine.local;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import valence.api.Anomaly;
import valence.engine.db.Database;
import valence.engine.db.Novelty;
import valence.engine.indexing.BackgroundIndexing;
import valence.engine.indexing.IndexOwner.Durable;
import valence.engine.log.LogTransaction;
import valence.engine.log.TransactionLog;

/// Keeps the durable value in step with the log: with what this process appends, with what others
/// do, and with the log that has taken the place of another.
///
/// For one thread at a time, save [#log] and [#publication].
final class LogFollower {
  private final UnaryOperator<TransactionLog> newestLog;
  private final BackgroundIndexing indexing;
  private final Publication publication;
  private volatile TransactionLog log;

  /// Replays the end of the log.
  ///
  /// @param known     what the log says up to where it was opened
  /// @param newestLog the log that has taken the place of another, or the same
  /// @param indexing  told of each transaction that is durable
  LogFollower(
      Database known,
      TransactionLog log,
      UnaryOperator<TransactionLog> newestLog,
      BackgroundIndexing indexing) {
    this.log = log;
    this.newestLog = newestLog;
    this.indexing = indexing;
    this.publication = new Publication(new Durable(known, log.id(), log.end()));
    publish(replay());
  }

  /// The log as it is now.
  TransactionLog log() {
    return log;
  }

  /// The value that the log makes.
  Publication publication() {
    return publication;
  }

  void publish(Database database) {
    publication.publish(new Durable(database, log.id(), log.end()));
  }

  /// A transaction became durable.
  void grow(Novelty novelty) {
    indexing.grown(novelty);
  }

  /// The durable value with what the log says beyond it, or what the log says that has taken its
  /// place. It isn't published.
  Database replay() {
    Durable known = publication.durable();
    TransactionLog before = log;
    List<Novelty> found = new ArrayList<>();
    Database database;
    try {
      database = catchUp(known.database(), found);
      TransactionLog newest = newestLog.apply(log);
      while (newest != log) {
        log = newest;
        found.clear();
        database = catchUp(Database.empty(known.database().name()), found);
        newest = newestLog.apply(log);
      }
    } catch (RuntimeException | Error failure) {
      log = before;
      log.rewind(known.logEnd()); // what was read isn't published, so it will be read again
      throw failure;
    }
    if (log != before) {
      indexing.moved(log.id());
    }
    found.forEach(this::grow);
    return database;
  }

  private Database catchUp(Database from, List<Novelty> found) {
    Database[] database = {from};
    try (Stream<LogTransaction> transactions = log.catchUp()) {
      transactions.forEach(each -> {
        Novelty novelty = each.novelty();
        long next = database[0].basisT() + 1;
        if (novelty.t() != next) {
          throw Anomaly.fault(
                  "The log of database " + from.name() + " goes on with t=" + novelty.t() + ".",
                  "Expected t=" + next + ".",
                  "Restore the log from a backup.")
              .toException();
        }
        database[0] = database[0].apply(novelty);
        found.add(novelty);
      });
    }
    return database[0];
  }
}
