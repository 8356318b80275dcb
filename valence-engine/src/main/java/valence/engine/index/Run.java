package valence.engine.index;

/// Rows in one order that can be counted and read by range, wherever they are kept: in memory (a
/// [Tree]) or in segments. Immutable, safe for any number of threads.
public interface Run {
  Order order();

  /// Whether the rows have an end.
  boolean closed();

  /// How many rows there are.
  long count();

  /// How many rows lie in a range, exactly, in O(log n).
  long count(Range range);

  /// The rows of a range, in order.
  Cursor cursor(Range range);

  /// The row of a range that has `rows - 1` others of it behind it; the first when there are fewer,
  /// no row when the range is empty.
  Cursor fromEnd(Range range, int rows);
}
