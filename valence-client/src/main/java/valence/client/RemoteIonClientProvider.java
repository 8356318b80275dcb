package valence.client;

import clojure.lang.Keyword;
import java.util.Map;
import valence.api.Client;
import valence.api.spi.ClientProvider;

/// `:server-type :ion` for code that no node hosts, such as the same program on a desk.
public final class RemoteIonClientProvider implements ClientProvider {
  @Override
  public String serverType() {
    return "ion";
  }

  @Override
  public Client client(Map<Keyword, Object> config) {
    return RemoteClient.of(config);
  }
}
