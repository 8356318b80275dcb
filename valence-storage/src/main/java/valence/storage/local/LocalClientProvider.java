package valence.storage.local;

import clojure.lang.Keyword;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import valence.api.Anomaly;
import valence.api.Client;
import valence.api.spi.ClientProvider;
import valence.engine.cache.NearTier;
import valence.engine.code.AllowList;
import valence.engine.code.ClassPathFunctions;
import valence.engine.indexing.Indexing;
import valence.engine.local.LocalClient;
import valence.storage.near.Caching;
import valence.storage.place.Place;

/// Clients of databases in this process: `{:server-type :local :storage-dir "/path"}`, or whatever
/// else [Place#of(Map)] reads.
///
/// `:functions` lists what queries, pulls and transactions may call, as [AllowList#of]; without it,
/// whatever the class path has. `:cache` says where segments are kept nearer than the storage, as
/// [Caching#of]. Clients that share a system are those of one list and one cache.
public final class LocalClientProvider implements ClientProvider {
  private static final Keyword FUNCTIONS = Keyword.intern("functions");
  private static final Keyword CACHE = Keyword.intern("cache");

  private static final Map<Place, Shared> OPEN = new HashMap<>(); // guarded by OPEN

  /// An open system and how many clients it has.
  ///
  /// @param functions the list that it was opened with; empty for the class path
  /// @param caching   what it was opened with
  private record Shared(
      Client client, Optional<Set<Object>> functions, Caching caching, int users) {
    Shared withUsers(int count) {
      return new Shared(client, functions, caching, count);
    }
  }

  @Override
  public String serverType() {
    return "local";
  }

  @Override
  public Client client(Map<Keyword, Object> config) {
    Place place = Place.of(config);
    Optional<Set<Object>> functions =
        Optional.ofNullable(config.get(FUNCTIONS)).map(LocalClientProvider::functions);
    Caching caching = Caching.of(config.get(CACHE));
    synchronized (OPEN) {
      Shared shared = OPEN.get(place);
      if (shared == null) {
        AllowList allowed = functions.map(AllowList::of).orElseGet(AllowList::classPath);
        List<NearTier> tiers = caching.open(place instanceof Place.Encrypted);
        LocalClient opened = new LocalClient(
            place.open(),
            new ClassPathFunctions(classPath(), allowed),
            Clock.systemUTC(),
            indexing(place, caching),
            tiers);
        shared = new Shared(opened, functions, caching, 0);
      } else if (!shared.functions().equals(functions)) {
        throw Anomaly.of(
                Anomaly.Category.INCORRECT,
                "The system is open already, with other :functions.",
                "Expected the same for all clients of one system in a process.",
                "Give both the same list, or close the other client first.")
            .toException();
      } else if (!shared.caching().equals(caching)) {
        throw Anomaly.of(
                Anomaly.Category.INCORRECT,
                "The system is open already, with another :cache.",
                "Expected the same for all clients of one system in a process.",
                "Give both the same map, or close the other client first.")
            .toException();
      }
      OPEN.put(place, shared.withUsers(shared.users() + 1));
      return new SharedClient(shared.client(), () -> release(place));
    }
  }

  /// How the databases of a place are indexed, with the room that the caching gives.
  private static Indexing indexing(Place place, Caching caching) {
    Indexing suits = place instanceof Place.Memory ? Indexing.inMemory() : Indexing.durable();
    return caching.heapBytes().isPresent()
        ? suits.withCacheBytesMax(caching.heapBytes().getAsLong())
        : suits;
  }

  private static void release(Place place) {
    synchronized (OPEN) {
      Shared shared = OPEN.get(place);
      if (shared != null && shared.users() > 1) {
        OPEN.put(place, shared.withUsers(shared.users() - 1));
      } else if (shared != null) {
        OPEN.remove(place);
        shared.client().close();
      }
    }
  }

  private static Set<Object> functions(Object config) {
    if (config instanceof Collection<?> names) {
      return Set.copyOf(names);
    }
    throw Anomaly.of(
            Anomaly.Category.INCORRECT,
            ":functions is a " + config.getClass().getSimpleName() + ".",
            "Expected a collection of symbols or their texts, such as [my.ns/f com.acme.Fns/*].")
        .toException();
  }

  /// What the caller sees: its context, or the application of this JVM.
  private static ClassLoader classPath() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return context == null ? ClassLoader.getSystemClassLoader() : context;
  }
}
