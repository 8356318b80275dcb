package valence.api.spi;

import clojure.lang.Keyword;
import java.util.Map;
import valence.api.Client;

/// Makes clients of one `:server-type`. Found by `java.util.ServiceLoader`.
public interface ClientProvider {
  /// The name of the `:server-type`, without the colon.
  String serverType();

  /// Where a provider can be used.
  enum Reach {
    /// By any code.
    EVERYWHERE,
    /// By the code that asks, as it is hosted here: goes before one for everywhere.
    HERE,
    /// Not by the code that asks.
    NOT_HERE
  }

  /// Whether the code that asks can use it. Of several of one `:server-type`, the nearest does.
  default Reach reach() {
    return Reach.EVERYWHERE;
  }

  /// A client of the described system; `incorrect` when the map is no description of one.
  Client client(Map<Keyword, Object> config);
}
