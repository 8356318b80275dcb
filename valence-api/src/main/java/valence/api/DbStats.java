package valence.api;

import clojure.lang.Keyword;
import java.util.Map;

/// How many datoms a database holds, its history included.
///
/// @param attributes the count for each attribute that has datoms
/// @param distinct   for each attribute that has datoms which are true now, how many different
///     values and entities these have; empty where the indexes were made by a version that didn't
///     count them
public record DbStats(long datoms, Map<Keyword, Long> attributes, Map<Keyword, Distinct> distinct) {
  public DbStats {
    attributes = Map.copyOf(attributes);
    distinct = Map.copyOf(distinct);
  }

  /// Of an attribute's datoms that are true now.
  public record Distinct(long values, long entities) {}
}
