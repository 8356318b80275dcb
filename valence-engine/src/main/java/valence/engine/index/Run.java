package valence.engine.index;

/// Rows in one order that can be counted and read by range, wherever they are kept: in memory (a
/// [Tree]) or in segments. Immutable, safe for any number of threads.
public interface Run {
  long NO_ROW = -1;
  long UNSURE = -2;

  Order order();

  /// Whether the rows have an end.
  boolean closed();

  /// How many rows there are.
  long count();

  /// How many rows lie in a range, exactly, in O(log n).
  long count(Range range);

  /// The rows of a range, in order.
  Cursor cursor(Range range);

  /// [#cursor(Range)] for a reader that looks at some columns alone.
  ///
  /// @param columns a sum of those of [Batch]
  default Cursor cursor(Range range, int columns) {
    return cursor(range);
  }

  /// Gives the facts of an entity that were said in a window of time and were true at its end, each
  /// attribute's in their order. Of runs in EAVT alone.
  ///
  /// @param facts what it was given counts only when true is returned
  /// @return false when they have to be read with a cursor
  default boolean visit(long entity, long since, long asOf, Facts facts) {
    return false;
  }

  /// The entity of the first row that begins as a bound does, if that is open and was said in a
  /// window of time.
  ///
  /// @return [#NO_ROW] when no row begins so; [#UNSURE] when a cursor has to tell
  default long firstEntity(Bound prefix, long since, long asOf) {
    return UNSURE;
  }

  /// Gives the values that entities have of an attribute of which each has one at most. Of runs in
  /// AEVT alone.
  ///
  /// @param entities   ascending, some perhaps more than once
  /// @param count      how many of them are meant
  /// @param withValues whether values are wanted, or only which entities have one
  /// @return false when they have to be read with a cursor; nothing was given then
  default boolean find(int attribute, long[] entities, int count, boolean withValues, Found found) {
    return false;
  }

  /// The row of a range that has `rows - 1` others of it behind it; the first when there are fewer,
  /// no row when the range is empty.
  Cursor fromEnd(Range range, int rows);
}
