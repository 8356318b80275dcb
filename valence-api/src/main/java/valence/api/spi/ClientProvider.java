package valence.api.spi;

import clojure.lang.Keyword;
import java.util.Map;
import valence.api.Client;

/// Makes clients of one `:server-type`. Found by `java.util.ServiceLoader`.
public interface ClientProvider {
  /// The name of the `:server-type`, without the colon.
  String serverType();

  /// A client of the described system; `incorrect` when the map is no description of one.
  Client client(Map<Keyword, Object> config);
}
