package valence.storage.encryption;

import java.util.List;
import java.util.Optional;
import valence.api.Anomaly;
import valence.engine.store.RefStore;
import valence.engine.store.StoreArguments;

/// Refs whose values are sealed for their name.
final class EncryptedRefStore implements RefStore {
  private final RefStore refs;
  private final Seal seal;

  EncryptedRefStore(RefStore refs, Seal seal) {
    this.refs = refs;
    this.seal = seal;
  }

  @Override
  public Optional<Ref> get(String name) {
    return refs.get(checked(name))
        .map(ref -> new Ref(ref.version(), seal.open(Seal.Place.ref(name), ref.bytes())));
  }

  @Override
  public boolean compareAndSet(String name, long expectedVersion, byte[] bytes) {
    return refs.compareAndSet(
        checked(name), expectedVersion, seal.close(Seal.Place.ref(name), bytes));
  }

  @Override
  public boolean compareAndDelete(String name, long expectedVersion) {
    return refs.compareAndDelete(checked(name), expectedVersion);
  }

  @Override
  public List<String> list(String prefix) {
    return refs.list(prefix).stream().filter(name -> !name.equals(KeyRing.REF)).toList();
  }

  @Override
  public void close() {
    refs.close();
  }

  /// The ring of keys isn't the user's.
  private static String checked(String name) {
    StoreArguments.checkRefName(name);
    if (name.equals(KeyRing.REF)) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "The ref " + name + " holds the keys of this storage.",
              "Use another name.")
          .toException();
    }
    return name;
  }
}
