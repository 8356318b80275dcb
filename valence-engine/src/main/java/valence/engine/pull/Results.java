package valence.engine.pull;

import clojure.lang.IPersistentVector;
import clojure.lang.PersistentArrayMap;
import clojure.lang.PersistentVector;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.edn.Persistent;

/// Collects the keys and values of one map, or the elements of one vector. For one thread.
final class Results {
  /// What a small array map holds in Clojure itself: 8 keys and 8 values.
  private static final int ARRAY_MAP_MAX = 16;

  private @Nullable Object[] items = new Object[8];
  private int count;

  boolean isEmpty() {
    return count == 0;
  }

  int count() {
    return count;
  }

  /// The first of the items; there is one.
  @Nullable Object first() {
    return items[0];
  }

  void add(@Nullable Object item) {
    if (count == items.length) {
      items = Arrays.copyOf(items, count * 2);
    }
    items[count++] = item;
  }

  /// Adds a key and its value, unless the key is there already.
  void put(Object key, @Nullable Object value) {
    for (int i = 0; i < count; i += 2) {
      if (key.equals(items[i])) {
        return;
      }
    }
    add(key);
    add(value);
  }

  /// A map of few different keys and their values.
  @SuppressWarnings("unchecked") // persistent maps are raw maps
  static Map<Object, Object> map(@Nullable Object[] items, int count) {
    return (Map<Object, Object>)
        new PersistentArrayMap(count == items.length ? items : Arrays.copyOf(items, count));
  }

  @SuppressWarnings("unchecked") // persistent maps are raw maps
  Map<Object, Object> map() {
    if (count <= ARRAY_MAP_MAX) {
      return (Map<Object, Object>) new PersistentArrayMap(Arrays.copyOf(items, count));
    }
    Map<@Nullable Object, @Nullable Object> map = LinkedHashMap.newLinkedHashMap(count / 2);
    for (int i = 0; i < count; i += 2) {
      map.put(items[i], items[i + 1]);
    }
    return (Map<Object, Object>) Persistent.map(map);
  }

  IPersistentVector vector() {
    return PersistentVector.create(Arrays.copyOf(items, count));
  }
}
