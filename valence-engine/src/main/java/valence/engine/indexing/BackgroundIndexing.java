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

  /// What a row takes in the trees of novelty and in the list that a new foundation is continued
  /// by, about.
  private static final long ROW_BYTES = 256;

  private static final long OBJECT_BYTES = 48;

  /// In a database of more than eight times the least, a job waits for an eighth of its rows.
  private static final int BASE_SHARE = 8;

  private static final Duration GARBAGE_PAUSE_MIN = Duration.ofMinutes(1);

  private final Function<DatabaseId, DatabaseIndex> indexes;
  private final Indexer indexer;
  private final Indexing indexing;
  private final RandomGenerator random = new SplittableRandom();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition relieved = lock.newCondition();

  /// For each durable transaction beyond the foundation its t and its bytes.
  private final ArrayDeque<long[]> sizes = new ArrayDeque<>(); // guarded by lock
  private volatile long noveltyBytes; // written under lock
  private volatile long noveltyRows; // written under lock
  private volatile long rowsToBegin;
  private volatile @Nullable IndexOwner owner;
  private volatile DatabaseIndex index;
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
    this.rowsToBegin = indexing.noveltyRowsMin();
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
  /// deleted, with what the new log doesn't say any more.
  public void moved(DatabaseId log) {
    DatabaseIndex old = index;
    old.stop();
    DatabaseIndex next = indexes.apply(log);
    lock.lock();
    try {
      index = next;
      rowsToBegin = indexing.noveltyRowsMin();
      sizes.clear();
      noveltyBytes = 0;
      noveltyRows = 0;
      relieved.signalAll();
    } finally {
      lock.unlock();
    }
    indexer.request(() -> {
      try {
        if (old.isStoodOn()) {
          return GARBAGE_PAUSE_MIN; // values handed out before still read it
        }
        old.delete();
        return null;
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
      sizes.add(new long[] {novelty.t(), bytes, rows});
      noveltyBytes += bytes;
      noveltyRows += rows;
    } finally {
      lock.unlock();
    }
    requestIfDue();
  }

  private static long objectBytes(RowBuffer rows) {
    long bytes = 0;
    for (int i = 0; i < rows.count(); i++) {
      Object object = rows.o(i);
      bytes += switch (object) {
        case null -> 0;
        case String text -> OBJECT_BYTES + text.length();
        case byte[] array -> OBJECT_BYTES + array.length;
        default -> 2 * OBJECT_BYTES;
      };
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
      rowsToBegin = Math.max(indexing.noveltyRowsMin(), t < 0 ? 0 : baseRows / BASE_SHARE);
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
    try {
      advance(database);
      return isDue()
          ? Duration.ZERO
          : index.hasGarbage() ? atLeast(indexing.grace(), GARBAGE_PAUSE_MIN) : null;
    } catch (RuntimeException | Error failed) { // the thread goes on: it serves other databases
      LOG.warn("index-failed failures={} error={}", failures, failed.getMessage());
      return Indexer.pause(failures, indexing, random);
    }
  }

  private static Duration atLeast(Duration pause, Duration least) {
    return pause.compareTo(least) < 0 ? least : pause;
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
    index.stop();
    indexer.forget(this);
  }
}
