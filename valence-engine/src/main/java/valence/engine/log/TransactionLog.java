package valence.engine.log;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import valence.api.Anomaly;
import valence.engine.schema.Schema;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.LogStore;

/// The log of one database: knows at which position it ends and which record holds which t.
///
/// Appending and catching up are for one thread at a time; reading is for many.
public final class TransactionLog {
  /// What the transactions of one record may take together; the rest is for its head.
  public static final int BYTES_MAX = LogStore.RECORD_BYTES_MAX - 64;

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

  /// The bytes of a transaction in the log; `incorrect` when they are more than a record may have.
  ///
  /// @param schema knows every attribute of the transaction
  public static byte[] encode(LogTransaction transaction, Schema schema) {
    byte[] bytes = RecordWriter.transaction(transaction, schema);
    if (bytes.length > BYTES_MAX) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "The transaction takes " + bytes.length + " bytes.",
              "Expected at most " + BYTES_MAX + ".",
              "Send its facts in several transactions.")
          .toException();
    }
    return bytes;
  }

  /// Appends transactions in one durable write.
  ///
  /// @param encoded the bytes of each, together at most [#BYTES_MAX]
  /// @param firstT  the t of the first
  /// @return false when somebody else has appended; catch up, and compute them again
  public boolean append(List<byte[]> encoded, long firstT) {
    if (!store.append(database, recordCount, RecordWriter.record(encoded))) {
      return false;
    }
    know(firstT);
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
