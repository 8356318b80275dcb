package valence.engine.index;

/// A contiguous part of an index, from a lower to an upper bound.
///
/// @param low     rows that equal it are in the range if lowIn
/// @param high    rows that equal it are in the range if highIn
public record Range(Bound low, boolean lowIn, Bound high, boolean highIn) {
  /// The whole index.
  public static final Range ALL = prefix(Bound.NONE);

  /// The rows whose leading components are the bound's.
  public static Range prefix(Bound bound) {
    return new Range(bound, true, bound, true);
  }

  /// The rows from the bound to the end of the index.
  public static Range from(Bound bound) {
    return new Range(bound, true, Bound.NONE, true);
  }
}
