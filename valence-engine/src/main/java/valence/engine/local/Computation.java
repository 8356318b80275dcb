package valence.engine.local;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import valence.api.Db;
import valence.api.Transaction;
import valence.api.TxStats;
import valence.engine.db.Database;
import valence.engine.function.FunctionResolver;
import valence.engine.index.Reads;
import valence.engine.local.Submission.Decision;
import valence.engine.log.LogTransaction;
import valence.engine.log.TransactionLog;
import valence.engine.schema.Attribute;
import valence.engine.schema.Bootstrap;
import valence.engine.schema.Partition;
import valence.engine.schema.Schema;
import valence.engine.tx.Transacted;
import valence.engine.tx.Transactions;
import valence.engine.tx.TxContext;

/// Makes of a submission what it will be in the log, or its refusal. Whichever thread computes, the
/// reads are the submission's.
///
/// @param facade how transaction functions see a database
record Computation(FunctionResolver functions, Function<Database, Db> facade, InstantSource clock) {
  /// @param before   the value to compute on
  /// @param follower knows what is durable
  Computed of(Submission submission, Database before, LogFollower follower) {
    return Reads.during(submission.reads(), () -> computed(submission, before, follower));
  }

  private Computed computed(Submission submission, Database before, LogFollower follower) {
    Transaction transaction = submission.transaction();
    try {
      if (transaction.requestId().isPresent()) {
        long known = transactionOf(before, transaction.requestId().get());
        if (known != Schema.NONE) {
          long t = Partition.t(known);
          return new Computed.Answer(
              submission, new Decision.Durable(() -> committed(t, follower)));
        }
      }
      TxContext context =
          new TxContext(submission.functions(), facade, clock.instant(), transaction.requestId());
      Transacted transacted = Transactions.transact(before, transaction.data(), context);
      Map<String, Long> tempids =
          transaction.requestId().isPresent() ? transacted.tempids() : Map.of();
      byte[] encoded = TransactionLog.encode(
          new LogTransaction(transacted.novelty(), tempids), transacted.after().schema());
      return new Computed.Next(
          submission, new Committed(before, transacted), encoded, transacted.after());
    } catch (RuntimeException | Error refused) {
      return new Computed.Answer(submission, new Decision.Refused(refused));
    }
  }

  /// The entity of the transaction that had the request id, or [Schema#NONE].
  private static long transactionOf(Database database, UUID requestId) {
    Attribute attribute = database.schema().attribute(Bootstrap.TX_REQUEST_ID);
    return attribute == null ? Schema.NONE : database.holder(attribute, requestId);
  }

  /// What a durable transaction did, from the log.
  private static Committed committed(long t, LogFollower follower) {
    Database now = follower.publication().current();
    try (Stream<LogTransaction> transactions = follower.log().read(t)) {
      LogTransaction found = transactions.findFirst().orElseThrow();
      Database before = now.withView(now.view().withAsOf(t - 1));
      Database after = now.withView(now.view().withAsOf(t));
      return new Committed(
          before,
          new Transacted(
              after,
              found.novelty(),
              List.copyOf(LocalConnection.datoms(now, found.novelty())),
              found.tempids(),
              TxStats.NONE));
    }
  }
}
