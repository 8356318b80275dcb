package valence.edn;

import clojure.lang.IPersistentMap;
import clojure.lang.IPersistentSet;
import clojure.lang.IPersistentVector;
import clojure.lang.ISeq;
import clojure.lang.PersistentArrayMap;
import clojure.lang.PersistentVector;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/// Clojure's collections, made and taken apart without starting clojure.core; the package tells
/// which calls would.
///
/// What is made here is never changed, and keeps the order that it was given.
public final class Persistent {
  /// What Clojure itself keeps in an array map; beyond it a search of the keys takes too long.
  private static final int ARRAY_MAP_ENTRIES_MAX = 8;

  private Persistent() {}

  /// A vector of the items.
  public static IPersistentVector vector(Collection<? extends @Nullable Object> items) {
    return PersistentVector.create(items(items));
  }

  /// A vector of the items of an array, which is copied.
  public static IPersistentVector vector(@Nullable Object... items) {
    return PersistentVector.create(items.clone());
  }

  /// A list of the items.
  public static Object list(Collection<? extends @Nullable Object> items) {
    return EdnList.of(Arrays.asList(items(items)));
  }

  /// A set of the items; the first of those that are equal counts.
  public static IPersistentSet set(Collection<? extends @Nullable Object> items) {
    var entries = new LinkedHashMap<@Nullable Object, @Nullable Object>();
    for (Object item : items(items)) {
      entries.putIfAbsent(EdnMap.asRead(item), EdnMap.asRead(item));
    }
    return EdnSet.owning(entries);
  }

  /// A map of the entries.
  public static IPersistentMap map(Map<?, ?> entries) {
    var copy = new LinkedHashMap<@Nullable Object, @Nullable Object>();
    for (Map.Entry<?, ?> entry : entries.entrySet()) {
      copy.put(EdnMap.asRead(entry.getKey()), entry.getValue());
    }
    return owning(copy);
  }

  /// A map that takes over the entries, whose keys are as the reader makes them.
  static IPersistentMap owning(LinkedHashMap<@Nullable Object, @Nullable Object> entries) {
    return entries.size() <= ARRAY_MAP_ENTRIES_MAX && arePlain(entries.keySet())
        ? arrayMap(entries)
        : EdnMap.owning(entries);
  }

  private static boolean arePlain(Collection<?> keys) {
    for (Object key : keys) {
      if (key instanceof Number || key instanceof Collection || key instanceof Map) {
        return false;
      }
    }
    return true;
  }

  private static IPersistentMap arrayMap(Map<?, ?> entries) {
    @Nullable Object[] items = new Object[entries.size() * 2];
    int i = 0;
    for (Map.Entry<?, ?> entry : entries.entrySet()) {
      items[i++] = entry.getKey();
      items[i++] = entry.getValue();
    }
    return new PersistentArrayMap(items);
  }

  /// The items of any collection, such as a list that Clojure code made. The array is the caller's.
  public static @Nullable Object[] items(Collection<? extends @Nullable Object> collection) {
    @Nullable Object[] items = new Object[collection.size()];
    switch (collection) {
      case ISeq list
      when !(list instanceof RandomAccess) -> {
        ISeq rest = list;
        for (int i = 0; i < items.length; i++) {
          items[i] = rest.first();
          rest = rest.more();
        }
      }
      case List<?> list
      when list instanceof RandomAccess -> {
        for (int i = 0; i < items.length; i++) {
          items[i] = list.get(i);
        }
      }
      default -> {
        int i = 0;
        for (Object item : collection) {
          items[i++] = item;
        }
      }
    }
    return items;
  }
}
