package valence.api;

import clojure.lang.Keyword;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import valence.api.spi.ClientProvider;

/// Where programs start.
public final class Valence {
  private static final int T_BITS = 42;
  private static final long T_MASK = (1L << T_BITS) - 1;
  private static final long TX_PARTITION = 3L << T_BITS;

  private static final List<ClientProvider.Reach> NEAREST_FIRST = List.of(
      ClientProvider.Reach.HERE, ClientProvider.Reach.EVERYWHERE, ClientProvider.Reach.NOT_HERE);

  private Valence() {}

  /// The keyword written `:name` or `:namespace/name`, from its text without the colon.
  public static Keyword kw(String name) {
    return Keyword.intern(name);
  }

  /// The entity id of the transaction with that t, of any database.
  public static long toTx(long t) {
    return TX_PARTITION | toT(t);
  }

  /// The t of a transaction, given its entity id; of a t, itself.
  public static long toT(long tx) {
    return tx & T_MASK;
  }

  /// A random UUID that begins with the seconds since 1970, so that those made about the same time
  /// stand together in an index.
  public static UUID squuid() {
    UUID random = UUID.randomUUID();
    long seconds = Instant.now().getEpochSecond();
    return new UUID(
        seconds << Integer.SIZE | random.getMostSignificantBits() & 0xFFFF_FFFFL,
        random.getLeastSignificantBits());
  }

  /// When a [#squuid] was made, in milliseconds since 1970, to the second.
  public static long squuidTimeMillis(UUID squuid) {
    return (squuid.getMostSignificantBits() >>> Integer.SIZE) * 1000;
  }

  /// Any blocking call, on a virtual thread of its own; a failure is the exception that the call
  /// threw. To cancel the stage's future interrupts the call.
  public static <T extends @Nullable Object> CompletionStage<T> async(Supplier<T> blocking) {
    return Async.call(blocking);
  }

  /// A client of the system that the map describes.
  ///
  /// | `:server-type` | system | further keys |
  /// | --- | --- | --- |
  /// | `:local` | in this process | `:storage-dir`, an absolute path or `:mem`; `:system`, a name; `:functions` |
  /// | | | or `:storage`, a map with `:type`; `:encryption` with `:key-file`; `:cache` |
  /// | `:remote` | that of a node, over the network | `:endpoint`, such as `"http://127.0.0.1:8182"` |
  /// | | | `:access-key`, `:profile`, `:trust`, `:socks-proxy`; `:timeout` in ms |
  /// | `:ion` | the node that this code runs on; elsewhere as `:remote` | there as `:remote` |
  ///
  /// `:functions` lists what queries, pulls and transactions may call, as symbols or their texts:
  /// `com.acme.Fns/f`, `my.ns/f`, or `my.ns/*` for all of one. Without it they may call whatever is
  /// on the class path, but nothing of the JDK or of Clojure itself.
  ///
  /// @param system keys are keywords, or strings without the colon, also of the maps in it
  public static Client client(Map<?, ?> system) {
    Map<Keyword, Object> config = keyed(system);
    Object type = config.get(kw("server-type"));
    // The loader of this class, not of the caller: on a node the caller is an application, which
    // must not see the node's classes.
    List<ClientProvider> offered = new ArrayList<>();
    for (ClientProvider provider :
        ServiceLoader.load(ClientProvider.class, Valence.class.getClassLoader())) {
      if (type instanceof Keyword keyword && provider.serverType().equals(keyword.getName())) {
        offered.add(provider);
      }
    }
    for (ClientProvider.Reach reach : NEAREST_FIRST) {
      for (ClientProvider provider : offered) {
        if (provider.reach() == reach) {
          return provider.client(Map.copyOf(config));
        }
      }
    }
    throw Anomaly.of(
            Anomaly.Category.INCORRECT,
            ":server-type " + type + " is not known here.",
            "Expected :local, :remote or :ion.",
            "Check the client map and that the module which offers it is on the class path.")
        .toException();
  }

  private static Map<Keyword, Object> keyed(Map<?, ?> map) {
    Map<Keyword, Object> keyed = new LinkedHashMap<>();
    map.forEach((key, value) -> keyed.put(
        key instanceof Keyword keyword ? keyword : kw(String.valueOf(key)),
        value instanceof Map<?, ?> inner ? keyed(inner) : value));
    return keyed;
  }
}
