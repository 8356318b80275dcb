package valence.engine.live;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import valence.api.LiveChange;

/// The rows that a query gave at a t.
///
/// @param change from the snapshot before, or the whole
record Snapshot(long t, List<@Nullable Object> rows, LiveChange change) {
  static Snapshot first(long t, List<@Nullable Object> rows) {
    return new Snapshot(t, rows, whole(t, rows));
  }

  /// The snapshot of a later t.
  Snapshot next(long nextT, List<@Nullable Object> nextRows) {
    return new Snapshot(nextT, nextRows, difference(nextT, nextRows));
  }

  LiveChange whole() {
    return whole(t, rows);
  }

  private static LiveChange whole(long t, List<@Nullable Object> rows) {
    return new LiveChange(OptionalLong.empty(), t, rows, List.of());
  }

  /// How the rows of this one become others.
  LiveChange difference(long otherT, List<@Nullable Object> others) {
    Map<@Nullable Object, int[]> counts = new HashMap<>(rows.size() * 2);
    for (Object row : rows) {
      counts.computeIfAbsent(row, _ -> new int[1])[0]++;
    }
    List<@Nullable Object> added = new ArrayList<>();
    for (Object row : others) {
      int[] count = counts.get(row);
      if (count == null || count[0] == 0) {
        added.add(row);
      } else {
        count[0]--;
      }
    }
    List<@Nullable Object> removed = new ArrayList<>();
    for (Map.Entry<@Nullable Object, int[]> left : counts.entrySet()) {
      removed.addAll(Collections.nCopies(left.getValue()[0], left.getKey()));
    }
    return new LiveChange(OptionalLong.of(t), otherT, added, removed);
  }
}
