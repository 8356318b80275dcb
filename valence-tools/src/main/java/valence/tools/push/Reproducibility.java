package valence.tools.push;

import static java.util.stream.Collectors.joining;

import java.util.List;
import valence.api.Anomaly;

/// Why a revision couldn't be built again, bit by bit, from what its commit says.
final class Reproducibility {
  /// How many files a reason names.
  private static final int NAMED_MAX = 5;

  private Reproducibility() {}

  /// A reason for a working tree with changes, none for a clean one.
  static List<String> ofChanges(List<String> changes) {
    if (changes.isEmpty()) {
      return List.of();
    }
    String named = String.join(", ", changes.subList(0, Math.min(NAMED_MAX, changes.size())));
    int more = changes.size() - NAMED_MAX;
    return List.of("not committed: " + named + (more > 0 ? " and " + more + " more" : ""));
  }

  /// The refusal of a push, with all reasons.
  static RuntimeException refusal(List<String> reasons) {
    return Anomaly.incorrect(
            "push.error/unreproducible",
            "This can't be pushed as a revision named by its commit.",
            "Commit, with fixed versions only, or give it a name with --uname NAME.",
            (reasons.size() == 1 ? "The reason:" : "The reasons:")
                + reasons.stream().map(reason -> "\n  - " + reason).collect(joining()))
        .with("reasons", reasons)
        .toException();
  }
}
