package valence.ion.spi;

import clojure.lang.Keyword;
import java.util.Map;
import java.util.Optional;
import valence.ion.AppInfo;

/// What hosted code learns of where it runs, and where what it says of itself goes.
///
/// Found by `java.util.ServiceLoader`; without one, code runs on its own.
public interface Surroundings {
  /// About the revision that the calling thread runs code of; empty when it runs none.
  Optional<AppInfo> appInfo();

  /// Takes what a program said with `valence.ion.Cast`, checked.
  ///
  /// @param kind `event`, `alert`, `metric` or `dev`
  void cast(String kind, Map<Keyword, Object> said);
}
