package valence.engine.backup;

import java.time.Instant;
import java.util.Optional;
import valence.api.Anomaly;
import valence.engine.indexing.IndexRoot;
import valence.engine.log.RecordContents;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;

/// What a log's first records come to. For one thread.
final class Tally {
  private final Chain chain;
  private long records;
  private long rows;
  private long bytes;
  private long t;

  /// Of no record.
  Tally() {
    chain = Chain.empty();
  }

  /// Of the records of a point.
  Tally(BackupPoint point) {
    chain = Chain.from(point.chain());
    records = point.records();
    rows = point.rows();
    bytes = point.bytes();
    t = point.t();
  }

  void add(LogRecord record, RecordContents contents) {
    if (record.position() != records || contents.firstT() != t + 1) {
      throw Anomaly.fault(
              "The log has a gap: record " + record.position() + " begins with t="
                  + contents.firstT() + " where record " + records + " and t=" + (t + 1)
                  + " were expected.",
              "Restore the database from a backup.")
          .toException();
    }
    chain.add(record.bytes());
    records++;
    rows += contents.rows();
    bytes += record.bytes().length;
    t = contents.lastT();
  }

  long records() {
    return records;
  }

  long rows() {
    return rows;
  }

  long bytes() {
    return bytes;
  }

  long t() {
    return t;
  }

  String chain() {
    return chain.hex();
  }

  BackupPoint point(
      String database,
      long number,
      DatabaseId log,
      long excisedT,
      Instant made,
      Optional<IndexRoot> root) {
    return new BackupPoint(
        database, number, log, t, excisedT, records, rows, bytes, chain.hex(), made, root);
  }

  boolean agreesWith(BackupPoint point) {
    return records == point.records()
        && rows == point.rows()
        && bytes == point.bytes()
        && t == point.t()
        && chain.hex().equals(point.chain());
  }
}
