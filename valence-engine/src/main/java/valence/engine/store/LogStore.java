package valence.engine.store;

import java.util.stream.Stream;

/// The logs of databases: for each a sequence of records, written once, in order, without gaps.
///
/// Safe for many threads and for several processes on one storage. Fails with `unavailable` when a
/// retry may help and `fault` when not. After a failed append its outcome is unknown: it may be
/// found by the next read.
public interface LogStore extends AutoCloseable {
  int RECORD_BYTES_MAX = 64 << 20;

  /// Writes a record unless its position is taken; returns once it would survive the loss of power.
  ///
  /// Of several writers for one position exactly one is told true. A record is never visible in
  /// part, and never visible at a position when an earlier position is empty.
  ///
  /// @param position the end of the log as the caller knows it; `incorrect` when past the end
  /// @param bytes    at most [#RECORD_BYTES_MAX]; not kept after the return
  /// @return false when the position is taken; nothing is written then
  boolean append(DatabaseId database, long position, byte[] bytes);

  /// The records from a position on, in order, read as consumed; to be closed by the caller. Empty
  /// when the log ends before the position. A damaged record is a `fault` that names it.
  Stream<LogRecord> read(DatabaseId database, long fromPosition);

  /// Removes a log and all its records; no effect when there is none.
  void delete(DatabaseId database);

  @Override
  void close();
}
