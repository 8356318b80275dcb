package valence.engine.indexing;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.Anomaly.Category;
import valence.engine.db.Novelty;
import valence.engine.index.Indexes;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.index.RowBuffer;
import valence.engine.index.TimeView;
import valence.engine.indexing.IndexOwner.Durable;
import valence.engine.store.DatabaseId;

/// Watches the novelty of one database: has it indexed when there is enough, and holds writers up
/// when there is too much.
public final class BackgroundIndexing implements Indexer.Work {
  private static final Logger LOG = LoggerFactory.getLogger(BackgroundIndexing.class);

  /// What a row takes in the trees of novelty, about.
  private static final long ROW_BYTES = 192;

  private static final long OBJECT_BYTES = 48;

  /// In a database of more than four times the least, a job waits for a quarter of its rows.
  private static final int BASE_SHARE = 4;

  /// When nothing was written for so long, a job takes place with less novelty, so that a database
  /// at rest doesn't keep it in memory: with a sixteenth of the least and, in a large database, a
  /// sixty-fourth of its rows.
  private static final Duration REST = Duration.ofMillis(50);

  private static final int REST_LEAST_SHARE = 16;
  private static final int REST_BASE_SHARE = 64;

  /// Transactions of together fewer rows are accounted for as one.
  private static final int ACCOUNT_ROWS_MIN = 1024;

  private final Function<DatabaseId, DatabaseIndex> indexes;
  private final Indexer indexer;
  private final Indexing indexing;
  private final RandomGenerator random = new SplittableRandom();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition relieved = lock.newCondition();

  /// For durable transactions beyond the foundation the last one's t, their bytes and their rows.
  private final ArrayDeque<long[]> sizes = new ArrayDeque<>(); // guarded by lock
  private volatile long noveltyBytes; // written under lock
  private volatile long noveltyRows; // written under lock
  private volatile long rowsToBegin;
  private volatile long rowsToBeginAtRest;
  private volatile long grownNanos = System.nanoTime();
  private volatile boolean watching; // the work is to see whether the database has come to rest
  private volatile @Nullable IndexOwner owner;
  private volatile DatabaseIndex index; // written under lock
  private boolean stopped; // guarded by lock
  private volatile boolean requested;
  private volatile int failures;
  private volatile Optional<String> lastError = Optional.empty();

  /// @param indexes by the log that they are made from
  public BackgroundIndexing(
      DatabaseIndex index,
      Function<DatabaseId, DatabaseIndex> indexes,
      Indexer indexer,
      Indexing indexing) {
    this.index = index;
    this.indexes = indexes;
    this.indexer = indexer;
    this.indexing = indexing;
    setRowsToBegin(0);
  }

  private void setRowsToBegin(long baseRows) {
    rowsToBegin = Math.max(indexing.noveltyRowsMin(), baseRows / BASE_SHARE);
    rowsToBeginAtRest = Math.max(
        Math.max(1, indexing.noveltyRowsMin() / REST_LEAST_SHARE), baseRows / REST_BASE_SHARE);
  }

  /// Begins to index what an owner has made durable.
  public void begin(IndexOwner database) {
    owner = database;
    laid(database.durable());
    requestIfDue();
  }

  /// After a failure the pause decides, not the next writer.
  private void requestIfDue() {
    if (!requested && failures == 0 && owner != null && isDue()) {
      requested = true;
      indexer.request(this);
    }
  }

  /// Returns when another transaction may be computed.
  ///
  /// Fails with `busy` when novelty stays at its limit for as long as a writer may be held up.
  ///
  /// @param deadline the transaction's, of [System#nanoTime()]
  public void admit(long deadline) {
    if (noveltyBytes < indexing.noveltyBytesMax()) {
      return;
    }
    requestIfDue();
    long nanos = Math.min(indexing.patience().toNanos(), deadline - System.nanoTime());
    lock.lock();
    try {
      while (noveltyBytes >= indexing.noveltyBytesMax()) {
        if (nanos <= 0) {
          throw busy();
        }
        nanos = relieved.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Anomaly.of(
              Category.INTERRUPTED, "The calling thread was interrupted.", "Nothing was applied.")
          .toException();
    } finally {
      lock.unlock();
    }
  }

  private RuntimeException busy() {
    return Anomaly.of(
            Category.BUSY,
            "The database has " + (noveltyBytes >> 20)
                + " MiB of transactions that aren't indexed yet.",
            lastError.map(error -> "Indexing fails: " + error).orElse("Indexing is at work."),
            "Nothing was applied. Send it again after a pause.")
        .toException();
  }

  /// Another log has taken the place of the one indexed: its index begins anew, and the old one is
  /// deleted, with what the new log doesn't say any more, when nobody may read it.
  public void moved(DatabaseId log) {
    DatabaseIndex next = indexes.apply(log);
    DatabaseIndex old;
    lock.lock();
    try {
      old = index;
      index = next; // before the old one stops: a job that it ends looks here for the reason
      if (stopped) {
        next.stop();
      }
      setRowsToBegin(0);
      sizes.clear();
      noveltyBytes = 0;
      noveltyRows = 0;
      relieved.signalAll();
    } finally {
      lock.unlock();
    }
    old.stop();
    indexer.request(() -> {
      try {
        return old.discard() ? null : indexing.garbagePause();
      } catch (RuntimeException | Error failed) {
        LOG.warn("index-delete-failed error={}", failed.getMessage());
        return indexing.retryMax();
      }
    });
  }

  /// A transaction became durable.
  public void grown(Novelty novelty) {
    long rows = novelty.opened().count() + novelty.closed().count();
    long bytes = rows * ROW_BYTES + objectBytes(novelty.opened()) + objectBytes(novelty.closed());
    lock.lock();
    try {
      long[] last = sizes.peekLast();
      if (last != null && last[2] < ACCOUNT_ROWS_MIN) {
        last[0] = novelty.t();
        last[1] += bytes;
        last[2] += rows;
      } else {
        sizes.add(new long[] {novelty.t(), bytes, rows});
      }
      noveltyBytes += bytes;
      noveltyRows += rows;
    } finally {
      lock.unlock();
    }
    grownNanos = System.nanoTime();
    requestIfDue();
    if (!requested && !watching && failures == 0 && owner != null && isWorthARest()) {
      watching = true;
      indexer.requestLater(this, REST);
    }
  }

  private boolean isWorthARest() {
    return noveltyRows >= rowsToBeginAtRest;
  }

  private static long objectBytes(RowBuffer rows) {
    long bytes = 0;
    for (int i = 0; i < rows.count(); i++) {
      Object object = rows.o(i);
      if (object instanceof String text) {
        bytes += OBJECT_BYTES + text.length();
      } else if (object != null) {
        bytes += object instanceof byte[] array ? OBJECT_BYTES + array.length : 2 * OBJECT_BYTES;
      }
    }
    return bytes;
  }

  private boolean isDue() {
    return noveltyRows >= rowsToBegin || noveltyBytes >= indexing.noveltyBytesMax() / 4;
  }

  /// The values of the database stand on a new foundation. Those of a log that another has taken
  /// the place of say nothing of what the new one holds.
  private void laid(Durable durable) {
    Indexes indexes = durable.database().indexes();
    long t = indexes.foundation().t();
    long baseRows = indexes.countMax(
        Order.EAVT, Range.ALL, TimeView.NOW.withAsOf(t)); // those of the foundation
    lock.lock();
    try {
      if (!durable.log().equals(index.database())) {
        return;
      }
      setRowsToBegin(t < 0 ? 0 : baseRows);
      while (!sizes.isEmpty() && sizes.getFirst()[0] <= t) {
        long[] size = sizes.removeFirst();
        noveltyBytes -= size[1];
        noveltyRows -= size[2];
      }
      relieved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable Duration run() {
    IndexOwner database = owner;
    requested = false;
    if (database == null) {
      return null;
    }
    long quiet = System.nanoTime() - grownNanos;
    if (watching && !isDue() && quiet < REST.toNanos()) {
      return REST.minusNanos(quiet);
    }
    watching = false;
    try {
      advance(database);
      if (isDue()) {
        return Duration.ZERO;
      }
      if (isWorthARest()) {
        watching = true;
        return REST;
      }
      return index.hasGarbage() ? indexing.garbagePause() : null;
    } catch (RuntimeException | Error failed) { // the thread goes on: it serves other databases
      LOG.warn("index-failed failures={} error={}", failures, failed.getMessage());
      return Indexer.pause(failures, indexing, random);
    }
  }

  private void advance(IndexOwner database) {
    DatabaseIndex tried = index;
    while (!advanced(tried, database)) {
      tried = index;
    }
  }

  /// False when another log has taken the place of the one indexed meanwhile, which ends the job.
  private boolean advanced(DatabaseIndex tried, IndexOwner database) {
    try {
      tried.advance(database);
      failures = 0;
      lastError = Optional.empty();
      return true;
    } catch (RuntimeException | Error failed) {
      if (tried != index) {
        return false;
      }
      failures++;
      lastError = Optional.of(String.valueOf(failed.getMessage()));
      throw failed;
    } finally {
      laid(database.durable());
    }
  }

  /// Indexes what is durable now, on the calling thread, after the job under way if there is one.
  public void indexNow() {
    IndexOwner database = owner;
    if (database != null) {
      advance(database);
    }
  }

  /// Indexes what is durable now when the next start would have much of it to read. What fails is
  /// read then.
  public void finish() {
    if (noveltyRows > indexing.tailRowsMax()) {
      try {
        indexNow();
      } catch (RuntimeException | Error failed) {
        LOG.warn("index-unfinished rows={} error={}", noveltyRows, failed.getMessage());
      }
    }
  }

  /// How indexing stands.
  public IndexStatus status() {
    IndexOwner database = owner;
    return new IndexStatus(
        database == null
            ? -1
            : database.durable().database().indexes().foundation().t(),
        noveltyRows,
        noveltyBytes,
        index.progress(),
        failures,
        lastError);
  }

  /// Ends the work for this database.
  public void stop() {
    lock.lock();
    try {
      stopped = true;
      index.stop();
    } finally {
      lock.unlock();
    }
    indexer.forget(this);
  }
}
