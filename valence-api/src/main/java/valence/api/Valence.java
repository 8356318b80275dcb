package valence.api;

import clojure.lang.Keyword;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;
import valence.api.spi.ClientProvider;

/// Where programs start.
public final class Valence {
  private Valence() {}

  /// The keyword written `:name` or `:namespace/name`, from its text without the colon.
  public static Keyword kw(String name) {
    return Keyword.intern(name);
  }

  /// A client of the system that the map describes.
  ///
  /// | `:server-type` | system | further keys |
  /// | --- | --- | --- |
  /// | `:local` | in this process | `:storage-dir`, an absolute path or `:mem`; `:system`, a name |
  /// | `:ion` | the node that this code runs on | none |
  ///
  /// @param system keys are keywords, or strings without the colon
  public static Client client(Map<?, ?> system) {
    Map<Keyword, Object> config = new LinkedHashMap<>();
    system.forEach((key, value) ->
        config.put(key instanceof Keyword keyword ? keyword : kw(String.valueOf(key)), value));
    Object type = config.get(kw("server-type"));
    // The loader of this class, not of the caller: on a node the caller is an application, which
    // must not see the node's classes.
    for (ClientProvider provider :
        ServiceLoader.load(ClientProvider.class, Valence.class.getClassLoader())) {
      if (type instanceof Keyword keyword && provider.serverType().equals(keyword.getName())) {
        return provider.client(Map.copyOf(config));
      }
    }
    throw Anomaly.of(
            Anomaly.Category.INCORRECT,
            ":server-type " + type + " is not known here.",
            "Expected :local, or :ion on a node.",
            "Check the client map and that the module which offers it is on the class path.")
        .toException();
  }
}
