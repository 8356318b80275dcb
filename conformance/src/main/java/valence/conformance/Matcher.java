package valence.conformance;

import clojure.lang.BigInt;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Whether an answer is the expected one, by the corpus's rules of comparing.
///
/// Types count: a double is no long, a list no set. What is alike are the fixed-width integers with
/// each other, lists with arrays, and decimals of different scale.
final class Matcher {
  private Matcher() {}

  static boolean matches(@Nullable Object expected, @Nullable Object actual) {
    return switch (expected) {
      case null -> actual == null;
      case Expected special -> matchesSpecial(special, actual);
      case byte[] bytes -> actual instanceof byte[] others && Arrays.equals(bytes, others);
      case Map<?, ?> map -> actual instanceof Map<?, ?> other && matchesMap(map, other);
      case Set<?> set -> actual instanceof Set<?> other && Bags.same(items(set), items(other));
      case List<?> list -> actual != null && matchesList(list, actual);
      case Number number -> actual instanceof Number other && matchesNumber(number, other);
      default -> expected.equals(actual);
    };
  }

  /// The elements of a collection or array; null when the value is neither.
  static @Nullable List<? extends @Nullable Object> elements(@Nullable Object value) {
    if (value instanceof Collection<?> collection) {
      return items(collection);
    }
    if (value == null || !value.getClass().isArray() || value instanceof byte[]) {
      return null;
    }
    List<@Nullable Object> items = new ArrayList<>();
    for (int i = 0; i < Array.getLength(value); i++) {
      items.add(Array.get(value, i));
    }
    return items;
  }

  private static boolean matchesSpecial(Expected expected, @Nullable Object actual) {
    List<? extends @Nullable Object> elements = elements(actual);
    return switch (expected) {
      case Expected.Bag(var items) -> elements != null && Bags.same(items, elements);
      case Expected.SetOf(var items) -> elements != null && Bags.sameAsSets(items, elements);
      case Expected.Subbag(var count, var of, var repeat) ->
        elements != null
            && elements.size() == count
            && (repeat ? Bags.allIn(of, elements) : Bags.within(of, elements));
      case Expected.OneOf(var alternatives) ->
        alternatives.stream().anyMatch(one -> matches(one, actual));
      case Expected.Approx(var value) ->
        actual instanceof Number number && Expected.near(value, number.doubleValue());
      case Expected.ApproxDouble(var value) ->
        actual instanceof Double number && Expected.near(value, number);
    };
  }

  private static boolean matchesList(List<?> expected, Object actual) {
    if (actual instanceof Collection<?> && !(actual instanceof List<?>)) {
      return false; // a set or another collection without an order of its own
    }
    List<? extends @Nullable Object> elements = elements(actual);
    if (elements == null || elements.size() != expected.size()) {
      return false;
    }
    for (int i = 0; i < expected.size(); i++) {
      if (!matches(expected.get(i), elements.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean matchesMap(Map<?, ?> expected, Map<?, ?> actual) {
    return expected.size() == actual.size() && Bags.same(entries(expected), entries(actual));
  }

  private static List<List<?>> entries(Map<?, ?> map) {
    List<List<?>> entries = new ArrayList<>(map.size());
    map.forEach((key, value) -> entries.add(Arrays.asList(key, value)));
    return entries;
  }

  /// A plain list of the elements, so that no collection's own notion of equality takes part.
  private static List<? extends @Nullable Object> items(Collection<?> collection) {
    return collection instanceof List<?> list ? list : new ArrayList<>(collection);
  }

  private static boolean matchesNumber(Number expected, Number actual) {
    if (isFixed(expected)) {
      return isFixed(actual) && expected.longValue() == actual.longValue();
    }
    return switch (expected) {
      case Double number -> actual instanceof Double other && same(number, other);
      case Float number -> actual instanceof Float other && same(number, other);
      case BigDecimal number -> actual instanceof BigDecimal other && number.compareTo(other) == 0;
      case BigInt number -> number.toBigInteger().equals(big(actual));
      case BigInteger number -> number.equals(big(actual));
      default -> expected.equals(actual);
    };
  }

  private static boolean same(double expected, double actual) {
    return expected == actual || (Double.isNaN(expected) && Double.isNaN(actual));
  }

  static boolean isFixed(Number number) {
    return number instanceof Long
        || number instanceof Integer
        || number instanceof Short
        || number instanceof Byte;
  }

  static @Nullable BigInteger big(Number number) {
    return switch (number) {
      case BigInteger integer -> integer;
      case BigInt integer -> integer.toBigInteger();
      default -> null;
    };
  }
}
