package valence.storage.embedded;

import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.LogStore;
import valence.engine.store.StoreArguments;
import valence.storage.Gate;

/// Logs as directories of segments.
final class FileLogStore implements LogStore {
  private final Disk disk;
  private final WholeFiles files;
  private final Path directory;
  private final long segmentBytes;
  private final LongSupplier salts;
  private final OpenLogs open = new OpenLogs();
  private final Gate gate;

  /// The logs used since the store was opened. None is ever taken out, not even when its database
  /// is deleted: two objects for one log would be two locks.
  private final ConcurrentMap<DatabaseId, DatabaseLog> logs = new ConcurrentHashMap<>();

  FileLogStore(
      Disk disk,
      WholeFiles files,
      Path directory,
      long segmentBytes,
      LongSupplier salts,
      Runnable afterClose) {
    this.disk = disk;
    this.files = files;
    this.directory = directory;
    this.segmentBytes = segmentBytes;
    this.salts = salts;
    this.gate = new Gate("log store in " + directory, () -> {
      logs.values().forEach(DatabaseLog::rest);
      afterClose.run();
    });
  }

  @Override
  public boolean append(DatabaseId database, long position, byte[] bytes) {
    StoreArguments.checkPosition(position);
    StoreArguments.checkRecord(bytes);
    gate.enter();
    try {
      boolean appended = log(database).append(position, bytes);
      open.rest();
      return appended;
    } finally {
      gate.leave();
    }
  }

  @Override
  public Stream<LogRecord> read(DatabaseId database, long fromPosition) {
    StoreArguments.checkPosition(fromPosition);
    gate.enter();
    try {
      return known(database) ? log(database).read(fromPosition, gate) : Stream.empty();
    } finally {
      gate.leave();
    }
  }

  @Override
  public void delete(DatabaseId database) {
    gate.enter();
    try {
      if (known(database)) {
        log(database).delete();
      }
    } finally {
      gate.leave();
    }
  }

  @Override
  public void close() {
    gate.close();
  }

  /// Asked first, so that asking for databases that don't exist leaves nothing behind.
  private boolean known(DatabaseId database) {
    return logs.containsKey(database) || disk.exists(directory.resolve(database.toString()));
  }

  private DatabaseLog log(DatabaseId database) {
    return logs.computeIfAbsent(
        database, id -> new DatabaseLog(disk, files, directory, id, segmentBytes, salts, open));
  }
}
