package valence.client;

import clojure.lang.Keyword;
import java.util.Map;
import valence.api.Client;
import valence.api.spi.ClientProvider;

/// `:server-type :remote`: a system through one of its nodes.
public final class RemoteClientProvider implements ClientProvider {
  @Override
  public String serverType() {
    return "remote";
  }

  @Override
  public Client client(Map<Keyword, Object> config) {
    return RemoteClient.of(config);
  }
}
