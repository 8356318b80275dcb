package valence.engine.local;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import valence.api.Anomaly;
import valence.api.Anomaly.Category;
import valence.engine.db.Database;
import valence.engine.indexing.IndexOwner.Durable;

/// The newest durable value, and those who wait for a newer one.
final class Publication {
  private final ReentrantLock publishing = new ReentrantLock();
  private final Condition published = publishing.newCondition();
  private volatile Durable durable; // written under publishing, by whoever writes the log

  Publication(Durable durable) {
    this.durable = durable;
  }

  Durable durable() {
    return durable;
  }

  Database current() {
    return durable.database();
  }

  void publish(Durable newer) {
    publishing.lock();
    try {
      durable = newer;
      published.signalAll();
    } finally {
      publishing.unlock();
    }
  }

  /// Waits until the durable value has t.
  Database await(long t, Duration wait) {
    awaitBeyond(t - 1, wait, () -> false);
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
}
