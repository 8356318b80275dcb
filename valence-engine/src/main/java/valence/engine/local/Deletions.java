package valence.engine.local;

import java.util.List;
import java.util.UUID;
import valence.engine.store.DatabaseId;
import valence.engine.store.RefStore;

/// The deletions of databases that were begun: refs `delete/<log>`, each made before the catalog
/// forgets the database and removed when nothing is left of it.
record Deletions(RefStore refs) {
  private static final String PREFIX = "delete/";

  void begin(DatabaseId log) {
    refs.compareAndSet(PREFIX + log, RefStore.ABSENT, new byte[] {1});
  }

  void end(DatabaseId log) {
    refs.get(PREFIX + log).ifPresent(ref -> refs.compareAndDelete(PREFIX + log, ref.version()));
  }

  /// The logs of databases whose deletion was begun; the catalog may have them still.
  List<DatabaseId> begun() {
    return refs.list(PREFIX).stream()
        .map(name -> new DatabaseId(UUID.fromString(name.substring(PREFIX.length()))))
        .toList();
  }
}
