package valence.engine.log;

import java.util.List;
import java.util.Map;
import valence.engine.schema.Schema;

/// Writes records in the format that the package describes.
final class RecordWriter {
  static final int VERSION = 2;

  private RecordWriter() {}

  /// One transaction, as a record holds it.
  ///
  /// @param schema knows every attribute of the transaction
  static byte[] transaction(LogTransaction transaction, Schema schema) {
    long t = transaction.novelty().t();
    ByteSink out = new ByteSink(128);
    out.unsigned(t);
    RowsWriter.opened(out, transaction.novelty().opened(), t, schema);
    RowsWriter.closed(out, transaction.novelty().closed(), t, schema);
    out.unsigned(transaction.tempids().size());
    for (Map.Entry<String, Long> tempid : transaction.tempids().entrySet()) {
      out.text(tempid.getKey());
      out.signed(tempid.getValue());
    }
    return out.toBytes();
  }

  /// A record of transactions.
  static byte[] record(List<byte[]> transactions) {
    long bytes = TransactionLog.HEAD_BYTES_MAX;
    for (byte[] transaction : transactions) {
      bytes += TransactionLog.HEAD_BYTES_MAX + transaction.length;
    }
    ByteSink out = new ByteSink(Math.toIntExact(bytes));
    out.u8(VERSION);
    out.unsigned(transactions.size());
    transactions.forEach(out::bytes);
    return out.toBytes();
  }
}
