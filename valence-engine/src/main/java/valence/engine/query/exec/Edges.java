package valence.engine.query.exec;

/// The pairs of a relation of two variables, as numbers: for each first number the second ones,
/// ascending, each once. Immutable; arrays are owned.
///
/// @param starts  by first number where its second ones start in `targets`, with one more for the
///     end
/// @param targets second numbers, perhaps with more behind the end
record Edges(int[] starts, int[] targets) {
  /// The edges of pairs in any order, equal ones perhaps more than once.
  ///
  /// @param sourceCount one more than the largest first number
  /// @param targetCount one more than the largest second number
  static Edges of(int[] sources, int[] targets, int count, int sourceCount, int targetCount) {
    return isAscending(sources, targets, count)
        ? ascending(sources, targets, count, sourceCount)
        // Sorted by first number, turned: then by second number, and by the first within it.
        : counted(sources, targets, count, sourceCount)
            .turned(targetCount)
            .turned(sourceCount)
            .distinct();
  }

  private static boolean isAscending(int[] sources, int[] targets, int count) {
    for (int i = 1; i < count; i++) {
      if (sources[i] < sources[i - 1]
          || sources[i] == sources[i - 1] && targets[i] < targets[i - 1]) {
        return false;
      }
    }
    return true;
  }

  private static Edges ascending(int[] sources, int[] targets, int count, int sourceCount) {
    int[] starts = new int[sourceCount + 1];
    int[] kept = new int[count];
    int end = 0;
    int source = 0;
    for (int i = 0; i < count; i++) {
      if (i > 0 && targets[i] == targets[i - 1] && sources[i] == sources[i - 1]) {
        continue;
      }
      while (source < sources[i]) {
        starts[++source] = end;
      }
      kept[end++] = targets[i];
    }
    while (source < sourceCount) {
      starts[++source] = end;
    }
    return new Edges(starts, kept);
  }

  private static Edges counted(int[] sources, int[] targets, int count, int sourceCount) {
    int[] starts = new int[sourceCount + 1];
    for (int i = 0; i < count; i++) {
      starts[sources[i] + 1]++;
    }
    for (int i = 0; i < sourceCount; i++) {
      starts[i + 1] += starts[i];
    }
    int[] next = starts.clone();
    int[] placed = new int[count];
    for (int i = 0; i < count; i++) {
      placed[next[sources[i]]++] = targets[i];
    }
    return new Edges(starts, placed);
  }

  int sourceCount() {
    return starts.length - 1;
  }

  int count() {
    return starts[starts.length - 1];
  }

  /// The pairs with their sides exchanged.
  ///
  /// @param targetCount one more than the largest second number
  Edges turned(int targetCount) {
    int count = count();
    int[] turnedStarts = new int[targetCount + 1];
    for (int i = 0; i < count; i++) {
      turnedStarts[targets[i] + 1]++;
    }
    for (int i = 0; i < targetCount; i++) {
      turnedStarts[i + 1] += turnedStarts[i];
    }
    int[] next = turnedStarts.clone();
    int[] sources = new int[count];
    for (int source = 0; source < sourceCount(); source++) {
      for (int i = starts[source]; i < starts[source + 1]; i++) {
        sources[next[targets[i]]++] = source;
      }
    }
    return new Edges(turnedStarts, sources);
  }

  /// Of ascending second numbers each once.
  private Edges distinct() {
    int[] kept = new int[count()];
    int[] keptStarts = new int[starts.length];
    int end = 0;
    for (int source = 0; source < sourceCount(); source++) {
      for (int i = starts[source]; i < starts[source + 1]; i++) {
        if (i == starts[source] || targets[i] != targets[i - 1]) {
          kept[end++] = targets[i];
        }
      }
      keptStarts[source + 1] = end;
    }
    return new Edges(keptStarts, kept);
  }
}
