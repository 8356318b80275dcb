package valence.node.upkeep;

import clojure.lang.Keyword;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.engine.store.Storage;
import valence.storage.place.Place;

/// What a deed was told.
///
/// @param storage the address of the storage; null when none was given
record Arguments(Map<?, ?> map, @Nullable String storage) {
  static Keyword key(String name) {
    return Keyword.intern(name);
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(map.get(key(name))).map(Object::toString);
  }

  String required(String name) {
    return text(name)
        .orElseThrow(() ->
            Anomaly.of(Anomaly.Category.INCORRECT, ":" + name + " is missing.").toException());
  }

  Optional<Long> number(String name) {
    return map.get(key(name)) instanceof Long number ? Optional.of(number) : Optional.empty();
  }

  boolean isTrue(String name) {
    return Boolean.TRUE.equals(map.get(key(name)));
  }

  /// The storage, which is there already.
  Storage openStorage() {
    return open(requireThere(address()));
  }

  /// The storage, which is there already, to be read while a node may use it.
  Storage openStorageToRead() {
    return place(requireThere(address())).openToRead();
  }

  /// The storage, which is made when there is none.
  Storage openOrMakeStorage() {
    return open(address());
  }

  private String address() {
    if (storage == null) {
      throw Anomaly.of(Anomaly.Category.INCORRECT, "VALENCE_STORAGE isn't set: of which storage?")
          .toException();
    }
    return storage;
  }

  /// The backup, which is there already.
  Storage openBackup() {
    return open(requireThere(required("backup")));
  }

  /// The backup, which is there already, to be read.
  Storage openBackupToRead() {
    return place(requireThere(required("backup"))).openToRead();
  }

  /// The backup, which is made when there is none.
  Storage openOrMakeBackup() {
    return open(required("backup"));
  }

  /// A mistake in a path should make nothing.
  private static String requireThere(String address) {
    if (Place.of(address) instanceof Place.Directory(Path path) && !Files.isDirectory(path)) {
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND, "There is no directory " + path + ".", "Check the path.")
          .toException();
    }
    return address;
  }

  /// A backup of what is encrypted is encrypted by the same key file.
  private Place place(String address) {
    Place place = Place.of(address);
    return text("key-file").map(file -> place.encryptedBy(Path.of(file))).orElse(place);
  }

  private Storage open(String address) {
    return place(address).open();
  }
}
