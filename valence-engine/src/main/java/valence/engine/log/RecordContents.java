package valence.engine.log;

import java.util.List;
import java.util.Optional;
import valence.engine.store.LogRecord;

/// What a whole record says of itself, for those who move records without applying them. Reading it
/// decodes all of the record, so that a damaged one is a `fault`.
///
/// @param firstT the t of its first transaction
/// @param lastT  the t of its last
/// @param rows   how many rows its transactions open and close
public record RecordContents(long firstT, long lastT, long rows) {
  /// Empty when the record is a [Seal].
  public static Optional<RecordContents> read(LogRecord record) {
    if (Seal.read(record.bytes()).isPresent()) {
      return Optional.empty();
    }
    List<RecordReader> transactions = RecordReader.read(record.position(), record.bytes());
    long rows = 0;
    long t = -1;
    for (RecordReader each : transactions) {
      if (t >= 0 && each.t() != t + 1) {
        throw each.damaged("t " + each.t() + " follows " + t);
      }
      t = each.t();
      LogTransaction transaction = each.transaction();
      rows += transaction.novelty().opened().count()
          + transaction.novelty().closed().count();
    }
    return Optional.of(new RecordContents(transactions.getFirst().t(), t, rows));
  }

  /// A record of only those transactions that have at most this t; at least one does.
  public static byte[] upTo(long lastT, LogRecord record) {
    List<byte[]> kept = RecordReader.read(record.position(), record.bytes()).stream()
        .filter(transaction -> transaction.t() <= lastT)
        .map(RecordReader::bytes)
        .toList();
    if (kept.isEmpty()) {
      throw new IllegalArgumentException("no transaction of the record has a t up to " + lastT);
    }
    return RecordWriter.record(kept);
  }
}
