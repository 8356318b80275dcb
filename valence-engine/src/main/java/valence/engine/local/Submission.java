package valence.engine.local;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.api.Transaction;
import valence.engine.function.FunctionResolver;
import valence.engine.index.Reads;

/// A transaction on its way, and the thread that waits for its answer. Whoever decides it wakes
/// that thread; it is decided once.
final class Submission {
  private static final String UNKNOWN = "The outcome is unknown: it may still be applied.";

  private final Transaction transaction;
  private final FunctionResolver functions;
  private final Thread caller = Thread.currentThread();
  private final @Nullable Reads reads = Reads.counting();
  private final long deadline;
  private final long madeNanos = System.nanoTime();
  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);

  Submission(Transaction transaction, FunctionResolver functions, long deadlineNanos) {
    this.transaction = transaction;
    this.functions = functions;
    this.deadline = deadlineNanos;
  }

  /// How far it has come.
  private sealed interface Stage {
    Stage WAITING = new Waiting();
    Stage TAKEN = new Taken();
    Stage WITHDRAWN = new Withdrawn();

    /// Nobody has begun with it.
    record Waiting() implements Stage {}

    /// Being computed or written.
    record Taken() implements Stage {}

    /// Its caller has gone before anybody began with it.
    record Withdrawn() implements Stage {}
  }

  /// How it ended.
  sealed interface Decision extends Stage {
    /// @param committed what the caller gets, worked out on its own thread
    record Durable(Supplier<Committed> committed) implements Decision {}

    /// @param thrown a `RuntimeException` or an `Error`
    record Refused(Throwable thrown) implements Decision {}

    /// Computed on a value that never came to be: to be computed again.
    record Discarded() implements Decision {}
  }

  Transaction transaction() {
    return transaction;
  }

  /// The functions that it may call, as its caller's.
  FunctionResolver functions() {
    return functions;
  }

  /// Where its caller counts what is read for it; null where nobody asked.
  @Nullable Reads reads() {
    return reads;
  }

  /// Since when it waits; of [System#nanoTime].
  long madeNanos() {
    return madeNanos;
  }

  /// Of [System#nanoTime].
  long deadline() {
    return deadline;
  }

  /// Whether the caller of this may begin with it; false once it was withdrawn.
  boolean take() {
    return stage.compareAndSet(Stage.WAITING, Stage.TAKEN);
  }

  boolean isDecided() {
    return stage.get() instanceof Decision;
  }

  /// Whether its caller has gone before anybody began with it.
  boolean isWithdrawn() {
    return stage.get() == Stage.WITHDRAWN;
  }

  /// Gives the answer, unless there is one.
  void decide(Decision decision) {
    if (stage.compareAndSet(Stage.TAKEN, decision) && caller != Thread.currentThread()) {
      LockSupport.unpark(caller);
    }
  }

  /// Waits for the answer, on the thread that made it.
  Decision await() {
    assert caller == Thread.currentThread();
    while (true) {
      if (stage.get() instanceof Decision decision) {
        return decision;
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return giveUp(false);
      }
      LockSupport.parkNanos(this, left);
      if (Thread.interrupted()) {
        Thread.currentThread().interrupt();
        return giveUp(true);
      }
    }
  }

  private Decision giveUp(boolean interrupted) {
    boolean withdrawn = stage.compareAndSet(Stage.WAITING, Stage.WITHDRAWN);
    if (stage.get() instanceof Decision decision) {
      return decision;
    }
    String consequence = withdrawn ? "Nothing was applied." : UNKNOWN;
    return new Decision.Refused(interrupted ? interrupted(consequence) : timeIsUp(consequence));
  }

  static AnomalyException timeIsUp(String consequence) {
    return Anomaly.of(
            Category.UNAVAILABLE,
            "The transaction's time was up before the database could take it.",
            consequence,
            "Send it again with the same request id, or give it more time.")
        .toException();
  }

  static AnomalyException interrupted(String consequence) {
    return Anomaly.of(Category.INTERRUPTED, "The calling thread was interrupted.", consequence)
        .toException();
  }
}
