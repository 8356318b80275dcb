package valence.storage.embedded;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The logs whose last segment is open, the longest open first: at most [#OPEN_MAX], so that the
/// number of databases isn't bounded by that of open files. Opening one costs little beside a
/// force.
final class OpenLogs {
  private static final int OPEN_MAX = 128;

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<DatabaseLog> logs = new ArrayDeque<>(); // guarded by lock
  private volatile boolean tooMany; // written under lock

  void opened(DatabaseLog log) {
    lock.lock();
    try {
      logs.addLast(log);
      tooMany = logs.size() > OPEN_MAX;
    } finally {
      lock.unlock();
    }
  }

  void closed(DatabaseLog log) {
    lock.lock();
    try {
      logs.remove(log);
      tooMany = logs.size() > OPEN_MAX;
    } finally {
      lock.unlock();
    }
  }

  /// Lets those rest that are too many; called with no log's lock held.
  void rest() {
    while (tooMany) {
      DatabaseLog first = first();
      if (first != null) {
        first.rest();
      }
    }
  }

  private @Nullable DatabaseLog first() {
    lock.lock();
    try {
      return logs.peekFirst();
    } finally {
      lock.unlock();
    }
  }
}
