package valence.api;

import java.time.Duration;
import java.util.Optional;

/// A database's transactions as they are said, from [Connection#txFeed]: each once, in order.
///
/// It holds a position in the log and nothing else. Whoever reads slowly loses nothing, takes no
/// memory, and slows nobody down; whoever keeps [#t] can go on after a restart.
///
/// Across a network it goes on by itself when the node is started again; only when none is found
/// for long does [#next] fail with `unavailable`, and may be called again.
///
/// For one reader at a time; any thread may close it.
public interface TxFeed extends AutoCloseable {
  /// The next transaction, when it is there within the time; a value taken from the connection
  /// afterwards shows it. Empty when the time is up, and always once the feed is closed.
  ///
  /// Fails with `interrupted` when the waiting thread is, and with `not-found` when the database
  /// was deleted.
  ///
  /// @param wait zero to look only, at what was acknowledged before; across a network the answer
  ///     takes a moment
  Optional<LogEntry> next(Duration wait);

  /// The t of the last transaction that was handed out, or the one before the first.
  long t();

  /// Ends the feed, and the wait of whoever is waiting.
  @Override
  void close();
}
