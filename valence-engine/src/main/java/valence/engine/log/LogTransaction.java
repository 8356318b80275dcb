package valence.engine.log;

import java.util.Map;
import valence.engine.db.Novelty;

/// One transaction as the log keeps it.
///
/// @param tempids of a transaction with a request id, else empty
public record LogTransaction(Novelty novelty, Map<String, Long> tempids) {
  public LogTransaction {
    tempids = Map.copyOf(tempids);
  }
}
