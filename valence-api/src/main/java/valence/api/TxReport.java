package valence.api;

import java.util.List;
import java.util.Map;

/// What a transaction did.
///
/// @param dbBefore the value that the transaction was applied to
/// @param dbAfter  the value that it made
/// @param txData   every datom that it added, its own `:db/txInstant` first
/// @param tempids  the entity id of each temporary id that the caller wrote
public record TxReport(Db dbBefore, Db dbAfter, List<Datom> txData, Map<String, Long> tempids) {
  public TxReport {
    txData = List.copyOf(txData);
    tempids = Map.copyOf(tempids);
  }
}
