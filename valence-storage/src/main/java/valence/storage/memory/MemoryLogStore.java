package valence.storage.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.LogStore;
import valence.engine.store.StoreArguments;
import valence.storage.Gate;

/// Logs as lists, each replaced by none on delete.
final class MemoryLogStore implements LogStore {
  private final Gate gate = new Gate("memory log store", () -> {});
  private final ConcurrentMap<DatabaseId, List<byte[]>> logs = new ConcurrentHashMap<>();

  MemoryLogStore copy() {
    var copy = new MemoryLogStore();
    logs.forEach((database, log) -> {
      synchronized (log) {
        copy.logs.put(database, new ArrayList<>(log));
      }
    });
    return copy;
  }

  @Override
  public boolean append(DatabaseId database, long position, byte[] bytes) {
    StoreArguments.checkPosition(position);
    StoreArguments.checkRecord(bytes);
    gate.enter();
    try {
      boolean[] appended = {false};
      // The map's lock on the entry orders the appends to one database, and those with a delete.
      logs.compute(database, (_, log) -> {
        int end = log == null ? 0 : log.size();
        if (position > end) {
          throw StoreArguments.pastEnd(database, position, end);
        }
        if (position < end) {
          return log;
        }
        List<byte[]> longer = log == null ? new ArrayList<>() : log;
        synchronized (longer) {
          longer.add(bytes.clone());
        }
        appended[0] = true;
        return longer;
      });
      return appended[0];
    } finally {
      gate.leave();
    }
  }

  @Override
  public Stream<LogRecord> read(DatabaseId database, long fromPosition) {
    StoreArguments.checkPosition(fromPosition);
    gate.enter();
    try {
      @Nullable List<byte[]> log = logs.get(database);
      if (log == null) {
        return Stream.empty();
      }
      return LongStream.range(fromPosition, end(log)).mapToObj(position -> record(log, position));
    } finally {
      gate.leave();
    }
  }

  @Override
  public void delete(DatabaseId database) {
    gate.enter();
    try {
      logs.remove(database);
    } finally {
      gate.leave();
    }
  }

  @Override
  public void close() {
    gate.close();
  }

  private static int end(List<byte[]> log) {
    synchronized (log) {
      return log.size();
    }
  }

  private LogRecord record(List<byte[]> log, long position) {
    gate.enter();
    try {
      synchronized (log) {
        return new LogRecord(position, log.get((int) position).clone());
      }
    } finally {
      gate.leave();
    }
  }
}
