package valence.engine.index;

/// A contiguous part of an index, from a lower to an upper bound.
///
/// @param low     rows that equal it are in the range if lowIn
/// @param high    rows that equal it are in the range if highIn
public record Range(Bound low, boolean lowIn, Bound high, boolean highIn) {
  /// The whole index.
  public static final Range ALL = prefix(Bound.NONE);

  /// In place of an attribute: the range isn't known to be of one.
  static final int SEVERAL = -1;

  /// The rows whose leading components are the bound's.
  public static Range prefix(Bound bound) {
    return new Range(bound, true, bound, true);
  }

  /// The rows from the bound to the end of the index.
  public static Range from(Bound bound) {
    return new Range(bound, true, Bound.NONE, true);
  }

  /// The one attribute that all rows of the range have, in an order that begins with it; else
  /// [#SEVERAL].
  int attribute(Order order) {
    boolean first = order == Order.AEVT || order == Order.AVET;
    return first && low.parts() > 0 && high.parts() > 0 && low.a() == high.a() ? low.a() : SEVERAL;
  }
}
