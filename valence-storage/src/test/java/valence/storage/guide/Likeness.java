package valence.storage.guide;

import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.edn.Edn;

/// Whether an answer is what a page shows.
final class Likeness {
  private Likeness() {}

  /// As [#holds], but what is outermost may come in any order.
  static boolean holdsInAnyOrder(@Nullable Object shown, @Nullable Object answer) {
    return shown instanceof List<?> some && answer instanceof Collection<?> others
        ? pairs(some, others)
        : holds(shown, answer);
  }

  /// Whether both print alike, except where `_` is shown, and for the order of sets and maps.
  static boolean holds(@Nullable Object shown, @Nullable Object answer) {
    return switch (shown) {
      case Symbol symbol when symbol.getName().equals("_") -> true;
      case Map<?, ?> map -> answer instanceof Map<?, ?> other && holdsEach(map, other);
      case Set<?> set -> answer instanceof Set<?> other && pairs(set, other);
      case List<?> list -> answer instanceof List<?> other && holdsEach(list, other);
      case null, default -> Edn.print(shown).equals(Edn.print(answer));
    };
  }

  private static boolean holdsEach(List<?> shown, List<?> answer) {
    for (int i = 0; i < Math.min(shown.size(), answer.size()); i++) {
      if (!holds(shown.get(i), answer.get(i))) {
        return false;
      }
    }
    return shown.size() == answer.size();
  }

  private static boolean holdsEach(Map<?, ?> shown, Map<?, ?> answer) {
    Map<String, @Nullable Object> values = new HashMap<>();
    answer.forEach((key, value) -> values.put(Edn.print(key), value));
    return shown.size() == answer.size()
        && shown.entrySet().stream()
            .allMatch(entry -> values.containsKey(Edn.print(entry.getKey()))
                && holds(entry.getValue(), values.get(Edn.print(entry.getKey()))));
  }

  private static boolean pairs(Collection<?> shown, Collection<?> answer) {
    List<@Nullable Object> left = new ArrayList<>(answer);
    for (Object each : shown) {
      int found = 0;
      while (found < left.size() && !holds(each, left.get(found))) {
        found++;
      }
      if (found == left.size()) {
        return false;
      }
      left.remove(found);
    }
    return left.isEmpty();
  }
}
