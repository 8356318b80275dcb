package valence.storage.local;

import clojure.lang.Keyword;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.spi.ClientProvider;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalClient;
import valence.engine.store.Storage;
import valence.storage.embedded.EmbeddedStorage;
import valence.storage.memory.MemoryStorage;

/// Clients of databases in this process: `{:server-type :local :storage-dir "/path"}`, or
/// `:storage-dir :mem` with an optional `:system` name.
public final class LocalClientProvider implements ClientProvider {
  private static final Keyword STORAGE_DIR = Keyword.intern("storage-dir");
  private static final Keyword SYSTEM = Keyword.intern("system");
  private static final Keyword MEM = Keyword.intern("mem");

  private static final Map<Place, Shared> OPEN = new HashMap<>(); // guarded by OPEN

  /// Where a system's storage is.
  private sealed interface Place {
    record Directory(Path path) implements Place {}

    record Memory(String system) implements Place {}

    default Storage open() {
      return switch (this) {
        case Directory(var path) -> EmbeddedStorage.open(path);
        case Memory memory -> MemoryStorage.open();
      };
    }
  }

  /// An open system and how many clients it has.
  private record Shared(Client client, int users) {}

  @Override
  public String serverType() {
    return "local";
  }

  @Override
  public Client client(Map<Keyword, Object> config) {
    Place place = place(config.get(STORAGE_DIR), config.get(SYSTEM));
    synchronized (OPEN) {
      Shared shared = OPEN.get(place);
      if (shared == null) {
        LocalClient opened =
            new LocalClient(place.open(), FunctionResolver.none(), Clock.systemUTC());
        shared = new Shared(opened, 0);
      }
      OPEN.put(place, new Shared(shared.client(), shared.users() + 1));
      return new SharedClient(shared.client(), () -> release(place));
    }
  }

  private static void release(Place place) {
    synchronized (OPEN) {
      Shared shared = OPEN.get(place);
      if (shared != null && shared.users() > 1) {
        OPEN.put(place, new Shared(shared.client(), shared.users() - 1));
      } else if (shared != null) {
        OPEN.remove(place);
        shared.client().close();
      }
    }
  }

  private static Place place(@Nullable Object storageDir, @Nullable Object system) {
    if (MEM.equals(storageDir)) {
      String name = system == null ? UUID.randomUUID().toString() : system.toString();
      return new Place.Memory(name);
    }
    if (!(storageDir instanceof String || storageDir instanceof Path)) {
      throw incorrect(storageDir);
    }
    try {
      Path path = Path.of(storageDir.toString());
      if (path.isAbsolute()) {
        return new Place.Directory(path.normalize());
      }
    } catch (InvalidPathException e) {
      throw Anomaly.of(Anomaly.Category.INCORRECT, storageDir + " is no path.").toException(e);
    }
    throw incorrect(storageDir);
  }

  private static AnomalyException incorrect(@Nullable Object storageDir) {
    return Anomaly.of(
            Anomaly.Category.INCORRECT,
            ":storage-dir is " + storageDir + ".",
            "Expected an absolute path, or :mem.")
        .toException();
  }
}
