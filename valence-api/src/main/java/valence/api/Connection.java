package valence.api;

import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A connection to one database. Safe for many threads, shared, never to be closed by its user.
public interface Connection {
  String dbName();

  /// The newest value known here; never older than one seen before.
  Db db();

  /// Applies tx-data and returns when it is durable.
  ///
  /// @param txData a collection of tx-data forms, or EDN text of one
  default TxReport transact(Object txData) {
    return transact(Transaction.of(txData));
  }

  /// Applies a transaction and returns when it is durable.
  TxReport transact(Transaction transaction);

  /// [#transact(Object)] on a thread of its own; a failure is an [AnomalyException].
  default CompletionStage<TxReport> transactAsync(Object txData) {
    return Async.call(() -> transact(txData));
  }

  /// A value whose basis is t or newer; waits for it if need be.
  Db sync(long t);

  /// The log from start (included) to end (excluded), oldest first, read as consumed; to be closed
  /// by the caller. Time points as in [Db]; null leaves an end open.
  Stream<LogEntry> txRange(@Nullable Object start, @Nullable Object end);
}
