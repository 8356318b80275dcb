package valence.tools.cli;

import java.util.Collection;
import java.util.Optional;

/// The word that somebody may have meant.
final class Nearest {
  /// More than so many letters that differ are another word.
  private static final int DISTANCE_MAX = 2;

  private Nearest() {}

  /// The nearest of some words, when one is near enough; the first of several.
  static Optional<String> to(String word, Collection<String> known) {
    String best = null;
    // Of two letters, one may differ; otherwise every short word would be near every other.
    int bound = Math.min(DISTANCE_MAX, Math.max(1, word.length() / 2)) + 1;
    for (String each : known) {
      int distance = distance(word, each);
      if (distance < bound) {
        bound = distance;
        best = each;
      }
    }
    if (best == null && word.length() > 1) {
      return known.stream().filter(each -> each.startsWith(word)).findFirst();
    }
    return Optional.ofNullable(best);
  }

  /// How many letters are to be added, taken away, replaced, or swapped with their neighbour.
  private static int distance(String left, String right) {
    int[][] rows = new int[left.length() + 1][right.length() + 1];
    for (int i = 0; i <= left.length(); i++) {
      for (int j = 0; j <= right.length(); j++) {
        if (i == 0 || j == 0) {
          rows[i][j] = i + j;
          continue;
        }
        int replaced = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
        int least = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1);
        least = Math.min(least, rows[i - 1][j - 1] + replaced);
        if (i > 1
            && j > 1
            && left.charAt(i - 1) == right.charAt(j - 2)
            && left.charAt(i - 2) == right.charAt(j - 1)) {
          least = Math.min(least, rows[i - 2][j - 2] + 1);
        }
        rows[i][j] = least;
      }
    }
    return rows[left.length()][right.length()];
  }
}
