package valence.engine.log;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import valence.api.Anomaly;
import valence.engine.schema.Schema;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.LogStore;

/// Lets a changed copy take the place of a log, while others go on appending to it.
///
/// Record by record, then a [Seal] where the log ends; if somebody else was quicker there, that
/// record is copied too. Who loses the race for the seal has made a copy for nothing. Until the
/// seal is there nothing has happened, from then on everything has.
public final class LogCopy {
  private final LogStore store;
  private final UnaryOperator<LogTransaction> change;
  private final Schema schema;

  /// @param change what becomes of a transaction; keeps its t
  /// @param schema knows every attribute of the log
  public LogCopy(LogStore store, UnaryOperator<LogTransaction> change, Schema schema) {
    this.store = store;
    this.change = change;
    this.schema = schema;
  }

  /// Copies and seals.
  ///
  /// @param to a log that nobody else writes, empty yet
  /// @return the seal that the log has now: the own one, or that of whoever was quicker
  public Seal replace(DatabaseId from, DatabaseId to, long excisedT) {
    long position = 0;
    while (true) {
      try (Stream<LogRecord> records = store.read(from, position)) {
        for (Iterator<LogRecord> each = records.iterator(); each.hasNext(); position++) {
          byte[] bytes = each.next().bytes();
          Optional<Seal> sealed = Seal.read(bytes);
          if (sealed.isPresent()) {
            return sealed.get();
          }
          copy(position, bytes, to);
        }
      }
      Seal seal = new Seal(to, excisedT);
      if (store.append(from, position, seal.bytes())) {
        return seal;
      }
    }
  }

  private void copy(long position, byte[] bytes, DatabaseId to) {
    List<byte[]> changed = RecordReader.read(position, bytes).stream()
        .map(transaction ->
            RecordWriter.transaction(change.apply(transaction.transaction()), schema))
        .toList();
    if (!store.append(to, position, RecordWriter.record(changed))) {
      throw Anomaly.fault(
              "The copy " + to + " of a log has a record at position " + position + " already.",
              "Nobody but its maker writes a copy.")
          .toException();
    }
  }
}
