package valence.engine.schema;

import clojure.lang.Keyword;
import java.util.List;

/// Guesses what a name that nothing has was meant to be.
public final class Nearest {
  /// Names beyond which no guess is made, so that a mistake costs little time.
  private static final int CANDIDATES_MAX = 10_000;

  private Nearest() {}

  /// A sentence that proposes the nearest attribute; empty when none is near.
  public static String attribute(Keyword wrong, Schema schema) {
    return sentence(wrong, schema.attributes().stream().map(Attribute::ident).toList());
  }

  /// A sentence that proposes the nearest ident; empty when none is near.
  public static String ident(Keyword wrong, Schema schema) {
    return sentence(wrong, schema.idents());
  }

  private static String sentence(Keyword wrong, List<Keyword> names) {
    String name = wrong.toString();
    int best = Math.max(2, name.length() / 4) + 1;
    Keyword nearest = null;
    if (names.size() <= CANDIDATES_MAX) {
      for (Keyword candidate : names) {
        int distance = distance(name, candidate.toString(), best);
        if (distance < best) {
          best = distance;
          nearest = candidate;
        }
      }
    }
    return nearest == null ? "" : "Did you mean " + nearest + "?";
  }

  /// How many letters to insert, delete or change; anything from `limit` on when that many or more.
  private static int distance(String x, String y, int limit) {
    if (Math.abs(x.length() - y.length()) >= limit) {
      return limit;
    }
    int[] before = new int[y.length() + 1];
    int[] row = new int[y.length() + 1];
    for (int j = 0; j <= y.length(); j++) {
      before[j] = j;
    }
    for (int i = 1; i <= x.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= y.length(); j++) {
        int change = before[j - 1] + (x.charAt(i - 1) == y.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(change, Math.min(before[j], row[j - 1]) + 1);
      }
      int[] swap = before;
      before = row;
      row = swap;
    }
    return before[y.length()];
  }
}
