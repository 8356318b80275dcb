package valence.test;

import clojure.lang.Keyword;
import java.util.Map;
import valence.api.Anomaly;
import valence.api.Client;
import valence.api.spi.ClientProvider;

/// `:server-type :ion` in a test: the system that the test has open.
public final class TestIonClientProvider implements ClientProvider {
  @Override
  public String serverType() {
    return "ion";
  }

  @Override
  public Reach reach() {
    return Current.system().isPresent() ? Reach.HERE : Reach.NOT_HERE;
  }

  @Override
  public Client client(Map<Keyword, Object> config) {
    return Current.system()
        .map(TestSystem::hostedClient)
        .orElseThrow(() -> Anomaly.incorrect(
                "ion.error/not-hosted",
                ":server-type :ion was asked for, and this thread has no test system open.",
                "Open one with TestSystem.open, or annotate the test class with @ValenceTest.")
            .toException());
  }
}
