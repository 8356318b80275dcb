package valence.wire;

import java.util.Set;

/// The operations that change nothing, and may take long: these can be cancelled.
public final class ReadOperations {
  public static final Set<String> NAMES = Set.of(
      "q",
      "qseq",
      "pull",
      "pull-many",
      "index-pull",
      "datoms",
      "seek-datoms",
      "index-range",
      "tx-range",
      "with",
      "db-stats",
      "tx-feed",
      "live");

  private ReadOperations() {}
}
