package valence.storage.encryption;

import java.util.ArrayList;
import java.util.List;
import valence.engine.store.RefStore;

/// The data keys of an open storage, unwrapped. Another process may add one: it is fetched when
/// something sealed by it is met.
final class Keys {
  private final RefStore refs;
  private final KeyService service;
  private final BlobNames names;
  private volatile List<Xaes> dataKeys; // number 1 first; replaced by a longer list

  Keys(RefStore refs, KeyService service, KeyRing ring) {
    this.refs = refs;
    this.service = service;
    this.names = new BlobNames(ring.namesKey(service));
    this.dataKeys = unwrapped(ring);
  }

  BlobNames names() {
    return names;
  }

  /// The number of the key that seals what is written now.
  int newest() {
    return dataKeys.size();
  }

  /// Whether there is a key of that number, here or by now in the storage.
  boolean has(int number) {
    if (number > dataKeys.size() && number <= KeyRing.DATA_KEYS_MAX) {
      refs.get(KeyRing.REF).ifPresent(ref -> dataKeys = unwrapped(KeyRing.decode(ref.bytes())));
    }
    return number >= 1 && number <= dataKeys.size();
  }

  Xaes key(int number) {
    return dataKeys.get(number - 1);
  }

  private List<Xaes> unwrapped(KeyRing ring) {
    List<Xaes> keys = new ArrayList<>();
    for (int number = 1; number <= ring.dataKeys().size(); number++) {
      keys.add(new Xaes(ring.dataKey(service, number)));
    }
    return List.copyOf(keys);
  }
}
