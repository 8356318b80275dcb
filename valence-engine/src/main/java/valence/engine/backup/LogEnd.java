package valence.engine.backup;

import java.util.Optional;
import java.util.stream.Stream;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.LogStore;

/// Finds where a log ends, by reading few of its records.
final class LogEnd {
  private LogEnd() {}

  /// The number of records of a log.
  ///
  /// @param known so many there are at least, as far as the caller knows
  static long of(LogStore store, DatabaseId log, long known) {
    long low = known > 0 && isRecord(store, log, known - 1) ? known : 0;
    long high = low;
    for (long step = 1; isRecord(store, log, high); step *= 2) {
      low = high + 1;
      high += step;
    }
    // Invariant: low records are there, and none is at position high.
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (isRecord(store, log, middle)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static boolean isRecord(LogStore store, DatabaseId log, long position) {
    return record(store, log, position).isPresent();
  }

  static Optional<LogRecord> record(LogStore store, DatabaseId log, long position) {
    try (Stream<LogRecord> records = store.read(log, position)) {
      return records.limit(1).findFirst();
    }
  }
}
