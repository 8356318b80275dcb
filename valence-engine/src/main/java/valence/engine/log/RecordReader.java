package valence.engine.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import valence.api.AnomalyException;
import valence.api.Datom;
import valence.api.LogEntry;
import valence.engine.db.Novelty;
import valence.engine.schema.Partition;

/// One transaction of a record, read as far as it is asked for. For one thread, once.
final class RecordReader {
  private final ByteSource in;
  private final ByteSource whole;
  private final long t;

  private RecordReader(ByteSource in) {
    this.in = in;
    this.whole = in.copy();
    this.t = in.unsigned();
    if (t < 0 || t >= 1L << 42) {
      throw in.damaged("t " + t + " is out of range");
    }
  }

  /// The transactions of a record; at least one.
  ///
  /// @param position of the record, for messages
  static List<RecordReader> read(long position, byte[] bytes) {
    ByteSource in = new ByteSource(position, bytes);
    int version = in.u8();
    if (version != RecordWriter.VERSION) {
      throw in.damaged("its version is " + version + ", not " + RecordWriter.VERSION);
    }
    int count = in.count();
    if (count == 0) {
      throw in.damaged("it holds no transaction");
    }
    List<RecordReader> transactions = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      transactions.add(new RecordReader(in.part(in.count())));
    }
    in.requireEnd();
    return transactions;
  }

  long t() {
    return t;
  }

  /// The transaction as it stands in the record.
  byte[] bytes() {
    return whole.rest();
  }

  AnomalyException damaged(String how) {
    return in.damaged(how);
  }

  LogTransaction transaction() {
    RowsReader opened = RowsReader.read(in, t);
    RowsReader closed = RowsReader.read(in, t);
    Novelty novelty = new Novelty(t, opened.opened(t), closed.closed(t));
    int tempidCount = in.count();
    Map<String, Long> tempids = new HashMap<>();
    for (int i = 0; i < tempidCount; i++) {
      String tempid = in.text();
      tempids.put(tempid, in.signed());
    }
    in.requireEnd();
    return new LogTransaction(novelty, tempids);
  }

  /// What the transaction said, assertions first.
  LogEntry entry() {
    RowsReader opened = RowsReader.read(in, t);
    RowsReader closed = RowsReader.read(in, t);
    Datom[] datoms = new Datom[opened.count() + closed.count()];
    long tx = Partition.tx(t);
    opened.datoms(datoms, 0, tx, true);
    closed.datoms(datoms, opened.count(), tx, false);
    return new LogEntry(t, Arrays.asList(datoms));
  }
}
