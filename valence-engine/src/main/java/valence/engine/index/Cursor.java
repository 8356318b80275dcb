package valence.engine.index;

/// Reads a range of an index in order, batch by batch. For one thread.
public interface Cursor {
  /// Moves to the next batch, which has at least one row; false at the end.
  boolean next();

  /// The batch that [#next] moved to.
  Batch batch();

  /// Moves on to the first row not below a bound, of those not passed yet: it is the first of the
  /// batch, which may be a part of the present one; false when there is none. Passes the rows
  /// before it in less than their number where the cursor can. Whoever seeks says which rows of the
  /// present batch it has passed, by setting [Batch#start].
  ///
  /// @param order that of the cursor
  default boolean seek(Order order, Bound bound) {
    Batch batch = batch();
    do {
      int position = batch.seek(order, bound);
      if (position < batch.end) {
        batch.start = position;
        return true;
      }
    } while (next());
    return false;
  }
}
