package valence.engine.function;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.engine.value.ValueOrder;

/// The order of values in expressions; what is equal, [Equality] says.
public final class Comparison {
  private Comparison() {}

  /// A total order. Numbers compare by magnitude across their types, nil comes first, and values of
  /// different kinds compare by the names of their classes.
  public static int compare(@Nullable Object x, @Nullable Object y) {
    if (x == null || y == null) {
      return (x == null ? 0 : 1) - (y == null ? 0 : 1);
    }
    if (x instanceof Number a && y instanceof Number b) {
      return Arithmetic.compare(a, b);
    }
    if (x instanceof List<?> a && y instanceof List<?> b) {
      return compareLists(a, b);
    }
    if (x.getClass() != y.getClass()) {
      return kind(x).compareTo(kind(y));
    }
    return switch (x) {
      case Keyword keyword -> ValueOrder.compare(keyword, y);
      case Symbol symbol -> ValueOrder.compare(symbol, y);
      case byte[] bytes -> Arrays.compareUnsigned(bytes, (byte[]) y);
      case Comparable<?> comparable -> compareComparable(comparable, y);
      default -> Integer.compare(x.hashCode(), y.hashCode());
    };
  }

  @SuppressWarnings("unchecked") // both are of one class
  private static int compareComparable(Comparable<?> x, Object y) {
    return ((Comparable<Object>) x).compareTo(y);
  }

  private static String kind(Object value) {
    return value instanceof Number ? "java.lang.Long" : value.getClass().getName();
  }

  /// Shorter lists first, then element by element.
  private static int compareLists(List<?> x, List<?> y) {
    int sizes = Integer.compare(x.size(), y.size());
    for (int i = 0; sizes == 0 && i < x.size(); i++) {
      int elements = compare(x.get(i), y.get(i));
      if (elements != 0) {
        return elements;
      }
    }
    return sizes;
  }

  /// Whether the two have an order of their own: both are numbers, lists, or of one class that has
  /// an order.
  private static boolean comparable(Object x, Object y) {
    return (x instanceof Number && y instanceof Number)
        || (x instanceof List && y instanceof List)
        || (x.getClass() == y.getClass() && (x instanceof Comparable || x instanceof byte[]));
  }

  /// Whether two values are of one kind: numbers for an order, numbers of one kind for equality.
  public static boolean areAlike(Object x, Object y, boolean equality) {
    if (x instanceof Number a && y instanceof Number b) {
      return !equality || Arithmetic.kind(a) == Arithmetic.kind(b);
    }
    return comparable(x, y) || x.getClass() == y.getClass();
  }

  /// `compare` of Clojure: nil first; fails with ClassCastException when the two are of different
  /// kinds.
  static int compareAlike(@Nullable Object x, @Nullable Object y) {
    if (x != null && y != null && !comparable(x, y)) {
      throw new ClassCastException(
          x.getClass().getName() + " can't be compared with " + y.getClass().getName());
    }
    return compare(x, y);
  }
}
