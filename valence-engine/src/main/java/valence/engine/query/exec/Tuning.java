package valence.engine.query.exec;

/// Sizes from which on optimizations for large data begin. Tests make them small, to see the
/// optimizations on small data.
///
/// @param workers   who may help, with how much at least
/// @param blockRows rows that are taken through the last clauses at first, when few are asked for
public record Tuning(Workers workers, long blockRows) {
  /// Few enough that they take no longer than opening a cursor for each clause.
  private static final long BLOCK_ROWS = 256;

  public static final Tuning DEFAULT = new Tuning(Workers.SHARED, BLOCK_ROWS);
}
