package valence.engine.function;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.edn.Persistent;

/// Equality of values as expressions see it: `=` of Clojure. Their order is [Comparison].
public final class Equality {
  private Equality() {}

  /// `=`: integers of any width are equal by value, decimals by numeric value, floating numbers by
  /// value, and numbers of different kinds never; collections by content.
  public static boolean equal(@Nullable Object x, @Nullable Object y) {
    if (x == y) {
      return true;
    }
    if (x == null || y == null) {
      return false;
    }
    if (x instanceof Number left && y instanceof Number right) {
      return Arithmetic.kind(left) == Arithmetic.kind(right) && Arithmetic.same(left, right);
    }
    if (x instanceof List<?> left && y instanceof List<?> right) {
      return equalLists(left, right);
    }
    if (x instanceof Map<?, ?> left && y instanceof Map<?, ?> right) {
      return equalMaps(left, right);
    }
    if (x instanceof Set<?> left && y instanceof Set<?> right) {
      return left.size() == right.size() && right.containsAll(left);
    }
    if (x instanceof byte[] left && y instanceof byte[] right) {
      return Arrays.equals(left, right);
    }
    return x.equals(y);
  }

  private static boolean equalLists(List<?> x, List<?> y) {
    if (x.size() != y.size()) {
      return false;
    }
    @Nullable Object[] left = Persistent.items(x);
    @Nullable Object[] right = Persistent.items(y);
    for (int i = 0; i < left.length; i++) {
      if (!equal(left[i], right[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean equalMaps(Map<?, ?> x, Map<?, ?> y) {
    if (x.size() != y.size()) {
      return false;
    }
    for (Map.Entry<?, ?> entry : x.entrySet()) {
      if (!y.containsKey(entry.getKey()) || !equal(entry.getValue(), y.get(entry.getKey()))) {
        return false;
      }
    }
    return true;
  }
}
