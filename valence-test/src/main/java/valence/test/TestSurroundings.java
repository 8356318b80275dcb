package valence.test;

import clojure.lang.Keyword;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import valence.api.spi.ClientProvider.Reach;
import valence.ion.AppInfo;
import valence.ion.spi.Surroundings;

/// `AppInfo` and `Cast` in a test.
public final class TestSurroundings implements Surroundings {
  @Override
  public Reach reach() {
    return Current.system().isPresent() ? Reach.HERE : Reach.NOT_HERE;
  }

  @Override
  public Optional<AppInfo> appInfo() {
    return Current.system().map(TestSystem::info);
  }

  @Override
  public Optional<SortedMap<String, String>> parameters() {
    return Current.system().flatMap(TestSystem::parameters);
  }

  @Override
  public Optional<Map<Keyword, Object>> environment() {
    return Current.system().flatMap(TestSystem::environment);
  }

  @Override
  public void cast(String kind, Map<Keyword, Object> said) {
    Current.system().ifPresent(system -> system.remember(new Said(kind, said)));
  }
}
