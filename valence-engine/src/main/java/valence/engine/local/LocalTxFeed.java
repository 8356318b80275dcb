package valence.engine.local;

import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.Stream;
import valence.api.LogEntry;
import valence.api.TxFeed;

/// A position in the log of a database of this process. What is behind is read from the log in one
/// go; at its end the feed waits for the durable value to move.
final class LocalTxFeed implements TxFeed {
  private final LocalConnection connection;
  private Stream<LogEntry> behind = Stream.empty(); // guarded by this
  private Iterator<LogEntry> rest = behind.iterator(); // guarded by this
  private volatile long t; // changed by the reader alone
  private volatile boolean closed;

  /// @param first the t of the first transaction
  LocalTxFeed(LocalConnection connection, long first) {
    this.connection = connection;
    this.t = first - 1;
  }

  @Override
  public Optional<LogEntry> next(Duration wait) {
    Optional<LogEntry> read = read();
    if (read.isPresent() || !connection.awaitBeyond(t, wait, () -> closed)) {
      return read;
    }
    reopen();
    return read();
  }

  private synchronized Optional<LogEntry> read() {
    if (closed || !rest.hasNext()) {
      return Optional.empty();
    }
    LogEntry entry = rest.next();
    t = entry.t();
    return Optional.of(entry);
  }

  private synchronized void reopen() {
    behind.close();
    if (!closed) {
      behind = connection.txRange(t + 1, null);
      rest = behind.iterator();
    }
  }

  @Override
  public long t() {
    return t;
  }

  @Override
  public void close() {
    closed = true;
    connection.wake();
    synchronized (this) {
      behind.close();
    }
  }
}
