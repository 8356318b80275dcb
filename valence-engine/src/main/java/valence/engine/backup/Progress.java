package valence.engine.backup;

/// Told how far a backup, a restore or a check has come, on the thread that does it.
@FunctionalInterface
public interface Progress {
  /// What is counted.
  enum Unit {
    RECORDS,
    SEGMENTS
  }

  /// Tells nobody.
  Progress UNSEEN = (_, _, _) -> {};

  /// @param done  so far
  /// @param total to be done; 0 when it isn't known
  void at(Unit unit, long done, long total);
}
