package valence.engine.local;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import valence.api.Anomaly;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.api.Db;
import valence.api.Transaction;
import valence.engine.db.Database;
import valence.engine.function.FunctionResolver;
import valence.engine.log.LogTransaction;
import valence.engine.log.TransactionLog;
import valence.engine.schema.Attribute;
import valence.engine.schema.Bootstrap;
import valence.engine.schema.Partition;
import valence.engine.schema.Schema;
import valence.engine.tx.Transacted;
import valence.engine.tx.Transactions;
import valence.engine.tx.TxContext;

/// Turns submitted transactions into durable ones, one after the other.
///
/// Whoever submits computes under one lock, on the value that the transaction before it made, and
/// then makes durable under another: the first to get there writes, in one record, everything that
/// has been computed meanwhile (group commit). So the next transaction is computed while earlier
/// ones are being written, and a lone one changes no thread. Nothing is visible or acknowledged
/// before it is durable, a refusal neither: it may rest on transactions that are still being
/// written.
///
/// When the log refuses a record because another process has written, or when the outcome of a
/// write is unknown, the speculation is discarded, the log is read, and what isn't durable is
/// computed again (or fails with `unavailable` if it was part of the unknown write).
final class CommitPipeline {
  /// Transactions that wait or are at work; one more is `busy`.
  private static final int SUBMISSIONS_MAX = 4096;

  private final TransactionLog log;
  private final FunctionResolver functions;
  private final Function<Database, Db> facade;
  private final InstantSource clock;
  private final Semaphore submissions = new Semaphore(SUBMISSIONS_MAX);

  /// Held to write the log and to publish. Taken before [#computing], never after.
  private final ReentrantLock writing = new ReentrantLock();

  private final ReentrantLock computing = new ReentrantLock();
  private List<Pending> pending = new ArrayList<>(); // guarded by computing
  private Database speculative; // guarded by computing
  private boolean stale; // guarded by computing: the log must be read before the next transaction

  private final ReentrantLock publishing = new ReentrantLock();
  private final Condition published = publishing.newCondition();
  private volatile Database current;

  /// Replays the log.
  ///
  /// @param facade how transaction functions see a database
  CommitPipeline(
      Database empty,
      TransactionLog log,
      FunctionResolver functions,
      Function<Database, Db> facade,
      InstantSource clock) {
    this.log = log;
    this.functions = functions;
    this.facade = facade;
    this.clock = clock;
    this.current = replay(empty);
    this.speculative = current;
  }

  /// What a committed transaction did.
  record Committed(Database before, Transacted transacted) {}

  /// A computed transaction on its way to the log.
  private static final class Pending {
    final Committed computed;
    final byte[] encoded;
    Outcome outcome = new Outcome.Undecided(); // guarded by writing

    Pending(Committed computed, boolean keepTempids) {
      Transacted transacted = computed.transacted();
      this.computed = computed;
      this.encoded = TransactionLog.encode(
          new LogTransaction(transacted.novelty(), keepTempids ? transacted.tempids() : Map.of()),
          transacted.after().schema());
    }
  }

  private sealed interface Outcome {
    record Undecided() implements Outcome {}

    record Durable() implements Outcome {}

    /// Computed on a value that never came to be.
    record Discarded() implements Outcome {}

    record Failed(AnomalyException exception) implements Outcome {}
  }

  /// An answer, and what must be durable before it may be given.
  private record Answer(Optional<Pending> restsOn, Supplier<Committed> committed) {}

  /// The newest durable value.
  Database current() {
    return current;
  }

  /// Applies a transaction and returns when it is durable.
  Committed commit(Transaction transaction) {
    if (!submissions.tryAcquire()) {
      throw Anomaly.of(
              Category.BUSY,
              SUBMISSIONS_MAX + " transactions are waiting for this database.",
              "Nothing was applied. Send it again after a pause, or send fewer at once.")
          .toException();
    }
    try {
      long deadline = System.nanoTime() + transaction.timeout().toNanos();
      while (true) {
        Answer answer = compute(transaction, deadline);
        Outcome outcome = answer.restsOn().isPresent()
            ? await(answer.restsOn().get(), deadline)
            : new Outcome.Durable();
        switch (outcome) {
          case Outcome.Durable() -> {
            return answer.committed().get();
          }
          case Outcome.Failed(var exception) -> throw exception;
          case Outcome.Discarded(), Outcome.Undecided() -> {
            // compute it again
          }
        }
      }
    } finally {
      submissions.release();
    }
  }

  private Answer compute(Transaction transaction, long deadline) {
    while (true) {
      acquire(computing, deadline, "Nothing was applied.");
      try {
        if (!stale) {
          return compute(transaction);
        }
      } finally {
        computing.unlock();
      }
      acquire(writing, deadline, "Nothing was applied.");
      try {
        readBack();
      } finally {
        writing.unlock();
      }
    }
  }

  private Answer compute(Transaction transaction) {
    Database before = speculative;
    try {
      if (transaction.requestId().isPresent()) {
        long known = transactionOf(before, transaction.requestId().get());
        if (known != Schema.NONE) {
          return new Answer(newest(), () -> committed(Partition.t(known)));
        }
      }
      TxContext context =
          new TxContext(functions, facade, clock.instant(), transaction.requestId());
      Transacted transacted = Transactions.transact(before, transaction.data(), context);
      Pending mine =
          new Pending(new Committed(before, transacted), transaction.requestId().isPresent());
      pending.add(mine);
      speculative = transacted.after();
      return new Answer(Optional.of(mine), () -> mine.computed);
    } catch (AnomalyException refused) {
      return new Answer(newest(), () -> {
        throw refused;
      });
    }
  }

  private Optional<Pending> newest() {
    return pending.isEmpty() ? Optional.empty() : Optional.of(pending.get(pending.size() - 1));
  }

  /// The entity of the transaction that had the request id, or [Schema#NONE].
  private static long transactionOf(Database database, UUID requestId) {
    Attribute attribute = database.schema().attribute(Bootstrap.TX_REQUEST_ID);
    return attribute == null ? Schema.NONE : database.holder(attribute, requestId);
  }

  /// What a durable transaction did, from the log.
  private Committed committed(long t) {
    Database now = current;
    try (Stream<LogTransaction> transactions = log.read(t)) {
      LogTransaction found = transactions.findFirst().orElseThrow();
      Database before = now.withView(now.view().withAsOf(t - 1));
      Database after = now.withView(now.view().withAsOf(t));
      return new Committed(
          before,
          new Transacted(
              after,
              found.novelty(),
              LocalConnection.datoms(now, found.novelty()),
              found.tempids()));
    }
  }

  /// Waits until it is decided, by writing what is pending unless somebody else is.
  private Outcome await(Pending mine, long deadline) {
    acquire(writing, deadline, "The outcome is unknown: it may still be applied.");
    try {
      while (mine.outcome instanceof Outcome.Undecided) {
        write();
      }
      return mine.outcome;
    } finally {
      writing.unlock();
    }
  }

  /// Writes one record of pending transactions; the caller holds [#writing].
  private void write() {
    List<Pending> batch = takeBatch();
    List<byte[]> encoded = batch.stream().map(each -> each.encoded).toList();
    long firstT = batch.get(0).computed.transacted().novelty().t();
    Database after = batch.get(batch.size() - 1).computed.transacted().after();
    try {
      if (log.append(encoded, firstT)) {
        publish(after);
        batch.forEach(each -> each.outcome = new Outcome.Durable());
      } else {
        batch.forEach(each -> each.outcome = new Outcome.Discarded());
        readBack();
      }
    } catch (RuntimeException | Error failure) {
      AnomalyException unknown = Anomaly.of(
              Category.UNAVAILABLE,
              "The log could not be written: " + failure.getMessage(),
              "The outcome is unknown: the transaction may have been applied.",
              "Send it again with the same request id, or look for its facts first.")
          .toException(failure);
      batch.forEach(each -> each.outcome = new Outcome.Failed(unknown));
      discardSpeculation();
    }
  }

  private List<Pending> takeBatch() {
    computing.lock();
    try {
      int count = 0;
      long bytes = 0;
      while (count < pending.size()) {
        bytes += pending.get(count).encoded.length;
        if (bytes > TransactionLog.BYTES_MAX) {
          break;
        }
        count++;
      }
      assert count > 0 : "a transaction that is too large for a record was taken";
      List<Pending> batch = List.copyOf(pending.subList(0, count));
      pending = new ArrayList<>(pending.subList(count, pending.size()));
      return batch;
    } finally {
      computing.unlock();
    }
  }

  private void discardSpeculation() {
    computing.lock();
    try {
      pending.forEach(each -> each.outcome = new Outcome.Discarded());
      pending.clear();
      stale = true;
    } finally {
      computing.unlock();
    }
  }

  /// Discards the speculation and takes what the log holds; the caller holds [#writing].
  private void readBack() {
    discardSpeculation();
    Database found = replay(current);
    computing.lock();
    try {
      speculative = found;
      stale = false;
    } finally {
      computing.unlock();
    }
    publish(found);
  }

  private Database replay(Database from) {
    Database[] database = {from};
    try (Stream<LogTransaction> transactions = log.catchUp()) {
      transactions.forEach(each -> database[0] = database[0].apply(each.novelty()));
    }
    return database[0];
  }

  private void publish(Database database) {
    publishing.lock();
    try {
      current = database;
      published.signalAll();
    } finally {
      publishing.unlock();
    }
  }

  /// Waits until the durable value has t.
  Database await(long t, Duration wait) {
    long nanos = wait.toNanos();
    publishing.lock();
    try {
      while (current.basisT() < t && nanos > 0) {
        nanos = published.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted("Nothing was changed.");
    } finally {
      publishing.unlock();
    }
    Database database = current;
    if (database.basisT() < t) {
      throw Anomaly.of(
              Category.BUSY,
              "Database does not yet have t=" + t + "; its basis is " + database.basisT() + ".",
              "Call again, or check that the t is of this database.")
          .with("basis", database.basisT())
          .with("needed-t", t)
          .toException();
    }
    return database;
  }

  private static void acquire(ReentrantLock lock, long deadline, String consequence) {
    try {
      if (!lock.tryLock() && !lock.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw Anomaly.of(
                Category.UNAVAILABLE,
                "The transaction's time was up before the database could take it.",
                consequence,
                "Send it again with the same request id, or give it more time.")
            .toException();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(consequence);
    }
  }

  private static AnomalyException interrupted(String consequence) {
    return Anomaly.of(Category.INTERRUPTED, "The calling thread was interrupted.", consequence)
        .toException();
  }
}
