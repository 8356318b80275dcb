package valence.engine.indexing;

import java.util.Optional;

/// How the indexing of a database stands.
///
/// @param indexT       the newest transaction that is in the durable indexes; -1 when none is
/// @param noveltyRows  rows beyond it, in memory
/// @param noveltyBytes about what they take
/// @param progress     of the job under way; empty when none is
/// @param failures     how many jobs have failed since the last that didn't
/// @param lastError    why the last job failed; empty after one that didn't
public record IndexStatus(
    long indexT,
    long noveltyRows,
    long noveltyBytes,
    Optional<Progress> progress,
    int failures,
    Optional<String> lastError) {
  /// How much of its work a job has done.
  public record Progress(long rowsDone, long rowsTotal) {}
}
