package valence.client;

import clojure.lang.Keyword;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.wire.Parts;
import valence.wire.RowsReader;

/// What a node tells as it happens, each telling once and in order, whatever becomes of the
/// connections between. For one reader; any thread may close it.
///
/// A virtual thread reads ahead, [#CHUNKS_AHEAD_MAX] chunks at most. When the reader falls behind
/// for longer than [Patience#pause] the connection is given up: what comes waits where it is, and
/// is asked for when the reader has caught up. A connection that ends, breaks off, or says nothing
/// for too long is made anew, to go on after what was heard last. When that isn't possible for long
/// the reader is told why, once each time; it may go on asking.
final class RemoteFeed<T> implements AutoCloseable {
  /// Something told, and where in the database's time it stands.
  ///
  /// @param at when t was said, which tells a database from a later one of the same name; null when
  ///     it isn't known
  record Telling<T>(T what, long t, @Nullable Object at) {}

  /// How a telling is read.
  @FunctionalInterface
  interface Reading<T> {
    Telling<T> read(Map<Keyword, @Nullable Object> told);
  }

  /// How long is waited.
  ///
  /// @param reach   for a node that can't be reached
  /// @param silence for a node that says nothing on an open connection; it does every 10 s
  /// @param pause   for a reader who is behind, until the connection is given up; less than a node
  ///     waits
  record Patience(Duration reach, Duration silence, Duration pause) {
    Patience(Duration reach) {
      this(reach, Duration.ofSeconds(30), Duration.ofSeconds(10));
    }
  }

  private static final int CHUNKS_AHEAD_MAX = 2;

  /// A connection that lasted so long was a good one.
  private static final Duration GOOD = Duration.ofSeconds(1);

  private static final Keyword AFTER = Keyword.intern("after");
  private static final Keyword AFTER_INSTANT = Keyword.intern("after-instant");
  private static final Keyword START = Keyword.intern("start");

  private final Requests requests;
  private final String operation;
  private final Map<Keyword, @Nullable Object> request;
  private final Patience patience;
  private final Reading<T> reading;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<List<Telling<T>>> ahead = new ArrayDeque<>(); // by chunk; guarded by lock
  private Iterator<Telling<T>> taking = List.<Telling<T>>of().iterator(); // of the first; likewise
  private OptionalLong taken; // guarded by lock, as is all that follows
  private OptionalLong heard;
  private @Nullable Object heardAt;
  private @Nullable RowsReader open; // null between connections
  private @Nullable Thread thread; // null unless it listens
  private @Nullable AnomalyException failure;
  private boolean isFinal; // the failure
  private boolean isClosed;

  /// Begins to listen; returns when the node has begun to tell.
  ///
  /// @param request with what to begin from
  RemoteFeed(
      Requests requests,
      String operation,
      Map<Keyword, @Nullable Object> request,
      Patience patience,
      Reading<T> reading) {
    this.requests = requests;
    this.operation = operation;
    this.request = request;
    this.patience = patience;
    this.reading = reading;
    NodeClient.Told first = requests.listen(operation, request, patience.reach());
    this.open = first.rows();
    this.heard = first.t();
    this.taken = first.t();
    begin();
  }

  /// The t of what was taken last; before that what the node said is known.
  OptionalLong t() {
    lock.lock();
    try {
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /// What comes next, when it is there within the time; empty when the time is up, and always once
  /// it is closed.
  Optional<T> next(Duration wait) {
    long left = wait.toNanos();
    lock.lock();
    try {
      while (true) {
        if (isClosed) {
          return Optional.empty();
        }
        Telling<T> telling = take();
        if (telling != null) {
          taken = OptionalLong.of(telling.t());
          return Optional.of(telling.what());
        }
        AnomalyException e = failure;
        if (e != null) {
          failure = isFinal ? e : null;
          throw e.anomaly().toException(e);
        }
        begin();
        if (left <= 0) {
          return Optional.empty();
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Anomaly.of(
              Anomaly.Category.INTERRUPTED, "The wait for what a node tells was interrupted.")
          .toException(e);
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Telling<T> take() {
    while (!taking.hasNext()) {
      List<Telling<T>> chunk = ahead.poll();
      if (chunk == null) {
        return null;
      }
      taking = chunk.iterator();
      changed.signalAll(); // there is room for another
    }
    return taking.next();
  }

  /// Lets a thread listen, unless one does.
  private void begin() {
    lock.lock();
    try {
      if (thread == null) {
        thread = Thread.ofVirtual().name("valence-" + operation).start(this::listen);
      }
    } finally {
      lock.unlock();
    }
  }

  private void listen() {
    long heardNanos = System.nanoTime();
    long openedNanos = heardNanos;
    int tries = 0;
    Parts.Joined joined = new Parts.Joined();
    while (awaitRoom()) {
      try {
        RowsReader from = connection();
        if (from == null) {
          from = connect();
          openedNanos = System.nanoTime();
          joined = new Parts.Joined();
        }
        Optional<List<?>> chunk = RemoteRows.within(patience.silence(), from);
        heardNanos = System.nanoTime();
        boolean hasTold = put(chunk.orElse(List.of()), joined);
        if (hasTold || heardNanos - openedNanos > GOOD.toNanos()) {
          tries = 0;
        }
        if (chunk.isPresent()) {
          continue;
        }
        drop(); // to be asked again, as by a node that ends
      } catch (IOException e) {
        drop();
        AnomalyException broken = requests.node().unknown("broke what it told off", e);
        if (isGivenUp(broken, heardNanos)) {
          return;
        }
      } catch (AnomalyException e) {
        drop();
        if (isGivenUp(e, heardNanos)) {
          return;
        }
      } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
        drop();
        fail(Anomaly.fault("What the node tells can't be read: " + e + ".").toException(e), true);
        return;
      }
      pause(tries++);
    }
  }

  /// Whether a failure is for the reader; else it is tried again.
  private boolean isGivenUp(AnomalyException e, long heardNanos) {
    if (!Requests.isPassing(e.anomaly())) {
      fail(e, true);
      return true;
    }
    if (System.nanoTime() - heardNanos > patience.reach().toNanos()) {
      fail(e, false);
      return true;
    }
    return false;
  }

  private void fail(AnomalyException e, boolean forever) {
    lock.lock();
    try {
      failure = e;
      isFinal = forever;
      thread = null;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until there is room for one more chunk; false once it is closed.
  private boolean awaitRoom() {
    lock.lock();
    try {
      long left = patience.pause().toNanos();
      while (!isClosed && ahead.size() >= CHUNKS_AHEAD_MAX) {
        if (open == null) {
          changed.await();
        } else if (left > 0) {
          left = changed.awaitNanos(left);
        } else {
          drop();
        }
      }
      return !isClosed;
    } catch (InterruptedException e) {
      assert isClosed : "who interrupts has closed it";
      return false;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable RowsReader connection() {
    lock.lock();
    try {
      return open;
    } finally {
      lock.unlock();
    }
  }

  /// Asks to go on after what was heard last.
  private RowsReader connect() {
    Map<Keyword, @Nullable Object> rest = new HashMap<>(request);
    lock.lock();
    try {
      if (heard.isPresent()) {
        rest.remove(START);
        rest.put(AFTER, heard.getAsLong());
        if (heardAt != null) {
          rest.put(AFTER_INSTANT, heardAt);
        }
      }
    } finally {
      lock.unlock();
    }
    NodeClient.Told told = requests.listen(operation, rest, patience.reach());
    lock.lock();
    try {
      open = told.rows();
    } finally {
      lock.unlock();
    }
    if (isClosed()) {
      drop();
    }
    return told.rows();
  }

  boolean isClosed() {
    lock.lock();
    try {
      return isClosed;
    } finally {
      lock.unlock();
    }
  }

  /// Takes a chunk in; false when nothing was told in it.
  private boolean put(List<?> rows, Parts.Joined joined) {
    List<Telling<T>> told = new ArrayList<>(rows.size());
    for (Object row : rows) {
      joined
          .add(RemoteClient.expected(Map.class, row))
          .ifPresent(whole -> told.add(reading.read(whole)));
    }
    if (told.isEmpty()) {
      return false;
    }
    lock.lock();
    try {
      ahead.add(told);
      heard = OptionalLong.of(told.getLast().t());
      heardAt = told.getLast().at();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    return true;
  }

  /// Gives the connection up, if there is one.
  private void drop() {
    RowsReader reader;
    lock.lock();
    try {
      reader = open;
      open = null;
    } finally {
      lock.unlock();
    }
    if (reader != null) {
      RemoteRows.closeQuietly(reader);
    }
  }

  private void pause(int tries) {
    long left = Requests.pause(tries).toNanos();
    lock.lock();
    try {
      while (left > 0 && !isClosed) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      assert isClosed : "who interrupts has closed it";
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (isClosed) {
        return;
      }
      isClosed = true;
      if (thread != null) {
        thread.interrupt();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    drop();
  }
}
