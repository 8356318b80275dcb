package valence.engine.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import valence.api.Anomaly;
import valence.api.Anomaly.Category;
import valence.api.Transaction;
import valence.engine.db.Database;
import valence.engine.index.Foundation;
import valence.engine.indexing.BackgroundIndexing;
import valence.engine.indexing.IndexOwner;
import valence.engine.local.Submission.Decision;
import valence.engine.log.TransactionLog;
import valence.engine.store.DatabaseId;

/// Turns submitted transactions into durable ones, one after the other.
///
/// Two roles, each for one thread at a time: *computing* makes the next value of the one before,
/// *writing* makes durable, in one record, all that has been computed meanwhile (group commit). So
/// the next transactions are computed while earlier ones are being written.
///
/// Whoever submits computes its transaction and writes it if it finds the roles free, or free
/// within a few microseconds: as long as that goes well, nobody is put to sleep or woken. What
/// finds *computing* taken for longer waits in a queue, and a thread of the pipeline's computes
/// what is there. Nobody goes ahead of one that has waited for long. Whoever gives *writing* up
/// sees to it that what was handed over meanwhile is written.
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

  /// Others may be computed ahead of a waiting submission for so long.
  private static final long AHEAD_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(2);

  /// Submissions that are computed from the queue before others may go ahead again.
  private static final int QUEUED_AT_ONCE_MAX = 256;

  /// A write that took no longer may be waited for without sleeping.
  private static final long QUICK_WRITE_NANOS_MAX = TimeUnit.MICROSECONDS.toNanos(20);

  private final LogFollower follower;
  private final Publication publication;
  private final Speculation speculation;
  private final Computation computation;
  private final BackgroundIndexing indexing;
  private final Semaphore submissions = new Semaphore(SUBMISSIONS_MAX);

  /// What could not be computed by its caller at once, oldest first.
  private final Queue<Submission> waiting = new ConcurrentLinkedQueue<>();

  private final Relief computer = new Relief("valence-computer", this::computeWaiting);
  private final Relief writer = new Relief("valence-writer", this::writePending);

  // Locks in the order in which they are taken; that of the speculation comes behind them.

  /// Held to compute: the transactions of callers, foreign code among them.
  private final ReentrantLock computing = new ReentrantLock();

  /// Held to write and read the log, and to publish.
  private final ReentrantLock writing = new ReentrantLock();

  private volatile boolean writesAreQuick;

  CommitPipeline(LogFollower follower, Computation computation, BackgroundIndexing indexing) {
    this.follower = follower;
    this.publication = follower.publication();
    this.speculation = new Speculation(publication);
    this.computation = computation;
    this.indexing = indexing;
  }

  /// The log as it is now.
  TransactionLog log() {
    return follower.log();
  }

  /// The newest durable value, and the wait for a newer one.
  Publication publication() {
    return publication;
  }

  /// The newest durable value.
  Database current() {
    return publication.current();
  }

  @Override
  public Durable durable() {
    return publication.durable();
  }

  @Override
  public boolean adopt(Foundation foundation, DatabaseId of) {
    writing.lock();
    try {
      Database before = current();
      if (!log().id().equals(of)
          || foundation.t() <= before.indexes().foundation().t()) {
        return false;
      }
      if (foundation.t() > before.basisT()) {
        throw new IllegalStateException("a foundation is ahead of the log");
      }
      Database moved = before.withIndexes(before.indexes().onto(foundation));
      speculation.move(moved, () -> follower.publish(moved));
      return true;
    } finally {
      stopWriting();
    }
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
        Submission mine =
            new Submission(transaction, computation.functions().forCaller(), deadline);
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
    if (!mayGoAhead() || !Turn.soon(computing)) {
      waiting.add(mine);
      computer.call();
      return;
    }
    try {
      compute(mine);
    } finally {
      computing.unlock();
    }
    if (!waiting.isEmpty()) {
      computer.call();
    }
    if (!mine.isDecided()) {
      lead(mine);
    }
  }

  private boolean mayGoAhead() {
    Submission oldest = waiting.peek();
    return oldest == null || System.nanoTime() - oldest.madeNanos() < AHEAD_NANOS_MAX;
  }

  /// Writes what is pending until `mine` is decided, unless another thread is writing: that one
  /// looks again when it is done.
  private void lead(Submission mine) {
    if (writesAreQuick ? !Turn.soon(writing) : !writing.tryLock()) {
      return;
    }
    // An interrupt would close the files that others wait for; it is seen when they have it.
    boolean interrupted = Thread.interrupted();
    try {
      while (!mine.isDecided() && write()) {
        // until it is
      }
    } finally {
      stopWriting();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Gives up [#writing]. What was handed over while it was held, and found it taken, is written.
  private void stopWriting() {
    writing.unlock();
    if (speculation.hasPending()) {
      writer.call();
    }
  }

  private void computeWaiting() {
    while (!waiting.isEmpty()) {
      computing.lock();
      try {
        for (int i = 0; i < QUEUED_AT_ONCE_MAX; i++) {
          Submission next = waiting.poll();
          if (next == null) {
            break;
          }
          compute(next);
          writer.call();
        }
      } finally {
        computing.unlock();
      }
    }
  }

  private void writePending() {
    writing.lock();
    try {
      while (write()) {
        // until nothing is left
      }
    } finally {
      stopWriting();
    }
  }

  /// Computes a submission and leaves it to be written; the caller holds [#computing].
  private void compute(Submission submission) {
    if (!submission.take()) {
      return;
    }
    try {
      while (true) {
        Database before = speculation.newest();
        if (before == null) {
          readBack(submission.deadline());
        } else if (speculation.hand(before, computation.of(submission, before, follower))) {
          return;
        }
      }
    } catch (RuntimeException | Error failure) { // the log could not be read
      submission.decide(new Decision.Refused(failure));
    }
  }

  /// Writes one record of what is pending; false when nothing is. The caller holds [#writing].
  private boolean write() {
    List<Computed> batch = speculation.take();
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
      } else if (append(encoded, first.novelty().t())) {
        follower.publish(last.after());
        batch.forEach(this::grow);
        batch.forEach(CommitPipeline::acknowledge);
      } else {
        speculation.discard();
        batch.forEach(each -> each.submission().decide(new Decision.Discarded()));
        begin(follower.replay());
      }
    } catch (RuntimeException | Error failure) {
      speculation.discard();
      batch.forEach(each -> each.submission().decide(afterUnknown(each, failure)));
    }
    return true;
  }

  private boolean append(List<byte[]> encoded, long firstT) {
    long begun = System.nanoTime();
    boolean appended = log().append(encoded, firstT);
    writesAreQuick = System.nanoTime() - begun < QUICK_WRITE_NANOS_MAX;
    return appended;
  }

  private void grow(Computed computed) {
    if (computed instanceof Computed.Next next) {
      follower.grow(next.novelty());
    }
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

  /// Reads what the log holds, unless another thread has; the caller holds [#computing].
  private void readBack(long deadline) {
    acquireWriting(deadline);
    try {
      if (speculation.newest() == null) {
        begin(follower.replay());
      }
    } finally {
      stopWriting();
    }
  }

  /// Takes what others have written to the log, and gives the newest durable value.
  Database refresh(Duration wait) {
    acquireWriting(System.nanoTime() + wait.toNanos());
    try {
      Database found = follower.replay();
      if (found != current()) {
        speculation.discard();
        begin(found);
      }
      return found;
    } finally {
      stopWriting();
    }
  }

  /// Goes on from what the log holds; the caller holds [#writing] and has discarded the
  /// speculation.
  private void begin(Database found) {
    follower.publish(found);
    speculation.begin(found);
  }

  private void acquireWriting(long deadline) {
    try {
      if (!writing.tryLock()
          && !writing.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw Submission.timeIsUp("Nothing was applied.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Submission.interrupted("Nothing was applied.");
    }
  }
}
