package valence.storage.spi;

import clojure.lang.Keyword;
import java.util.Map;
import java.util.Optional;
import valence.engine.store.Storage;

/// Opens storages of one type. Found by `java.util.ServiceLoader`.
public interface StorageProvider {
  /// The storage's `:type`, without the colon.
  String type();

  /// The arguments that an address stands for, as it is given to a command; empty when it isn't one
  /// of this type.
  Optional<Map<Keyword, Object>> arguments(String address);

  /// Opens the storage that the arguments describe; makes what it needs there when it is new.
  ///
  /// @param arguments as the user wrote them, with `:type`; `incorrect` when they describe none
  Storage open(Map<Keyword, Object> arguments);
}
