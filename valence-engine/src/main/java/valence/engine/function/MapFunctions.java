package valence.engine.function;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import valence.edn.Edn;
import valence.edn.Persistent;

/// Maps, and the sets of `clojure.set`.
final class MapFunctions {
  private MapFunctions() {}

  static void addTo(Registry to) {
    parts(to);
    making(to);
    changing(to);
    merging(to);
    sets(to);
  }

  private static List<@Nullable Object> elements(@Nullable Object value) {
    return Sequences.elements(value);
  }

  private static Map<?, ?> mapOf(@Nullable Object value) {
    return value == null ? Map.of() : (Map<?, ?>) value;
  }

  private static Map<@Nullable Object, @Nullable Object> copy(@Nullable Object value) {
    return new LinkedHashMap<>((Map<?, ?>) Persistent.map(mapOf(value)));
  }

  private static void parts(Registry to) {
    to.add(
        "keys",
        1,
        args -> SequenceFunctions.orNil(new ArrayList<>(mapOf(args[0]).keySet())));
    to.add(
        "vals",
        1,
        args -> SequenceFunctions.orNil(new ArrayList<>(mapOf(args[0]).values())));
    to.add("key", 1, args -> elements(args[0]).get(0));
    to.add("val", 1, args -> elements(args[0]).get(1));
    to.add("find", 2, args -> {
      Object absent = new Object();
      Object found = args[0] instanceof Map || Sequences.isVector(args[0])
          ? Sequences.lookup(args[0], args[1], absent)
          : absent;
      return found == absent ? null : Persistent.vector(args[1], found);
    });
    to.add("select-keys", 2, args -> {
      Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
      for (Object key : elements(args[1])) {
        if (mapOf(args[0]).containsKey(key)) {
          map.put(key, mapOf(args[0]).get(key));
        }
      }
      return Persistent.map(map);
    });
  }

  private static void making(Registry to) {
    to.add("hash-map", 0, Registry.ANY, MapFunctions::map);
    to.add("array-map", 0, Registry.ANY, MapFunctions::map);
    to.add("sorted-map", 0, Registry.ANY, args -> {
      List<Map.Entry<?, ?>> entries = new ArrayList<>(((Map<?, ?>) map(args)).entrySet());
      entries.sort(Comparator.comparing(Map.Entry::getKey, Comparison::compareAlike));
      Map<@Nullable Object, @Nullable Object> sorted = new LinkedHashMap<>();
      entries.forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
      return Persistent.map(sorted);
    });
    to.add("zipmap", 2, args -> {
      Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
      List<@Nullable Object> keys = elements(args[0]);
      List<@Nullable Object> values = elements(args[1]);
      for (int i = 0; i < Math.min(keys.size(), values.size()); i++) {
        map.put(keys.get(i), values.get(i));
      }
      return Persistent.map(map);
    });
  }

  private static Object map(@Nullable Object... args) {
    if (args.length % 2 != 0) {
      throw new IllegalArgumentException(
          "No value supplied for key: " + Edn.printShort(args[args.length - 1]));
    }
    Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
    for (int i = 0; i < args.length; i += 2) {
      map.put(args[i], args[i + 1]);
    }
    return Persistent.map(map);
  }

  private static void changing(Registry to) {
    to.add("assoc", 3, Registry.ANY, args -> {
      if (args.length % 2 == 0) {
        throw new IllegalArgumentException("assoc expects an even number of arguments after map");
      }
      Object changed = args[0];
      for (int i = 1; i < args.length; i += 2) {
        changed = assoc(changed, args[i], args[i + 1]);
      }
      return changed;
    });
    to.add("assoc-in", 3, args -> in(args[0], elements(args[1]), old -> args[2]));
    to.add(
        "update",
        3,
        Registry.ANY,
        args -> assoc(args[0], args[1], updated(Sequences.lookup(args[0], args[1], null), args)));
    to.add(
        "update-in",
        3,
        Registry.ANY,
        args -> in(args[0], elements(args[1]), old -> updated(old, args)));
    to.add("dissoc", 1, Registry.ANY, args -> {
      if (args[0] == null) {
        return null;
      }
      Set<?> without = (Set<?>) Persistent.set(Arrays.asList(args).subList(1, args.length));
      Map<@Nullable Object, @Nullable Object> map = copy(args[0]);
      map.keySet().removeIf(without::contains);
      return Persistent.map(map);
    });
    to.add("update-keys", 2, args -> {
      Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
      mapOf(args[0]).forEach((key, value) -> map.put(Invocation.call(args[1], key), value));
      return Persistent.map(map);
    });
    to.add("update-vals", 2, args -> {
      Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
      mapOf(args[0]).forEach((key, value) -> map.put(key, Invocation.call(args[1], value)));
      return Persistent.map(map);
    });
  }

  private static @Nullable Object updated(@Nullable Object old, @Nullable Object[] args) {
    List<@Nullable Object> all = new ArrayList<>();
    all.add(old);
    all.addAll(Arrays.asList(args).subList(3, args.length));
    return Invocation.call(args[2], all.toArray());
  }

  private interface Change {
    @Nullable Object of(@Nullable Object old);
  }

  private static Object in(
      @Nullable Object collection, List<@Nullable Object> keys, Change change) {
    Object key = keys.isEmpty() ? null : keys.get(0);
    Object old = Sequences.lookup(collection, key, null);
    return assoc(
        collection,
        key,
        keys.size() <= 1 ? change.of(old) : in(old, keys.subList(1, keys.size()), change));
  }

  private static Object assoc(
      @Nullable Object collection, @Nullable Object key, @Nullable Object value) {
    if (collection instanceof List<?> list && Sequences.isVector(list)) {
      List<@Nullable Object> changed = new ArrayList<>(elements(list));
      int index = Sequences.count(key);
      if (index == changed.size()) {
        changed.add(value);
      } else {
        changed.set(index, value);
      }
      return Sequences.vector(changed);
    }
    Map<@Nullable Object, @Nullable Object> map = copy(collection);
    Map<?, ?> one = (Map<?, ?>) map(key, value);
    map.putAll(one);
    return Persistent.map(map);
  }

  private static void merging(Registry to) {
    to.add("merge", 0, Registry.ANY, args -> merged(args, (old, value) -> value));
    to.add(
        "merge-with",
        1,
        Registry.ANY,
        args -> merged(
            Arrays.copyOfRange(args, 1, args.length),
            (old, value) -> Invocation.call(args[0], old, value)));
  }

  private static @Nullable Object merged(
      @Nullable Object[] maps,
      BiFunction<@Nullable Object, @Nullable Object, @Nullable Object> merge) {
    Map<@Nullable Object, @Nullable Object> all = new LinkedHashMap<>();
    boolean any = false;
    for (Object each : maps) {
      any |= each != null;
      for (Map.Entry<?, ?> entry : ((Map<?, ?>) Persistent.map(mapOf(each))).entrySet()) {
        Object key = entry.getKey();
        all.put(
            key,
            all.containsKey(key) ? merge.apply(all.get(key), entry.getValue()) : entry.getValue());
      }
    }
    return any ? Persistent.map(all) : null;
  }

  private static void sets(Registry to) {
    to.add("clojure.set/union", 0, Registry.ANY, args -> {
      Set<@Nullable Object> union = new LinkedHashSet<>();
      for (Object arg : args) {
        union.addAll(elements(arg));
      }
      return Persistent.set(union);
    });
    to.add("clojure.set/intersection", 1, Registry.ANY, args -> kept(args, true));
    to.add("clojure.set/difference", 1, Registry.ANY, args -> kept(args, false));
    to.add("clojure.set/subset?", 2, args -> setOf(args[1]).containsAll(setOf(args[0])));
    to.add("clojure.set/superset?", 2, args -> setOf(args[0]).containsAll(setOf(args[1])));
    to.add(
        "clojure.set/select",
        2,
        args -> Persistent.set(SequenceFunctions.filtered(args[0], elements(args[1]), true)));
    to.add("clojure.set/map-invert", 1, args -> {
      Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
      mapOf(args[0]).forEach((key, value) -> map.put(value, key));
      return Persistent.map(map);
    });
    to.add("clojure.set/rename-keys", 2, args -> {
      Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
      mapOf(args[0]).forEach((key, value) -> map.put(Sequences.lookup(args[1], key, key), value));
      return Persistent.map(map);
    });
  }

  private static Set<?> setOf(@Nullable Object value) {
    return (Set<?>) Persistent.set(elements(value));
  }

  private static Object kept(@Nullable Object[] args, boolean inOthers) {
    List<@Nullable Object> kept = new ArrayList<>(elements(args[0]));
    for (int i = 1; i < args.length; i++) {
      Set<?> other = setOf(args[i]);
      kept.removeIf(element -> other.contains(element) != inOthers);
    }
    return Persistent.set(kept);
  }
}
