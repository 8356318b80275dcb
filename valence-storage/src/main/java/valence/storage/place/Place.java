package valence.storage.place;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.store.Storage;
import valence.storage.embedded.EmbeddedStorage;
import valence.storage.encryption.EncryptedStorage;
import valence.storage.encryption.KeyFile;
import valence.storage.memory.MemoryStorage;
import valence.storage.spi.StorageProvider;

/// Where a system's storage is, and how it is kept. Equal places are the same storage.
public sealed interface Place {
  /// Files in a directory.
  ///
  /// @param path absolute
  record Directory(Path path) implements Place {}

  /// The memory of this process.
  ///
  /// @param system tells one such storage from another
  record Memory(String system) implements Place {}

  /// A storage of a type that another module offers.
  ///
  /// @param arguments may hold a secret, and are never printed
  record Offered(String type, Map<Keyword, Object> arguments) implements Place {
    public Offered {
      arguments = Map.copyOf(arguments);
    }

    @Override
    public String toString() {
      return type;
    }
  }

  /// Another place, whose bytes are encrypted by the keys of a file.
  record Encrypted(Place place, Path keyFile) implements Place {}

  /// Opens the storage; `forbidden` when it is encrypted and this place doesn't say how, or says a
  /// wrong key, `incorrect` when it isn't and this place says so.
  default Storage open() {
    return switch (this) {
      case Encrypted(Place place, Path keyFile) -> {
        KeyFile keys = KeyFile.read(keyFile); // first: a mistake in it should open nothing
        yield EncryptedStorage.open(place.openAsItIs(), keys);
      }
      case Directory _, Memory _, Offered _ -> EncryptedStorage.requirePlain(openAsItIs());
    };
  }

  /// Opens the storage as [#open] does, to read it while another process may use it; where that
  /// takes something else, each change is `unsupported`.
  default Storage openToRead() {
    return switch (this) {
      case Directory(Path path) -> EncryptedStorage.requirePlain(EmbeddedStorage.openToRead(path));
      case Encrypted(Directory(Path path), Path keyFile) -> {
        KeyFile keys = KeyFile.read(keyFile);
        yield EncryptedStorage.open(EmbeddedStorage.openToRead(path), keys);
      }
      case Encrypted _, Memory _, Offered _ -> open();
    };
  }

  /// Opens the storage with the bytes that it holds, sealed or not.
  private Storage openAsItIs() {
    return switch (this) {
      case Directory(Path path) -> EmbeddedStorage.open(path);
      case Memory _ -> MemoryStorage.open();
      case Offered(String type, var arguments) -> provider(type).open(arguments);
      case Encrypted encrypted ->
        throw new IllegalArgumentException("encrypted twice: " + encrypted);
    };
  }

  /// Gives an encrypted storage a new data key, and wraps all its data keys by the newest master
  /// key of the file, so that older ones are of no more use.
  default void rotateKeys() {
    if (!(this instanceof Encrypted(Place place, Path keyFile))) {
      throw incorrect("No key file is given.", "Say by which keys the storage is encrypted.");
    }
    KeyFile keys = KeyFile.read(keyFile);
    try (Storage storage = place.openAsItIs()) {
      EncryptedStorage.rotateKeys(storage, keys);
    }
  }

  /// This place, encrypted by the keys of a file.
  default Place encryptedBy(Path keyFile) {
    return new Encrypted(this, keyFile);
  }

  /// The place that a client's map describes:
  ///
  ///     {:storage-dir "/path"}                                files
  ///     {:storage-dir :mem :system "name"}                    memory; without a name, a new one
  ///     {:storage {:type :postgresql :jdbc-url "jdbc:…"}}     what a module of that type offers
  ///     {… :encryption {:key-file "/path"}}                   encrypted
  static Place of(Map<Keyword, Object> system) {
    Object storage = system.get(kw("storage"));
    Object directory = system.get(kw("storage-dir"));
    if (storage != null && directory != null) {
      throw incorrect(":storage and :storage-dir are both given.", "Expected one of them.");
    }
    Place place = storage == null
        ? inProcess(directory, system.get(kw("system")))
        : offered(arguments(":storage", storage));
    Object encryption = system.get(kw("encryption"));
    if (encryption == null) {
      return place;
    }
    Object file = arguments(":encryption", encryption).get(kw("key-file"));
    return place.encryptedBy(absolute(":key-file of :encryption", file));
  }

  /// The place of an address given to a command: that of an offered type, such as
  /// `jdbc:postgresql:…`, or else a directory.
  static Place of(String address) {
    for (StorageProvider provider : providers()) {
      var arguments = provider.arguments(address);
      if (arguments.isPresent()) {
        return new Offered(provider.type(), arguments.get());
      }
    }
    if (address.startsWith("jdbc:")) { // not shown: it may hold a password
      throw incorrect(
          "The address of the storage begins with jdbc:, and is none that is known here.",
          "Expected a directory" + offeredTypes() + ".");
    }
    try {
      return new Directory(Path.of(address).toAbsolutePath().normalize());
    } catch (InvalidPathException e) {
      throw Anomaly.of(Anomaly.Category.INCORRECT, address + " is no path.").toException(e);
    }
  }

  private static Place inProcess(@Nullable Object directory, @Nullable Object system) {
    if (kw("mem").equals(directory)) {
      return new Memory(system == null ? UUID.randomUUID().toString() : system.toString());
    }
    return new Directory(absolute(":storage-dir", directory));
  }

  private static Place offered(Map<Keyword, Object> arguments) {
    if (arguments.get(kw("type")) instanceof Keyword type) {
      return new Offered(provider(type.getName()).type(), arguments);
    }
    throw incorrect(
        ":type of :storage is " + arguments.get(kw("type")) + ".",
        "Expected the name of a type of storage" + offeredTypes() + ".");
  }

  private static StorageProvider provider(String type) {
    for (StorageProvider provider : providers()) {
      if (provider.type().equals(type)) {
        return provider;
      }
    }
    throw incorrect(
        "No storage of the type :" + type + " is offered here" + offeredTypes() + ".",
        "Check its name, and that the module which offers it is on the class path: for"
            + " :postgresql, valence-storage-sql.");
  }

  private static Iterable<StorageProvider> providers() {
    // The loader of this class, since an application's would not see the node's modules.
    return ServiceLoader.load(StorageProvider.class, Place.class.getClassLoader());
  }

  private static String offeredTypes() {
    List<String> types =
        ServiceLoader.load(StorageProvider.class, Place.class.getClassLoader()).stream()
            .map(provider -> ":" + provider.get().type())
            .sorted()
            .toList();
    return types.isEmpty() ? "; no module offers one" : "; offered are " + String.join(", ", types);
  }

  private static Map<Keyword, Object> arguments(String name, Object given) {
    if (!(given instanceof Map<?, ?> map)) {
      throw incorrect(name + " isn't a map.", "Expected its arguments by name.");
    }
    Map<Keyword, Object> arguments = new LinkedHashMap<>();
    map.forEach((key, value) -> {
      if (value != null) {
        arguments.put(key instanceof Keyword keyword ? keyword : kw(String.valueOf(key)), value);
      }
    });
    return arguments;
  }

  private static Path absolute(String name, @Nullable Object given) {
    if (given instanceof String || given instanceof Path) {
      try {
        Path path = Path.of(given.toString());
        if (path.isAbsolute()) {
          return path.normalize();
        }
      } catch (InvalidPathException e) {
        throw Anomaly.of(Anomaly.Category.INCORRECT, given + " is no path.").toException(e);
      }
    }
    throw incorrect(
        name + " is " + given + ".",
        name.equals(":storage-dir")
            ? "Expected an absolute path, or :mem."
            : "Expected an absolute path.");
  }

  private static AnomalyException incorrect(String... sentences) {
    return Anomaly.of(Anomaly.Category.INCORRECT, sentences).toException();
  }
}
