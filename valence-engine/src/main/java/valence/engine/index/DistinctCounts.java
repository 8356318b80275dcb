package valence.engine.index;

import java.util.Map;

/// How many different values and entities the current rows of attributes have. Immutable.
///
/// @param byAttribute by attribute id; one that isn't there has no rows
public record DistinctCounts(Map<Integer, Of> byAttribute) {
  /// Where nobody has counted: every database has attributes.
  public static final DistinctCounts UNKNOWN = new DistinctCounts(Map.of());

  /// Of one attribute, both at least one.
  public record Of(long values, long entities) {}

  public DistinctCounts {
    byAttribute = Map.copyOf(byAttribute);
  }

  /// Whether somebody has counted.
  public boolean isKnown() {
    return !byAttribute.isEmpty();
  }
}
