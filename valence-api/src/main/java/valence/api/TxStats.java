package valence.api;

import clojure.lang.Keyword;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a transaction took, and what in it may not be what was meant.
///
/// @param considered assertions and retractions that the forms came to
/// @param duplicates of them, those that repeat another
/// @param redundant  of them, those that were so already
/// @param tempids    temporary ids, also those of maps without `:db/id`
/// @param unique     unique values that had to be free
/// @param composites composite tuples that were brought up to date
/// @param times      where the time went
/// @param warnings   sentences about facts that passed and said nothing
public record TxStats(
    int considered,
    int duplicates,
    int redundant,
    int tempids,
    int unique,
    int composites,
    Times times,
    List<String> warnings) {
  /// Of a report that came without.
  public static final TxStats NONE =
      new TxStats(0, 0, 0, 0, 0, 0, new Times(0, 0, 0, 0, 0), List.of());

  private static final double NANOS_PER_MILLI = 1e6;

  public TxStats {
    warnings = List.copyOf(warnings);
  }

  /// Nanoseconds of each phase.
  ///
  /// @param expand  forms to facts, functions included
  /// @param resolve temporary ids to entities
  /// @param dedup   facts against each other and against what is true
  /// @param composite  composite tuples
  /// @param unique unique values, schema and specs
  public record Times(long expand, long resolve, long dedup, long composite, long unique) {}

  /// The counts and milliseconds under the names that `:tx-stats` has; an open map.
  public Map<Keyword, Object> toMap() {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    count(map, "considered-datoms", considered);
    count(map, "dup-datoms", duplicates);
    count(map, "redundant-datoms", redundant);
    count(map, "res-ct", tempids);
    count(map, "dedup-ct", considered - duplicates);
    count(map, "ucheck-ct", unique);
    count(map, "comp-ct", composites);
    millis(map, "tx-fn-ms", times.expand());
    millis(map, "resolve-ms", times.resolve());
    millis(map, "dedup-ms", times.dedup());
    millis(map, "comp-ms", times.composite());
    millis(map, "ucheck-ms", times.unique());
    if (!warnings.isEmpty()) {
      map.put(Keyword.intern("warnings"), warnings);
    }
    return map;
  }

  private static void count(Map<Keyword, Object> map, String key, int count) {
    map.put(Keyword.intern(key), (long) count);
  }

  private static void millis(Map<Keyword, Object> map, String key, long nanos) {
    map.put(Keyword.intern(key), nanos / NANOS_PER_MILLI);
  }
}
