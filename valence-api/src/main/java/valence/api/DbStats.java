package valence.api;

import clojure.lang.Keyword;
import java.util.Map;

/// How many datoms a database holds, its history included.
///
/// @param attributes the count for each attribute that has datoms
public record DbStats(long datoms, Map<Keyword, Long> attributes) {
  public DbStats {
    attributes = Map.copyOf(attributes);
  }
}
