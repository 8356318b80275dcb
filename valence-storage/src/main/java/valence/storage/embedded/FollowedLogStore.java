package valence.storage.embedded;

import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.LogStore;
import valence.engine.store.StoreArguments;
import valence.storage.Gate;

/// Logs that another process may be writing, to be read.
final class FollowedLogStore implements LogStore {
  private final Disk disk;
  private final Path directory;
  private final Gate gate;
  private final ConcurrentMap<DatabaseId, FollowedLog> logs = new ConcurrentHashMap<>();

  FollowedLogStore(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
    this.gate = new Gate("log store in " + directory, () -> {});
  }

  @Override
  public boolean append(DatabaseId database, long position, byte[] bytes) {
    throw ReadOnlyDisk.refused();
  }

  @Override
  public Stream<LogRecord> read(DatabaseId database, long fromPosition) {
    StoreArguments.checkPosition(fromPosition);
    gate.enter();
    try {
      return logs.computeIfAbsent(
              database, id -> new FollowedLog(disk, directory.resolve(id.toString()), id))
          .read(fromPosition, gate);
    } finally {
      gate.leave();
    }
  }

  @Override
  public void delete(DatabaseId database) {
    throw ReadOnlyDisk.refused();
  }

  @Override
  public void close() {
    gate.close();
  }
}
