package valence.engine.local;

import java.util.List;
import java.util.UUID;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogStore;
import valence.engine.store.RefStore;

/// The copies that were begun of logs: refs `excise/<log>/<copy>`, each made before the copy and
/// removed after the log, so that nothing is left over that isn't found.
record LogCopies(RefStore refs) {
  private static final String PREFIX = "excise/";

  void begin(DatabaseId log, DatabaseId copy) {
    refs.compareAndSet(name(log, copy), RefStore.ABSENT, new byte[] {1});
  }

  void forget(DatabaseId log, DatabaseId copy) {
    refs.get(name(log, copy))
        .ifPresent(ref -> refs.compareAndDelete(name(log, copy), ref.version()));
  }

  boolean isAny() {
    return !refs.list(PREFIX).isEmpty();
  }

  List<DatabaseId> of(DatabaseId log) {
    return refs.list(PREFIX + log + "/").stream()
        .map(name -> id(name.substring(name.lastIndexOf('/') + 1)))
        .toList();
  }

  /// The logs that a log was begun as a copy of.
  List<DatabaseId> originsOf(DatabaseId copy) {
    return refs.list(PREFIX).stream()
        .filter(name -> name.endsWith("/" + copy))
        .map(name -> id(name.substring(PREFIX.length(), name.lastIndexOf('/'))))
        .toList();
  }

  /// Deletes a log with all that was begun of it and what it was begun of.
  void deleteAll(DatabaseId log, LogStore logs) {
    for (DatabaseId copy : of(log)) {
      logs.delete(copy);
      forget(log, copy);
    }
    for (DatabaseId origin : originsOf(log)) {
      logs.delete(origin);
      forget(origin, log);
    }
    logs.delete(log);
  }

  private static String name(DatabaseId log, DatabaseId copy) {
    return PREFIX + log + "/" + copy;
  }

  private static DatabaseId id(String uuid) {
    return new DatabaseId(UUID.fromString(uuid));
  }
}
