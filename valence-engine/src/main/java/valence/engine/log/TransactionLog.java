package valence.engine.log;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.engine.schema.Schema;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.LogStore;

/// The log of one database: knows at which position it ends and finds the record of a t.
///
/// Appending and catching up are for one thread at a time; reading is for many.
public final class TransactionLog {
  /// What stands before a record's transactions, and before each of them, at most.
  static final int HEAD_BYTES_MAX = 16;

  /// What the transactions of one record may take together, each by [#size].
  public static final int BYTES_MAX = LogStore.RECORD_BYTES_MAX - HEAD_BYTES_MAX;

  /// So near to each other, records are read through rather than searched.
  private static final long SEARCH_RECORDS_MIN = 4;

  private final LogStore store;
  private final DatabaseId database;
  private final RecordStarts starts = new RecordStarts();
  private volatile long end;

  private volatile @Nullable Seal seal;

  /// @param from the position up to which the caller knows what the log says
  public TransactionLog(LogStore store, DatabaseId database, long from) {
    this.store = store;
    this.database = database;
    this.end = from;
  }

  /// The position behind the last record known.
  public long end() {
    return end;
  }

  /// Forgets the records from a position on: they will be caught up with again.
  public void rewind(long position) {
    assert position <= end : "the log is rewound to a position it hasn't reached";
    end = position;
  }

  /// The t that the record before the known end ends with; empty when there is no such record.
  public OptionalLong lastT() {
    if (end == 0) {
      return OptionalLong.empty();
    }
    try (Stream<LogRecord> records = store.read(database, end - 1)) {
      return records.limit(1).mapToLong(record -> decode(record).getLast().t()).findFirst();
    }
  }

  /// The transactions that were appended since this log was last caught up, oldest first. To be
  /// consumed whole; from then on the log knows its end.
  public Stream<LogTransaction> catchUp() {
    return store.read(database, end).flatMap(record -> {
      Optional<Seal> sealed = Seal.read(record.bytes());
      if (sealed.isPresent()) {
        seal = sealed.get();
        return Stream.empty();
      }
      List<RecordReader> transactions = decode(record);
      know(transactions.get(0).t());
      return transactions.stream().map(RecordReader::transaction);
    });
  }

  /// Which log this is.
  public DatabaseId id() {
    return database;
  }

  /// What the log ends with if another has taken its place, as far as it was caught up with.
  public Optional<Seal> seal() {
    return Optional.ofNullable(seal);
  }

  /// Whether the log has no record: it is new, or was deleted.
  public boolean isGone() {
    try (Stream<LogRecord> records = store.read(database, 0)) {
      return records.findFirst().isEmpty();
    }
  }

  /// The bytes of a transaction in the log; `incorrect` when they are more than a record may have.
  ///
  /// @param schema knows every attribute of the transaction
  public static byte[] encode(LogTransaction transaction, Schema schema) {
    byte[] bytes = RecordWriter.transaction(transaction, schema);
    if (size(bytes) > BYTES_MAX) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "The transaction takes " + bytes.length + " bytes.",
              "Expected at most " + (BYTES_MAX - HEAD_BYTES_MAX) + ".",
              "Send its facts in several transactions.")
          .toException();
    }
    return bytes;
  }

  /// The bytes that an encoded transaction takes in a record, at most.
  public static int size(byte[] encoded) {
    return HEAD_BYTES_MAX + encoded.length;
  }

  /// Appends transactions in one durable write.
  ///
  /// @param encoded the bytes of each, together at most [#BYTES_MAX]
  /// @param firstT  the t of the first
  /// @return false when somebody else has appended; catch up, and compute them again
  public boolean append(List<byte[]> encoded, long firstT) {
    if (!store.append(database, end, RecordWriter.record(encoded))) {
      return false;
    }
    know(firstT);
    return true;
  }

  /// The transactions from t on, oldest first, read as consumed; to be closed.
  public Stream<LogTransaction> read(long fromT) {
    if (end == 0) {
      return Stream.empty();
    }
    return store
        .read(database, recordOf(fromT))
        .filter(each -> Seal.read(each.bytes()).isEmpty())
        .flatMap(each -> decode(each).stream())
        .dropWhile(transaction -> transaction.t() < fromT)
        .map(RecordReader::transaction);
  }

  /// The position of a record that begins at or before t, near to the last that does.
  long recordOf(long t) {
    RecordStarts.Bounds bounds = starts.around(t, end);
    long low = bounds.low();
    long high = bounds.high();
    // Invariant: record low begins at or before t unless it is the first, record high behind it.
    while (high - low > SEARCH_RECORDS_MIN) {
      long middle = (low + high) >>> 1;
      if (firstT(middle) <= t) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private long firstT(long position) {
    try (Stream<LogRecord> records = store.read(database, position)) {
      LogRecord record = records
          .limit(1)
          .findFirst()
          .orElseThrow(() -> Anomaly.fault(
                  "The log of database " + database + " has no record at position " + position
                      + ".",
                  "Expected one, as its end is known to be " + end + ".",
                  "Restore the log from a backup.")
              .toException());
      return decode(record).getFirst().t();
    }
  }

  private static List<RecordReader> decode(LogRecord record) {
    return RecordReader.read(record.position(), record.bytes());
  }

  private void know(long firstT) {
    starts.add(end, firstT);
    end++;
  }
}
