package valence.api;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// A query whose result is watched, from [Connection#live(Object, Object...)]: first its result,
/// then what transactions change about it.
///
/// Each change leads exactly to what the query gives at the change's t. Whoever reads slowly skips
/// what was in between, and gets the whole result once more when too much was; nothing piles up.
/// Nothing is computed for transactions that can't concern the query.
///
/// Across a network it goes on by itself when the node is started again, as [TxFeed] does.
///
/// For one reader at a time; any thread may close it.
public interface LiveQuery extends AutoCloseable {
  /// The next change, when there is one within the time: the first is the whole result. Empty when
  /// the time is up, and always once it is closed.
  ///
  /// Fails with `interrupted` when the waiting thread is; with `not-found` when the database was
  /// deleted; with the anomaly of the query when it can't be run any more; with `busy` when its
  /// result has become too large to be watched.
  ///
  /// @param wait zero to look only
  Optional<LiveChange> next(Duration wait);

  /// The t of the last change; empty before the first.
  OptionalLong t();

  /// Ends it, and the wait of whoever is waiting.
  @Override
  void close();
}
