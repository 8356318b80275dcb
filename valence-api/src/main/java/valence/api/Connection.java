package valence.api;

import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A connection to one database. Safe for many threads, shared, never to be closed by its user.
public interface Connection {
  String dbName();

  /// The newest value known here; never older than one seen before.
  Db db();

  /// A value to try transactions on, with [Db#with]. It is [#db]: every value can be tried on.
  default Db withDb() {
    return db();
  }

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

  /// [#transact(Transaction)] on a thread of its own; a failure is an [AnomalyException].
  default CompletionStage<TxReport> transactAsync(Transaction transaction) {
    return Async.call(() -> transact(transaction));
  }

  /// A value that shows every transaction which was acknowledged anywhere before the call: asks the
  /// log, while [#db] is what is known here.
  Db sync();

  /// A value whose basis is t or newer; waits for it if need be, `busy` when it doesn't come. A
  /// value that shows a transaction has it in its schema and in every index.
  Db sync(long t);

  /// [#sync(long)] on a thread of its own; a failure is an [AnomalyException].
  default CompletionStage<Db> syncAsync(long t) {
    return Async.call(() -> sync(t));
  }

  /// A value whose basis is t or newer, after every request for excision known by then is done;
  /// does the work if nobody does. Fails when it can't be done now; the requests stay.
  default Db syncExcise(long t) {
    throw Anomaly.of(
            Anomaly.Category.UNSUPPORTED,
            "This connection can't wait for excision.",
            "Expected one of the process that owns the database.")
        .toException();
  }

  /// How the database and its indexing stand, in the process that has it open; `unsupported` in
  /// any other.
  default DbStatus status() {
    throw Anomaly.of(
            Anomaly.Category.UNSUPPORTED,
            "This connection doesn't know how its database is kept.",
            "Expected one of the process that has the database open.",
            "Of a node, ask with `valence db status`.")
        .toException();
  }

  /// The log from start (included) to end (excluded), oldest first, read as consumed; to be closed
  /// by the caller. Time points as in [Db]; null leaves an end open.
  Stream<LogEntry> txRange(@Nullable Object start, @Nullable Object end);

  /// The transactions from a time point on, those said already and those to come, in order, each
  /// once; to be closed by the caller. To go on where another feed ended, begin after its
  /// [TxFeed#t].
  ///
  /// @param start of the first, as in [#txRange]
  default TxFeed txFeed(Object start) {
    throw Anomaly.of(
            Anomaly.Category.UNSUPPORTED,
            "This connection has no feed of transactions.",
            "Ask for the log from the last t that you know, with txRange, again and again.")
        .toException();
  }

  /// The result of a query of the newest value, and how it changes from now on; to be closed by the
  /// caller.
  ///
  /// @param query  whose first input is the database
  /// @param inputs those behind it, none of them a database
  default LiveQuery live(Object query, @Nullable Object... inputs) {
    return live(QueryRequest.of(query, inputs), OptionalLong.empty());
  }

  /// [#live(Object, Object...)] with limits of time and memory for each run, for who goes on
  /// watching.
  ///
  /// `incorrect` for a query with an offset, a limit, statistics or a database among its inputs;
  /// `busy` when too many are watched, or the result has too many rows.
  ///
  /// @param query with the inputs behind the database
  /// @param after the [LiveChange#t] of the result that is known already: the first change then
  ///     leads from there, where that can be told, and is the whole result where not; empty for the
  ///     whole result
  default LiveQuery live(QueryRequest query, OptionalLong after) {
    throw Anomaly.of(
            Anomaly.Category.UNSUPPORTED,
            "This connection has no live queries.",
            "Ask the query again when the database has changed.")
        .toException();
  }
}
