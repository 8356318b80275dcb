package valence.engine.local;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.Anomaly.Category;
import valence.api.Db;
import valence.api.Transaction;
import valence.api.TxStats;
import valence.engine.db.Database;
import valence.engine.db.Novelty;
import valence.engine.function.FunctionResolver;
import valence.engine.index.Foundation;
import valence.engine.index.Indexes;
import valence.engine.index.Reads;
import valence.engine.indexing.BackgroundIndexing;
import valence.engine.indexing.IndexOwner;
import valence.engine.local.Submission.Decision;
import valence.engine.log.LogTransaction;
import valence.engine.log.TransactionLog;
import valence.engine.schema.Attribute;
import valence.engine.schema.Bootstrap;
import valence.engine.schema.Partition;
import valence.engine.schema.Schema;
import valence.engine.store.DatabaseId;
import valence.engine.tx.Transacted;
import valence.engine.tx.Transactions;
import valence.engine.tx.TxContext;

/// Turns submitted transactions into durable ones, one after the other.
///
/// Two roles, each for one thread at a time: *computing* makes the next value of the one before,
/// *writing* makes durable, in one record, all that has been computed meanwhile (group commit). So
/// the next transactions are computed while earlier ones are being written.
///
/// A lone transaction is computed and written by the thread that submits it. When the role is
/// taken, the submission is left to a thread of the pipeline's that takes it over, works until
/// nothing is left, and ends: a crowd of callers hands over no lock from one to the next, but each
/// waits once and is woken once, with its answer.
///
/// Nothing is visible or acknowledged before it is durable, a refusal neither: it may rest on
/// transactions that are still being written, so it queues behind them.
///
/// When the log refuses a record because another process has written, or when the outcome of a
/// write is unknown, the speculation is discarded, the log is read, and what isn't durable is
/// computed again (or fails with `unavailable` if it was part of the unknown write).
final class CommitPipeline implements IndexOwner {
  /// Transactions that wait or are at work; one more is `busy`.
  private static final int SUBMISSIONS_MAX = 4096;

  /// Rows that may be applied to a new foundation while writers wait.
  private static final int ROWS_UNDER_LOCK_MAX = 4096;

  private final UnaryOperator<TransactionLog> newestLog;
  private volatile TransactionLog log; // set under writing
  private final FunctionResolver functions;
  private final Function<Database, Db> facade;
  private final InstantSource clock;
  private final Semaphore submissions = new Semaphore(SUBMISSIONS_MAX);

  /// What could not be computed by its caller at once, oldest first.
  private final Queue<Submission> waiting = new ConcurrentLinkedQueue<>();

  private final Relief computer = new Relief("valence-computer", this::computeWaiting);
  private final Relief writer = new Relief("valence-writer", this::writePending);

  // Locks in the order in which they are taken.

  /// Held to compute: the transactions of callers, foreign code among them.
  private final ReentrantLock computing = new ReentrantLock();

  /// Held to write and read the log, and to publish.
  private final ReentrantLock writing = new ReentrantLock();

  /// Held for a few instructions only.
  private final ReentrantLock handing = new ReentrantLock();

  private List<Computed> pending = new ArrayList<>(); // guarded by handing

  /// What the next transaction is computed on; null when the log must be read before.
  private volatile @Nullable Database speculative; // written under handing

  /// What the durable value says beyond its foundation, oldest first.
  private final List<Novelty> tail = new ArrayList<>(); // guarded by writing

  private final BackgroundIndexing indexing;

  private final ReentrantLock publishing = new ReentrantLock();
  private final Condition published = publishing.newCondition();
  private volatile Durable durable; // written under publishing, by whoever is writing

  /// Replays the end of the log.
  ///
  /// @param known  what the log says up to where it was opened
  /// @param newestLog the log that has taken the place of another, or the same
  /// @param facade how transaction functions see a database
  CommitPipeline(
      Database known,
      TransactionLog log,
      UnaryOperator<TransactionLog> newestLog,
      FunctionResolver functions,
      Function<Database, Db> facade,
      InstantSource clock,
      BackgroundIndexing indexing) {
    this.log = log;
    this.newestLog = newestLog;
    this.functions = functions;
    this.facade = facade;
    this.clock = clock;
    this.indexing = indexing;
    this.durable = new Durable(known, log.id(), log.end());
    Database newest = replay();
    this.durable = new Durable(newest, this.log.id(), this.log.end());
    this.speculative = newest;
  }

  /// What a committed transaction did.
  record Committed(Database before, Transacted transacted) {}

  /// What was made of a submission. Computed, it isn't decided before what it rests on is durable:
  /// all that is pending before it.
  private sealed interface Computed {
    Submission submission();

    /// A transaction on its way to the log.
    ///
    /// @param after the value that it makes, on the newest foundation; the one committed stays on
    ///     that on which it was computed
    record Next(Submission submission, Committed committed, byte[] encoded, Database after)
        implements Computed {
      Novelty novelty() {
        return committed.transacted().novelty();
      }
    }

    /// An answer that changes nothing: a refusal, or the report of a request known already.
    record Answer(Submission submission, Decision decision) implements Computed {}
  }

  /// The log as it is now.
  TransactionLog log() {
    return log;
  }

  /// The newest durable value.
  Database current() {
    return durable.database();
  }

  @Override
  public Durable durable() {
    return durable;
  }

  /// Most of what the log says beyond the foundation is applied before anybody has to wait. What is
  /// being computed meanwhile is computed again.
  @Override
  public boolean adopt(Foundation foundation, DatabaseId of) {
    Indexes indexes = Indexes.over(foundation);
    long t = foundation.t();
    for (List<Novelty> newer = newerThan(t);
        rows(newer) > ROWS_UNDER_LOCK_MAX;
        newer = newerThan(t)) {
      Database facts = current();
      for (Novelty novelty : newer) {
        indexes = facts.apply(indexes, novelty);
      }
      t = newer.getLast().t();
    }
    writing.lock();
    try {
      Database before = current();
      if (!log.id().equals(of)
          || foundation.t() <= before.indexes().foundation().t()) {
        return false;
      }
      if (foundation.t() > before.basisT()) {
        throw new IllegalStateException("a foundation is ahead of the log");
      }
      for (Novelty novelty : newerThan(t)) {
        indexes = before.apply(indexes, novelty);
      }
      tail.removeIf(novelty -> novelty.t() <= foundation.t());
      adopt(before.withIndexes(indexes));
      return true;
    } finally {
      writing.unlock();
    }
  }

  /// Publishes the durable value on another foundation, and puts what is pending on it; the caller
  /// holds [#writing].
  private void adopt(Database moved) {
    handing.lock();
    try {
      publish(moved);
      Database newest = moved;
      List<Computed> laid = new ArrayList<>(pending.size());
      for (Computed each : pending) {
        if (each instanceof Computed.Next next) {
          newest = next.after().withIndexes(next.after().apply(newest.indexes(), next.novelty()));
          laid.add(new Computed.Next(next.submission(), next.committed(), next.encoded(), newest));
        } else {
          laid.add(each);
        }
      }
      pending = laid;
      if (speculative != null) {
        speculative = newest;
      }
    } finally {
      handing.unlock();
    }
  }

  private List<Novelty> newerThan(long t) {
    writing.lock();
    try {
      int first = tail.size();
      while (first > 0 && tail.get(first - 1).t() > t) {
        first--;
      }
      return List.copyOf(tail.subList(first, tail.size()));
    } finally {
      writing.unlock();
    }
  }

  private static long rows(List<Novelty> novelties) {
    long rows = 0;
    for (Novelty novelty : novelties) {
      rows += novelty.opened().count() + novelty.closed().count();
    }
    return rows;
  }

  /// Applies a transaction and returns when it is durable.
  ///
  /// The caller's time is up, or it is interrupted: then it goes, and what it submitted is
  /// withdrawn unless somebody has begun with it.
  Committed commit(Transaction transaction) {
    if (computing.isHeldByCurrentThread()) {
      throw Anomaly.of(
              Category.FORBIDDEN,
              "A transaction function called transact on the database of its transaction.",
              "It is part of one transaction and returns what that is to say.",
              "Return the tx-data instead.")
          .toException();
    }
    if (!submissions.tryAcquire()) {
      throw Anomaly.of(
              Category.BUSY,
              SUBMISSIONS_MAX + " transactions are waiting for this database.",
              "Nothing was applied. Send it again after a pause, or send fewer at once.")
          .toException();
    }
    try {
      long deadline = System.nanoTime() + transaction.timeout().toNanos();
      indexing.admit(deadline);
      while (true) {
        Submission mine = new Submission(transaction, deadline);
        submit(mine);
        Decision decision = mine.await();
        if (mine.isWithdrawn()) {
          waiting.remove(mine);
        }
        switch (decision) {
          case Decision.Durable(var committed) -> {
            return committed.get();
          }
          case Decision.Refused(RuntimeException refused) -> throw refused;
          case Decision.Refused(Error error) -> throw error;
          case Decision.Refused(var other) -> throw new IllegalStateException(other);
          case Decision.Discarded() -> {
            // submit it again
          }
        }
      }
    } finally {
      submissions.release();
    }
  }

  private void submit(Submission mine) {
    if (waiting.isEmpty() && computing.tryLock()) {
      try {
        compute(mine);
      } finally {
        computing.unlock();
      }
      if (!mine.isDecided()) {
        lead(mine);
      }
    } else {
      waiting.add(mine);
      computer.call();
    }
  }

  /// Writes what is pending until `mine` is decided, unless another thread is writing.
  private void lead(Submission mine) {
    if (!writing.tryLock()) {
      writer.call();
      return;
    }
    // An interrupt would close the files that others wait for; it is seen when they have it.
    boolean interrupted = Thread.interrupted();
    try {
      while (!mine.isDecided() && write()) {
        // until it is
      }
    } finally {
      writing.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void computeWaiting() {
    computing.lock();
    try {
      for (Submission next = waiting.poll(); next != null; next = waiting.poll()) {
        compute(next);
        writer.call();
      }
    } finally {
      computing.unlock();
    }
  }

  private void writePending() {
    writing.lock();
    try {
      while (write()) {
        // until nothing is left
      }
    } finally {
      writing.unlock();
    }
  }

  /// Computes a submission and leaves it to be written; the caller holds [#computing].
  private void compute(Submission submission) {
    if (!submission.take()) {
      return;
    }
    try {
      while (true) {
        Database before = speculative;
        if (before == null) {
          readBack(submission.deadline());
        } else if (hand(before, counted(before, submission))) {
          return;
        }
      }
    } catch (RuntimeException | Error failure) { // the log could not be read
      submission.decide(new Decision.Refused(failure));
    }
  }

  /// Whichever thread computes, the reads are the submission's.
  private Computed counted(Database before, Submission submission) {
    return Reads.during(submission.reads(), () -> computed(before, submission));
  }

  private Computed computed(Database before, Submission submission) {
    Transaction transaction = submission.transaction();
    try {
      if (transaction.requestId().isPresent()) {
        long known = transactionOf(before, transaction.requestId().get());
        if (known != Schema.NONE) {
          return new Computed.Answer(
              submission, new Decision.Durable(() -> committed(Partition.t(known))));
        }
      }
      TxContext context =
          new TxContext(functions, facade, clock.instant(), transaction.requestId());
      Transacted transacted = Transactions.transact(before, transaction.data(), context);
      Map<String, Long> tempids =
          transaction.requestId().isPresent() ? transacted.tempids() : Map.of();
      byte[] encoded = TransactionLog.encode(
          new LogTransaction(transacted.novelty(), tempids), transacted.after().schema());
      return new Computed.Next(
          submission, new Committed(before, transacted), encoded, transacted.after());
    } catch (RuntimeException | Error refused) {
      return new Computed.Answer(submission, new Decision.Refused(refused));
    }
  }

  /// Leaves what was computed to be written; false when the value it was computed on has been
  /// discarded meanwhile.
  private boolean hand(Database before, Computed computed) {
    handing.lock();
    try {
      if (speculative != before) {
        return false;
      }
      switch (computed) {
        case Computed.Next next -> {
          pending.add(next);
          speculative = next.after();
        }
        case Computed.Answer(Submission submission, Decision decision) -> {
          if (before == current()) {
            submission.decide(decision); // rests on nothing that isn't durable
          } else {
            pending.add(computed);
          }
        }
      }
      return true;
    } finally {
      handing.unlock();
    }
  }

  /// The entity of the transaction that had the request id, or [Schema#NONE].
  private static long transactionOf(Database database, UUID requestId) {
    Attribute attribute = database.schema().attribute(Bootstrap.TX_REQUEST_ID);
    return attribute == null ? Schema.NONE : database.holder(attribute, requestId);
  }

  /// What a durable transaction did, from the log.
  private Committed committed(long t) {
    Database now = current();
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
              found.tempids(),
              TxStats.NONE));
    }
  }

  /// Writes one record of what is pending; false when nothing is. The caller holds [#writing].
  private boolean write() {
    List<Computed> batch = takeBatch();
    if (batch.isEmpty()) {
      return false;
    }
    List<byte[]> encoded = new ArrayList<>(batch.size());
    Computed.Next first = null;
    Computed.Next last = null;
    for (Computed each : batch) {
      if (each instanceof Computed.Next next) {
        encoded.add(next.encoded());
        first = first == null ? next : first;
        last = next;
      }
    }
    try {
      if (first == null || last == null) {
        batch.forEach(CommitPipeline::acknowledge);
      } else if (log.append(encoded, first.novelty().t())) {
        publish(last.after());
        batch.forEach(this::grow);
        batch.forEach(CommitPipeline::acknowledge);
      } else {
        discardSpeculation();
        batch.forEach(each -> each.submission().decide(new Decision.Discarded()));
        readBack();
      }
    } catch (RuntimeException | Error failure) {
      discardSpeculation();
      batch.forEach(each -> each.submission().decide(afterUnknown(each, failure)));
    }
    return true;
  }

  private static void acknowledge(Computed computed) {
    switch (computed) {
      case Computed.Next(Submission submission, Committed committed, _, _) ->
        submission.decide(new Decision.Durable(() -> committed));
      case Computed.Answer(Submission submission, Decision decision) -> submission.decide(decision);
    }
  }

  /// What becomes of part of a write that failed.
  private static Decision afterUnknown(Computed computed, Throwable failure) {
    return switch (computed) {
      case Computed.Next _ ->
        new Decision.Refused(Anomaly.of(
                Category.UNAVAILABLE,
                "The log could not be written: " + failure.getMessage(),
                "The outcome is unknown: the transaction may have been applied.",
                "Send it again with the same request id, or look for its facts first.")
            .toException(failure));
      case Computed.Answer _ -> new Decision.Discarded();
    };
  }

  /// As much of what is pending, oldest first, as one record may have.
  private List<Computed> takeBatch() {
    handing.lock();
    try {
      int count = 0;
      long bytes = 0;
      while (count < pending.size()) {
        bytes += pending.get(count) instanceof Computed.Next next
            ? TransactionLog.size(next.encoded())
            : 0;
        if (bytes > TransactionLog.BYTES_MAX) {
          break;
        }
        count++;
      }
      assert count > 0 || pending.isEmpty() : "a transaction too large for a record was taken";
      List<Computed> taken = pending;
      pending = new ArrayList<>(taken.subList(count, taken.size()));
      return taken.subList(0, count);
    } finally {
      handing.unlock();
    }
  }

  private void discardSpeculation() {
    List<Computed> discarded;
    handing.lock();
    try {
      discarded = pending;
      pending = new ArrayList<>();
      speculative = null;
    } finally {
      handing.unlock();
    }
    discarded.forEach(each -> each.submission().decide(new Decision.Discarded()));
  }

  /// Reads what the log holds, unless another thread has; the caller holds [#computing].
  private void readBack(long deadline) {
    acquire(writing, deadline);
    try {
      if (speculative == null) {
        readBack();
      }
    } finally {
      writing.unlock();
    }
  }

  /// Takes what others have written to the log, and gives the newest durable value.
  Database refresh(Duration wait) {
    acquire(writing, System.nanoTime() + wait.toNanos());
    try {
      Database found = replay();
      if (found != current()) {
        discardSpeculation();
        take(found);
      }
      return found;
    } finally {
      writing.unlock();
    }
  }

  /// Takes what the log holds; the caller holds [#writing] and has discarded the speculation.
  private void readBack() {
    take(replay());
  }

  private void grow(Computed computed) {
    if (computed instanceof Computed.Next next) {
      grow(next.novelty());
    }
  }

  private void grow(Novelty novelty) {
    tail.add(novelty);
    indexing.grown(novelty);
  }

  private void take(Database found) {
    publish(found);
    handing.lock();
    try {
      speculative = found;
    } finally {
      handing.unlock();
    }
  }

  /// The durable value with what the log says beyond it, or what the log says that has taken its
  /// place; the caller holds [#writing].
  private Database replay() {
    Durable known = durable;
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
      tail.clear();
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

  private void publish(Database database) {
    publishing.lock();
    try {
      durable = new Durable(database, log.id(), log.end());
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
      while (current().basisT() < t && nanos > 0) {
        nanos = published.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Submission.interrupted("Nothing was changed.");
    } finally {
      publishing.unlock();
    }
    Database database = current();
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

  /// Waits until the durable value is beyond t, the time is up or the wait was given up; whoever
  /// gives up calls [#wake].
  ///
  /// @return whether the durable value is beyond t
  boolean awaitBeyond(long t, Duration wait, BooleanSupplier givenUp) {
    long nanos = wait.toNanos();
    publishing.lock();
    try {
      while (current().basisT() <= t && nanos > 0 && !givenUp.getAsBoolean()) {
        nanos = published.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Submission.interrupted("Nothing was changed.");
    } finally {
      publishing.unlock();
    }
    return current().basisT() > t;
  }

  /// Lets those who wait look again.
  void wake() {
    publishing.lock();
    try {
      published.signalAll();
    } finally {
      publishing.unlock();
    }
  }

  private static void acquire(ReentrantLock lock, long deadline) {
    try {
      if (!lock.tryLock() && !lock.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw Submission.timeIsUp("Nothing was applied.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Submission.interrupted("Nothing was applied.");
    }
  }
}
