package valence.api;

import clojure.lang.Keyword;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import valence.api.spi.Datoms;

/// What a transaction did.
///
/// @param dbBefore the value that the transaction was applied to
/// @param dbAfter  the value that it made
/// @param txData   every datom that it added, its own `:db/txInstant` first
/// @param tempids  the entity id of each temporary id that the caller wrote
/// @param stats    what it took; [TxStats#NONE] where nobody says
/// @param ioStats  what was read for it, as of [QueryRequest#withIoContext]; empty unless the
///     transaction asked
public record TxReport(
    Db dbBefore,
    Db dbAfter,
    List<Datom> txData,
    Map<String, Long> tempids,
    TxStats stats,
    Map<Keyword, Object> ioStats) {
  public TxReport {
    txData = txData instanceof Datoms ? txData : List.copyOf(txData);
    tempids = Map.copyOf(tempids);
    ioStats = Collections.unmodifiableMap(new LinkedHashMap<>(ioStats));
  }

  public TxReport(
      Db dbBefore, Db dbAfter, List<Datom> txData, Map<String, Long> tempids, TxStats stats) {
    this(dbBefore, dbAfter, txData, tempids, stats, Map.of());
  }

  public TxReport(Db dbBefore, Db dbAfter, List<Datom> txData, Map<String, Long> tempids) {
    this(dbBefore, dbAfter, txData, tempids, TxStats.NONE);
  }
}
