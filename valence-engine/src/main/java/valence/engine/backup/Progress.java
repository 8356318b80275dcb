package valence.engine.backup;

/// Told how far a backup or a restore has come, record by record, on the thread that does it.
@FunctionalInterface
public interface Progress {
  /// Tells nobody.
  Progress UNSEEN = (_, _, _) -> {};

  /// @param records done so far
  /// @param total   records to be done
  /// @param bytes   of the records done
  void at(long records, long total, long bytes);
}
