package valence.storage.encryption;

import java.util.Optional;
import java.util.stream.Stream;
import valence.api.Anomaly;
import valence.engine.store.BlobId;
import valence.engine.store.RefStore;
import valence.engine.store.Storage;

/// Opens a storage whose bytes are sealed, and changes its keys.
public final class EncryptedStorage {
  private EncryptedStorage() {}

  /// The storage with its bytes in plain: sealed on their way in, opened on their way out. An empty
  /// storage becomes an encrypted one.
  ///
  /// Fails with `forbidden` when a key is missing or wrong, and with `incorrect` when the storage
  /// holds something and isn't encrypted; before anything of it is served.
  ///
  /// @param storage closed with what is returned, or now, when this fails
  public static Storage open(Storage storage, KeyService service) {
    try {
      RefStore refs = storage.refs();
      KeyRing ring = ring(storage, service);
      Keys keys = new Keys(refs, service, ring);
      Seal seal = new Seal(keys);
      return new Storage(
          new EncryptedLogStore(storage.log(), seal),
          new EncryptedRefStore(refs, seal),
          new EncryptedBlobStore(storage.blobs().sealed(), seal, keys.names()));
    } catch (RuntimeException | Error e) {
      closeAfter(e, storage);
      throw e;
    }
  }

  /// The storage as it is, unless it is encrypted: then it is closed, and `forbidden`.
  public static Storage requirePlain(Storage storage) {
    try {
      if (storage.refs().get(KeyRing.REF).isPresent()) {
        throw Anomaly.of(
                Anomaly.Category.FORBIDDEN,
                "The storage is encrypted, and no key is given.",
                "Name its key file: :encryption {:key-file \"/path\"}, or --key-file on a command.")
            .toException();
      }
      return storage;
    } catch (RuntimeException | Error e) {
      closeAfter(e, storage);
      throw e;
    }
  }

  /// Makes a new data key, which seals what is written from now on, and wraps each key of the
  /// storage by the newest master key. What was sealed before stays as it is.
  ///
  /// Where several processes use the storage, another goes on with the key that it has until it
  /// meets the new one, or opens the storage again.
  ///
  /// @param storage with the bytes that it holds, as it was before [#open]
  public static void rotateKeys(Storage storage, KeyService service) {
    RefStore refs = storage.refs();
    while (true) {
      RefStore.Ref ref = refs.get(KeyRing.REF)
          .orElseThrow(() -> Anomaly.of(
                  Anomaly.Category.INCORRECT,
                  "The storage isn't encrypted.",
                  "Expected one that was opened with a key file when it was new.")
              .toException());
      KeyRing rotated = KeyRing.decode(ref.bytes()).rewrapped(service).withDataKey(service);
      if (refs.compareAndSet(KeyRing.REF, ref.version(), rotated.encode())) {
        return;
      }
    }
  }

  /// The storage's ring, made when the storage is empty. Of several who make it one wins.
  private static KeyRing ring(Storage storage, KeyService service) {
    RefStore refs = storage.refs();
    Optional<RefStore.Ref> found = refs.get(KeyRing.REF);
    if (found.isEmpty()) {
      requireEmpty(storage);
      refs.compareAndSet(KeyRing.REF, RefStore.ABSENT, KeyRing.create(service).encode());
      found = refs.get(KeyRing.REF);
    }
    return KeyRing.decode(found
        .orElseThrow(() ->
            Anomaly.fault("The ref " + KeyRing.REF + " was removed just now.").toException())
        .bytes());
  }

  /// A log without a ref that names its database is one that nobody knows any more.
  private static void requireEmpty(Storage storage) {
    boolean empty = storage.refs().list("").isEmpty();
    try (Stream<BlobId> blobs = storage.blobs().list()) {
      empty &= blobs.findAny().isEmpty();
    }
    if (!empty) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "A key is given, but the storage holds things that aren't encrypted.",
              "Open it without a key, or give an empty storage, which will be encrypted.")
          .toException();
    }
  }

  private static void closeAfter(Throwable failure, Storage storage) {
    try {
      storage.close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }
}
