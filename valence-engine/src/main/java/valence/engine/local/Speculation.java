package valence.engine.local;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import valence.engine.db.Database;
import valence.engine.local.Submission.Decision;
import valence.engine.log.TransactionLog;

/// What is computed and isn't durable yet, and the value that it makes.
final class Speculation {
  private final Publication publication;

  /// Held for a few instructions only.
  private final ReentrantLock handing = new ReentrantLock();

  private List<Computed> pending = new ArrayList<>(); // guarded by handing

  private volatile @Nullable Database newest; // written under handing

  Speculation(Publication publication) {
    this.publication = publication;
    this.newest = publication.current();
  }

  /// What the next transaction is computed on; null when the log must be read before.
  @Nullable Database newest() {
    return newest;
  }

  /// Leaves what was computed to be written; false when the value it was computed on has been
  /// discarded meanwhile.
  boolean hand(Database before, Computed computed) {
    handing.lock();
    try {
      if (newest != before) {
        return false;
      }
      switch (computed) {
        case Computed.Next next -> {
          pending.add(next);
          newest = next.after();
        }
        case Computed.Answer(Submission submission, Decision decision) -> {
          if (before == publication.current()) {
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

  boolean hasPending() {
    handing.lock();
    try {
      return !pending.isEmpty();
    } finally {
      handing.unlock();
    }
  }

  /// As much of what is pending, oldest first, as one record may have.
  List<Computed> take() {
    handing.lock();
    try {
      int count = 0;
      long bytes = 0;
      while (count < pending.size()) {
        bytes += pending.get(count).size();
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

  /// Lets go of what isn't durable: it is to be computed again, on what the log says.
  void discard() {
    List<Computed> discarded;
    handing.lock();
    try {
      discarded = pending;
      pending = new ArrayList<>();
      newest = null;
    } finally {
      handing.unlock();
    }
    discarded.forEach(each -> each.submission().decide(new Decision.Discarded()));
  }

  /// Goes on from a durable value, when all that was pending is discarded.
  void begin(Database durable) {
    handing.lock();
    try {
      newest = durable;
    } finally {
      handing.unlock();
    }
  }

  /// Puts what is pending on the durable value as it is on another foundation. What is being
  /// computed meanwhile is computed again.
  ///
  /// @param publish publishes the durable value
  void move(Database moved, Runnable publish) {
    handing.lock();
    try {
      publish.run();
      Database last = moved;
      List<Computed> laid = new ArrayList<>(pending.size());
      for (Computed each : pending) {
        if (each instanceof Computed.Next next) {
          Computed.Next onto = next.onto(last);
          last = onto.after();
          laid.add(onto);
        } else {
          laid.add(each);
        }
      }
      pending = laid;
      if (newest != null) {
        newest = last;
      }
    } finally {
      handing.unlock();
    }
  }
}
