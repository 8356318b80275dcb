package valence.engine.log;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import valence.engine.schema.Schema;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.LogStore;

/// The log of one database: knows at which position it ends and which record holds which t.
///
/// Appending and catching up are for one thread at a time; reading is for many.
public final class TransactionLog {
  private final LogStore store;
  private final DatabaseId database;

  /// The first t of each record known; only the first [#recordCount] count.
  private volatile long[] firstTs = new long[64];

  private volatile int recordCount;

  public TransactionLog(LogStore store, DatabaseId database) {
    this.store = store;
    this.database = database;
  }

  /// The transactions that were appended since this log was last caught up, oldest first. To be
  /// consumed whole; from then on the log knows its end.
  public Stream<LogTransaction> catchUp() {
    return store.read(database, recordCount).flatMap(record -> {
      List<LogTransaction> transactions = decode(record);
      know(transactions.get(0).novelty().t());
      return transactions.stream();
    });
  }

  /// Appends transactions in one durable write.
  ///
  /// @param schema knows every attribute of the transactions
  /// @return false when somebody else has appended; catch up, and compute them again
  public boolean append(List<LogTransaction> transactions, Schema schema) {
    byte[] bytes = RecordWriter.write(transactions, schema);
    if (!store.append(database, recordCount, bytes)) {
      return false;
    }
    know(transactions.get(0).novelty().t());
    return true;
  }

  /// The transactions from t on, oldest first, read as consumed; to be closed.
  public Stream<LogTransaction> read(long fromT) {
    int count = recordCount;
    int found = Arrays.binarySearch(firstTs, 0, count, fromT);
    int record = found >= 0 ? found : Math.max(0, -found - 2);
    if (record >= count) {
      return Stream.empty();
    }
    return store
        .read(database, record)
        .flatMap(each -> decode(each).stream())
        .dropWhile(transaction -> transaction.novelty().t() < fromT);
  }

  private static List<LogTransaction> decode(LogRecord record) {
    return RecordReader.read(record.position(), record.bytes());
  }

  private void know(long firstT) {
    long[] ts = firstTs;
    int count = recordCount;
    if (count == ts.length) {
      ts = Arrays.copyOf(ts, count * 2);
    }
    ts[count] = firstT;
    firstTs = ts; // before the count: who sees the count sees the entry
    recordCount = count + 1;
  }
}
