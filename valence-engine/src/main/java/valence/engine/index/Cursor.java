package valence.engine.index;

/// Reads a range of an index in order, batch by batch. For one thread.
public interface Cursor {
  /// Moves to the next batch, which has at least one row; false at the end.
  boolean next();

  /// The batch that [#next] moved to.
  Batch batch();
}
