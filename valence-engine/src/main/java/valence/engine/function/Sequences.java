package valence.engine.function;

import clojure.lang.IPersistentVector;
import clojure.lang.ISeq;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.edn.Persistent;

/// Data read and built without a running Clojure.
public final class Sequences {
  /// Elements of a collection that an expression may build.
  static final int ELEMENTS_MAX = 1_000_000;

  private Sequences() {}

  /// The elements of anything that has some: nil none, a map its entries as pairs, a string its
  /// chars.
  public static List<@Nullable Object> elements(@Nullable Object value) {
    return switch (value) {
      case null -> List.of();
      case Collection<?> collection -> Arrays.asList(Persistent.items(collection));
      case Map<?, ?> map -> {
        List<@Nullable Object> entries = new ArrayList<>(map.size());
        map.forEach((key, of) -> entries.add(Persistent.vector(key, of)));
        yield entries;
      }
      case String text -> {
        List<@Nullable Object> chars = new ArrayList<>(text.length());
        text.chars().forEach(unit -> chars.add((char) unit));
        yield chars;
      }
      case Object[] array -> Arrays.asList(array.clone());
      case Iterable<?> iterable -> {
        List<@Nullable Object> elements = new ArrayList<>();
        iterable.forEach(elements::add);
        yield elements;
      }
      default ->
        throw new IllegalArgumentException(
            "Don't know how to create a sequence from: " + value.getClass().getName());
    };
  }

  /// A vector of at most [#ELEMENTS_MAX] elements.
  static IPersistentVector vector(Collection<? extends @Nullable Object> elements) {
    checkSize(elements.size());
    return Persistent.vector(elements);
  }

  /// A list of at most [#ELEMENTS_MAX] elements; what functions give whose result is a sequence.
  static Object list(Collection<? extends @Nullable Object> elements) {
    checkSize(elements.size());
    return Persistent.list(elements);
  }

  static void checkSize(int size) {
    if (size > ELEMENTS_MAX) {
      throw new IllegalArgumentException(
          "The collection would have more than " + ELEMENTS_MAX + " elements");
    }
  }

  /// Whether it is a vector, as opposed to a sequence.
  static boolean isVector(@Nullable Object value) {
    return value instanceof List && !(value instanceof ISeq);
  }

  /// A number that counts something.
  static int count(@Nullable Object value) {
    return Math.clamp(Arithmetic.number(value).longValue(), Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  /// `get`: by key of a map, by index of a vector or string, by membership of a set; else what
  /// stands for an absent one.
  static @Nullable Object lookup(
      @Nullable Object collection, @Nullable Object key, @Nullable Object absent) {
    return switch (collection) {
      case Map<?, ?> map -> map.containsKey(key) ? map.get(key) : absent;
      case Set<?> set -> set.contains(key) ? key : absent;
      case List<?> list
      when isVector(list) ->
        index(key, list.size()) < 0 ? absent : elements(list).get(index(key, list.size()));
      case String text ->
        index(key, text.length()) < 0 ? absent : text.charAt(index(key, text.length()));
      case null, default -> absent;
    };
  }

  private static int index(@Nullable Object key, int size) {
    return key instanceof Number number && number.longValue() >= 0 && number.longValue() < size
        ? number.intValue()
        : -1;
  }
}
