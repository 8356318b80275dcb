package valence.engine.live;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Db;
import valence.api.LiveChange;
import valence.api.LogEntry;
import valence.api.QueryRequest;

/// One query that is watched, for all who watch it. Safe for many threads.
final class Watched {
  /// How many snapshots are kept for readers who are behind.
  private static final int KEPT_MAX = 8;

  /// How many rows the kept ones may have together, the newest left out.
  private static final int KEPT_ROWS_MAX = 20_000;

  private final QueryRequest request; // with the inputs behind the database
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Snapshot> kept = new ArrayDeque<>(); // newest last; guarded by lock, as all
  private int subscribers;
  private long touchedT = -1; // the newest transaction that may concern the query
  private long ranT = -1; // the t of the last run
  private long schemaT = -1; // the newest transaction that touched the schema
  private boolean again; // whether to run though no transaction says so
  private boolean runs;
  private @Nullable Footprint footprint;
  private @Nullable AnomalyException failure;

  Watched(QueryRequest request) {
    this.request = request;
  }

  QueryRequest request() {
    return request;
  }

  /// The query on a value; `busy` when it gives more rows than can be watched.
  static List<@Nullable Object> rows(QueryRequest request, Db db) {
    List<@Nullable Object> args = new ArrayList<>(request.args());
    args.addFirst(db);
    Object result = db.<@Nullable Object>q(new QueryRequest(
        request.query(),
        args,
        0,
        -1,
        request.timeout(),
        false,
        Optional.empty(),
        request.memoryBytes(),
        false));
    List<@Nullable Object> rows = Shape.of(request.query()).rows(result);
    if (rows.size() > LiveQueries.ROWS_MAX) {
      throw Anomaly.of(
              Anomaly.Category.BUSY,
              "The result has " + rows.size() + " rows.",
              "A live query may have " + LiveQueries.ROWS_MAX + ".",
              "Ask for less: an aggregate, or the rows of some entities.")
          .withError(LiveQueries.TOO_LARGE)
          .toException();
    }
    return rows;
  }

  boolean join() {
    lock.lock();
    try {
      if (failure != null) {
        return false;
      }
      subscribers++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Whether nobody is left.
  boolean leave() {
    lock.lock();
    try {
      return --subscribers == 0;
    } finally {
      lock.unlock();
    }
  }

  /// Takes note of a transaction; whether somebody has to [#run] now.
  ///
  /// @param schema whether it touched the schema; until the query has run on it, what the query
  ///     reads isn't known
  boolean touch(LogEntry entry, boolean schema) {
    lock.lock();
    try {
      if (schema) {
        schemaT = Math.max(schemaT, entry.t());
      }
      if (entry.t() <= ranT
          || footprint != null && schemaT <= ranT && !footprint.isTouchedBy(entry)) {
        return false;
      }
      touchedT = Math.max(touchedT, entry.t());
      return begins();
    } finally {
      lock.unlock();
    }
  }

  /// Takes note that the result may have changed without a transaction that says so.
  boolean touch() {
    lock.lock();
    try {
      again = true;
      return begins();
    } finally {
      lock.unlock();
    }
  }

  private boolean begins() {
    boolean begins = !runs && failure == null;
    runs |= begins;
    return begins;
  }

  private void begin() {
    lock.lock();
    try {
      again = false; // what is noted from here on is for the next run
    } finally {
      lock.unlock();
    }
  }

  /// Runs the query until no transaction is left that may concern it. Called by whom [#touch] told.
  void run(Supplier<Db> newest) {
    boolean more = true;
    while (more) {
      try {
        begin();
        Db db = newest.get();
        long t = db.basisT();
        Footprint read = Footprint.of(db, request.query(), request.args());
        List<@Nullable Object> rows = rows(request, db);
        more = publish(t, rows, read);
      } catch (AnomalyException e) {
        fail(e);
        more = false;
      } catch (RuntimeException | LinkageError | StackOverflowError | OutOfMemoryError e) {
        fail(Anomaly.fault("A live query can't be run: " + e + ".").toException(e));
        more = false;
      }
    }
  }

  private boolean publish(long t, List<@Nullable Object> rows, Footprint read) {
    Snapshot before;
    lock.lock();
    try {
      before = kept.peekLast();
    } finally {
      lock.unlock();
    }
    Snapshot made = before == null ? Snapshot.first(t, rows) : before.next(t, rows);
    boolean same = before != null
        && made.change().added().isEmpty()
        && made.change().removed().isEmpty();
    lock.lock();
    try {
      ranT = t;
      footprint = read;
      if (!same) {
        kept.addLast(made);
        trim();
        changed.signalAll();
      }
      runs = touchedT > t || again;
      return runs;
    } finally {
      lock.unlock();
    }
  }

  private void trim() {
    int rowCount = 0;
    int count = 0;
    for (var each = kept.descendingIterator(); each.hasNext(); ) {
      Snapshot snapshot = each.next();
      rowCount += count == 0 ? 0 : snapshot.rows().size();
      count++;
      if (count > KEPT_MAX || rowCount > KEPT_ROWS_MAX) {
        each.remove();
      }
    }
  }

  void fail(AnomalyException e) {
    lock.lock();
    try {
      failure = e;
      runs = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// What is new to a subscriber, when there is something within the time.
  Optional<LiveChange> next(LiveSubscription subscriber, Duration wait) {
    long left = wait.toNanos();
    lock.lock();
    try {
      while (true) {
        if (subscriber.isClosed()) {
          return Optional.empty();
        }
        Snapshot newest = kept.peekLast();
        if (newest != null && subscriber.seenT() < newest.t()) {
          Optional<LiveChange> change = change(subscriber, newest);
          if (change.isPresent()) {
            return change;
          }
        }
        if (failure != null) {
          throw failure.anomaly().toException(failure);
        }
        if (left <= 0) {
          return Optional.empty();
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Anomaly.of(Anomaly.Category.INTERRUPTED, "The wait for a change was interrupted.")
          .toException(e);
    } finally {
      lock.unlock();
    }
  }

  /// From what the subscriber has seen to the newest; empty when that is the same.
  private Optional<LiveChange> change(LiveSubscription subscriber, Snapshot newest) {
    Snapshot base = subscriber.base();
    if (base == null) {
      for (Snapshot each : kept) {
        base = each.t() == subscriber.seenT() ? each : base;
      }
    }
    LiveChange change = base == null
        ? newest.whole()
        : newest.change().basis().equals(OptionalLong.of(base.t())) && subscriber.base() == null
            ? newest.change()
            : base.difference(newest.t(), newest.rows());
    subscriber.saw(newest.t());
    boolean nothing =
        !change.isWhole() && change.added().isEmpty() && change.removed().isEmpty();
    return nothing ? Optional.empty() : Optional.of(change);
  }
}
