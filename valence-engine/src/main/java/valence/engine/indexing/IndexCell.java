package valence.engine.indexing;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import valence.engine.store.DatabaseId;
import valence.engine.store.RefStore;

/// The ref of a database's index.
final class IndexCell {
  private static final String PREFIX = "index/";

  private final RefStore refs;
  private final String name;
  private final StateText text;

  IndexCell(RefStore refs, DatabaseId database) {
    this.refs = refs;
    this.name = PREFIX + database;
    this.text = new StateText(database);
  }

  /// The databases that have one.
  static List<DatabaseId> databases(RefStore refs) {
    return refs.list(PREFIX).stream()
        .map(name -> new DatabaseId(UUID.fromString(name.substring(PREFIX.length()))))
        .toList();
  }

  /// A state and its version.
  record Versioned(long version, IndexState state) {}

  /// Fails with `fault` when it is damaged.
  Versioned read() {
    Optional<RefStore.Ref> ref = refs.get(name);
    return ref.isEmpty()
        ? new Versioned(RefStore.ABSENT, IndexState.NONE)
        : new Versioned(ref.get().version(), text.read(ref.get().bytes()));
  }

  /// Sets the state if its version is still the expected one.
  ///
  /// @return the new version; empty when it was another
  Optional<Versioned> set(long expected, IndexState state) {
    if (!refs.compareAndSet(name, expected, text.write(state))) {
      return Optional.empty();
    }
    // The version isn't told by the store. The state tells whose it is: it names the job.
    Versioned now = read();
    return now.state().equals(state) ? Optional.of(now) : Optional.empty();
  }

  void delete() {
    Optional<RefStore.Ref> ref = refs.get(name);
    while (ref.isPresent() && !refs.compareAndDelete(name, ref.get().version())) {
      ref = refs.get(name);
    }
  }
}
