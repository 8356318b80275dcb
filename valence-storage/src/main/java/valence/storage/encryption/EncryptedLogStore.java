package valence.storage.encryption;

import java.util.stream.Stream;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.LogStore;

/// Logs whose records are sealed for their database and position.
final class EncryptedLogStore implements LogStore {
  private final LogStore log;
  private final Seal seal;

  EncryptedLogStore(LogStore log, Seal seal) {
    this.log = log;
    this.seal = seal;
  }

  @Override
  public boolean append(DatabaseId database, long position, byte[] bytes) {
    return log.append(database, position, seal.close(Seal.Place.record(database, position), bytes));
  }

  @Override
  public Stream<LogRecord> read(DatabaseId database, long fromPosition) {
    return log.read(database, fromPosition)
        .map(record -> new LogRecord(
            record.position(),
            seal.open(Seal.Place.record(database, record.position()), record.bytes())));
  }

  @Override
  public void delete(DatabaseId database) {
    log.delete(database);
  }

  @Override
  public void close() {
    log.close();
  }
}
