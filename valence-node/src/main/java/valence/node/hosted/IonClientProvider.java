package valence.node.hosted;

import clojure.lang.Keyword;
import java.util.Map;
import valence.api.Anomaly;
import valence.api.Client;
import valence.api.spi.ClientProvider;

/// `:server-type :ion`: the system that the calling code is hosted by.
public final class IonClientProvider implements ClientProvider {
  @Override
  public String serverType() {
    return "ion";
  }

  @Override
  public Reach reach() {
    return Asking.code().isPresent() ? Reach.HERE : Reach.NOT_HERE;
  }

  @Override
  public Client client(Map<Keyword, Object> config) {
    return Asking.code()
        .<Client>map(code -> new HostedClient(code.system(), code.appInfo()))
        .orElseThrow(() -> Anomaly.incorrect(
                "ion.error/not-hosted",
                ":server-type :ion was asked for by code that no node hosts.",
                "Use :server-type :local here, or :remote with the :endpoint of a node.")
            .toException());
  }
}
