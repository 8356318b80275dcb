package valence.engine.local;

import valence.engine.db.Database;
import valence.engine.db.Novelty;
import valence.engine.local.Submission.Decision;
import valence.engine.log.TransactionLog;

/// What was made of a submission. It isn't decided before what it rests on is durable: all that is
/// pending before it.
sealed interface Computed {
  Submission submission();

  /// The bytes that it takes in a record of the log, at most.
  long size();

  /// A transaction on its way to the log.
  ///
  /// @param after the value that it makes, on the newest foundation; the one committed stays on
  ///     that on which it was computed
  record Next(Submission submission, Committed committed, byte[] encoded, Database after)
      implements Computed {
    Novelty novelty() {
      return committed.transacted().novelty();
    }

    @Override
    public long size() {
      return TransactionLog.size(encoded);
    }

    /// The same on another value before.
    Next onto(Database before) {
      return new Next(
          submission,
          committed,
          encoded,
          after.withIndexes(after.apply(before.indexes(), novelty())));
    }
  }

  /// An answer that changes nothing: a refusal, or the report of a request known already.
  record Answer(Submission submission, Decision decision) implements Computed {
    @Override
    public long size() {
      return 0;
    }
  }
}
