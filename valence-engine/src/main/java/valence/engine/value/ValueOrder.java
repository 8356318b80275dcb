package valence.engine.value;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The order of values of one attribute: of keys first, of objects where keys are equal.
public final class ValueOrder {
  private ValueOrder() {}

  /// Compares two values given as key and object; the objects are null for inline types.
  public static int compare(
      long key1, @Nullable Object value1, long key2, @Nullable Object value2) {
    if (key1 != key2) {
      return key1 < key2 ? -1 : 1;
    }
    return value1 == null || value2 == null || value1 == value2 ? 0 : compare(value1, value2);
  }

  /// Compares two normalized values of one type; of tuples slot by slot, nil first.
  public static int compare(Object x, Object y) {
    return switch (x) {
      case String text -> text.compareTo((String) y);
      case Keyword keyword ->
        compare(
            keyword.getNamespace(),
            keyword.getName(),
            ((Keyword) y).getNamespace(),
            ((Keyword) y).getName());
      case Symbol symbol ->
        compare(
            symbol.getNamespace(),
            symbol.getName(),
            ((Symbol) y).getNamespace(),
            ((Symbol) y).getName());
      case UUID uuid -> uuid.compareTo((UUID) y);
      case BigInteger number -> number.compareTo((BigInteger) y);
      case BigDecimal number -> compare(number, (BigDecimal) y);
      case URI uri -> uri.compareTo((URI) y);
      case byte[] bytes -> Arrays.compareUnsigned(bytes, (byte[]) y);
      case List<?> tuple -> compareTuples(tuple, (List<?>) y);
      case Double number -> number.compareTo((Double) y);
      default -> compareComparable(x, y);
    };
  }

  /// Numerically, then by scale: 1.0M and 1.00M are two values.
  private static int compare(BigDecimal x, BigDecimal y) {
    int numeric = x.compareTo(y);
    return numeric != 0 ? numeric : Integer.compare(x.scale(), y.scale());
  }

  /// Unqualified names first, then by namespace, then by name.
  private static int compare(
      @Nullable String namespace1, String name1, @Nullable String namespace2, String name2) {
    if (namespace1 == null || namespace2 == null) {
      if (namespace1 != null || namespace2 != null) {
        return namespace1 == null ? -1 : 1;
      }
      return name1.compareTo(name2);
    }
    int namespaces = namespace1.compareTo(namespace2);
    return namespaces != 0 ? namespaces : name1.compareTo(name2);
  }

  private static int compareTuples(List<?> x, List<?> y) {
    int shared = Math.min(x.size(), y.size());
    for (int i = 0; i < shared; i++) {
      Object slot1 = x.get(i);
      Object slot2 = y.get(i);
      int slots = slot1 == null || slot2 == null
          ? (slot1 == null ? 0 : 1) - (slot2 == null ? 0 : 1)
          : compare(slot1, slot2);
      if (slots != 0) {
        return slots;
      }
    }
    return Integer.compare(x.size(), y.size());
  }

  @SuppressWarnings("unchecked") // both are normalized values of one type
  private static int compareComparable(Object x, Object y) {
    return ((Comparable<Object>) x).compareTo(y);
  }
}
