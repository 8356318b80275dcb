package valence.ion.spi;

import clojure.lang.Keyword;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import valence.api.spi.ClientProvider.Reach;
import valence.ion.AppInfo;
import valence.ion.Trace;

/// What hosted code learns of where it runs, and where what it says of itself goes.
///
/// Found by `java.util.ServiceLoader`; without one, code runs on its own.
public interface Surroundings {
  /// Whether the code that asks is hosted by it. Of several, the nearest is asked.
  default Reach reach() {
    return Reach.EVERYWHERE;
  }

  /// About the revision that the calling thread runs code of; empty when it runs none.
  Optional<AppInfo> appInfo();

  /// Where in a trace the calling thread is; empty when it isn't known.
  default Optional<Trace> trace() {
    return Optional.empty();
  }

  /// The parameters of the system that hosts the calling code, by path, secrets in plain; not to be
  /// changed. Empty when nobody hosts it.
  default Optional<SortedMap<String, String>> parameters() {
    return Optional.empty();
  }

  /// The environment of the group that the calling code runs on; empty when nobody hosts it.
  default Optional<Map<Keyword, Object>> environment() {
    return Optional.empty();
  }

  /// Takes what a program said with `valence.ion.Cast`, checked.
  ///
  /// @param kind `event`, `alert`, `metric` or `dev`
  void cast(String kind, Map<Keyword, Object> said);
}
