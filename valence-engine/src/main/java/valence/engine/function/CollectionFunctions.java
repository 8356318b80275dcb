package valence.engine.function;

import clojure.lang.IPersistentList;
import clojure.lang.ISeq;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.edn.Edn;
import valence.edn.Persistent;

/// Sequences and functions of functions. Sequences are vectors here; all are finite.
final class CollectionFunctions {
  private CollectionFunctions() {}

  static void addTo(Registry to) {
    tests(to);
    parts(to);
    making(to);
    maps(to);
    sets(to);
    sequences(to);
    calls(to);
  }

  private static List<@Nullable Object> elements(@Nullable Object value) {
    return Sequences.elements(value);
  }

  private static Object sequence(Collection<? extends @Nullable Object> elements) {
    return Sequences.vector(elements);
  }

  private static int count(@Nullable Object value) {
    return Math.toIntExact(Arithmetic.number(value).longValue());
  }

  private static void tests(Registry to) {
    to.test("nil?", value -> value == null);
    to.test("some?", value -> value != null);
    to.test("any?", value -> true);
    to.test("true?", value -> Boolean.TRUE.equals(value));
    to.test("false?", value -> Boolean.FALSE.equals(value));
    to.test("boolean?", value -> value instanceof Boolean);
    to.test("not", value -> !Invocation.truthy(value));
    to.test("boolean", Invocation::truthy);
    to.test("coll?", value -> value instanceof Collection || value instanceof Map);
    to.test("vector?", value -> value instanceof List);
    to.test("sequential?", value -> value instanceof List);
    to.test("list?", value -> value instanceof IPersistentList);
    to.test("seq?", value -> value instanceof ISeq);
    to.test("map?", value -> value instanceof Map);
    to.test("set?", value -> value instanceof Set);
    to.test("associative?", value -> value instanceof Map || value instanceof List);
    to.test("counted?", value -> value instanceof Collection || value instanceof Map);
    to.test("empty?", value -> elements(value).isEmpty());
    to.add("contains?", 2, args -> switch (args[0]) {
      case Map<?, ?> map -> map.containsKey(args[1]);
      case Set<?> set -> set.contains(args[1]);
      case List<?> list -> isPosition(args[1], list.size());
      case String text -> isPosition(args[1], text.length());
      case null -> false;
      default ->
        throw new IllegalArgumentException(
            "contains? not supported on type: " + args[0].getClass().getName());
    });
  }

  private static boolean isPosition(@Nullable Object key, int count) {
    return key instanceof Number number && number.longValue() >= 0 && number.longValue() < count;
  }

  private static void parts(Registry to) {
    to.add("count", 1, args ->
        (long) (args[0] instanceof String s ? s.length() : elements(args[0]).size()));
    to.add("first", 1, args -> at(elements(args[0]), 0));
    to.add("second", 1, args -> at(elements(args[0]), 1));
    to.add("last", 1, args -> at(elements(args[0]), elements(args[0]).size() - 1));
    to.add("peek", 1, args -> at(elements(args[0]), elements(args[0]).size() - 1));
    to.add("rest", 1, args -> sequence(after(elements(args[0]), 1)));
    to.add("next", 1, args -> orNil(after(elements(args[0]), 1)));
    to.add("butlast", 1, args -> orNil(upTo(elements(args[0]), elements(args[0]).size() - 1)));
    to.add("pop", 1, args -> sequence(upTo(elements(args[0]), elements(args[0]).size() - 1)));
    to.add("seq", 1, args -> orNil(elements(args[0])));
    to.add("not-empty", 1, args -> elements(args[0]).isEmpty() ? null : args[0]);
    to.add("nth", 2, 3, args -> {
      List<@Nullable Object> elements = elements(args[0]);
      int index = count(args[1]);
      if (args.length == 3 && (index < 0 || index >= elements.size())) {
        return args[2];
      }
      return elements.get(index);
    });
    to.add("get", 2, 3, args -> {
      return Sequences.lookup(args[0], args[1], args.length == 3 ? args[2] : null);
    });
    to.add("get-in", 2, 3, args -> {
      Object found = args[0];
      for (Object key : elements(args[1])) {
        found = Sequences.lookup(found, key, null);
      }
      return found == null && args.length == 3 ? args[2] : found;
    });
    to.add("take", 2, args -> sequence(upTo(elements(args[1]), count(args[0]))));
    to.add("drop", 2, args -> sequence(after(elements(args[1]), count(args[0]))));
    to.add(
        "take-last",
        2,
        args -> orNil(after(elements(args[1]), elements(args[1]).size() - count(args[0]))));
    to.add("drop-last", 1, 2, args -> {
      List<@Nullable Object> elements = elements(args[args.length - 1]);
      return sequence(upTo(elements, elements.size() - (args.length == 2 ? count(args[0]) : 1)));
    });
    to.add("subvec", 2, 3, args -> {
      List<@Nullable Object> elements = elements(args[0]);
      int end = args.length == 3 ? count(args[2]) : elements.size();
      return sequence(elements.subList(count(args[1]), end));
    });
  }

  private static @Nullable Object at(List<@Nullable Object> elements, int index) {
    return index >= 0 && index < elements.size() ? elements.get(index) : null;
  }

  private static List<@Nullable Object> after(List<@Nullable Object> elements, int count) {
    return elements.subList(Math.clamp(count, 0, elements.size()), elements.size());
  }

  private static List<@Nullable Object> upTo(List<@Nullable Object> elements, int count) {
    return elements.subList(0, Math.clamp(count, 0, elements.size()));
  }

  private static @Nullable Object orNil(List<@Nullable Object> elements) {
    return elements.isEmpty() ? null : sequence(elements);
  }

  private static void making(Registry to) {
    to.add("vector", 0, Registry.ANY, Persistent::vector);
    to.add("list", 0, Registry.ANY, Persistent::vector);
    to.add("hash-set", 0, Registry.ANY, args -> Persistent.set(Arrays.asList(args)));
    to.add("hash-map", 0, Registry.ANY, CollectionFunctions::map);
    to.add("array-map", 0, Registry.ANY, CollectionFunctions::map);
    to.add("vec", 1, args -> sequence(elements(args[0])));
    to.add("set", 1, args -> Persistent.set(new LinkedHashSet<>(elements(args[0]))));
    to.add("identity", 1, args -> args[0]);
    to.add("range", 1, 3, args -> {
      long start = args.length == 1 ? 0 : Arithmetic.number(args[0]).longValue();
      long end = Arithmetic.number(args[args.length == 1 ? 0 : 1]).longValue();
      long step = args.length == 3 ? Arithmetic.number(args[2]).longValue() : 1;
      List<@Nullable Object> numbers = new ArrayList<>();
      for (long n = start; step > 0 ? n < end : step < 0 && n > end; n += step) {
        checkSize(numbers.size());
        numbers.add(n);
      }
      return sequence(numbers);
    });
    to.add("repeat", 2, args -> {
      checkSize(count(args[0]));
      return sequence(java.util.Collections.nCopies(count(args[0]), args[1]));
    });
  }

  private static void checkSize(int size) {
    if (size >= Sequences.ELEMENTS_MAX) {
      throw new IllegalArgumentException(
          "The collection would have more than " + Sequences.ELEMENTS_MAX + " elements");
    }
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

  private static Map<?, ?> mapOf(@Nullable Object value) {
    return value == null ? Map.of() : (Map<?, ?>) value;
  }

  private static void maps(Registry to) {
    to.add("keys", 1, args -> orNil(new ArrayList<>(mapOf(args[0]).keySet())));
    to.add("vals", 1, args -> orNil(new ArrayList<>(mapOf(args[0]).values())));
    to.add("key", 1, args -> elements(args[0]).get(0));
    to.add("val", 1, args -> elements(args[0]).get(1));
    to.add("assoc", 3, Registry.ANY, args -> {
      if (args[0] instanceof List<?> list) {
        List<@Nullable Object> changed = elements(list);
        changed.set(count(args[1]), args[2]);
        return sequence(changed);
      }
      Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>(mapOf(args[0]));
      for (int i = 1; i + 1 < args.length; i += 2) {
        map.put(args[i], args[i + 1]);
      }
      return Persistent.map(map);
    });
    to.add("dissoc", 1, Registry.ANY, args -> {
      Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>(mapOf(args[0]));
      for (int i = 1; i < args.length; i++) {
        map.remove(args[i]);
      }
      return Persistent.map(map);
    });
    to.add("merge", 0, Registry.ANY, args -> {
      Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
      for (Object arg : args) {
        map.putAll(mapOf(arg));
      }
      return Persistent.map(map);
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
    to.add("zipmap", 2, args -> {
      Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
      List<@Nullable Object> values = elements(args[1]);
      for (Object key : elements(args[0])) {
        if (map.size() < values.size()) {
          map.put(key, values.get(map.size()));
        }
      }
      return Persistent.map(map);
    });
  }

  private static void sets(Registry to) {
    to.add("clojure.set/union", 0, Registry.ANY, args -> {
      Set<@Nullable Object> union = new LinkedHashSet<>();
      for (Object arg : args) {
        union.addAll(elements(arg));
      }
      return Persistent.set(union);
    });
    to.add("clojure.set/intersection", 2, args -> {
      Set<@Nullable Object> both = new LinkedHashSet<>(elements(args[0]));
      both.retainAll(new LinkedHashSet<>(elements(args[1])));
      return Persistent.set(both);
    });
    to.add("clojure.set/difference", 2, args -> {
      Set<@Nullable Object> rest = new LinkedHashSet<>(elements(args[0]));
      rest.removeAll(new LinkedHashSet<>(elements(args[1])));
      return Persistent.set(rest);
    });
    to.add(
        "clojure.set/subset?",
        2,
        args -> new LinkedHashSet<>(elements(args[1])).containsAll(elements(args[0])));
    to.add(
        "clojure.set/superset?",
        2,
        args -> new LinkedHashSet<>(elements(args[0])).containsAll(elements(args[1])));
  }

  private static void sequences(Registry to) {
    to.add("conj", 1, Registry.ANY, args -> {
      List<@Nullable Object> more = Arrays.asList(args).subList(1, args.length);
      if (args[0] instanceof Set<?> set) {
        Set<@Nullable Object> all = new LinkedHashSet<>(set);
        all.addAll(more);
        return Persistent.set(all);
      }
      List<@Nullable Object> joined = new ArrayList<>(elements(args[0]));
      joined.addAll(more);
      return sequence(joined);
    });
    to.add("cons", 2, args -> {
      List<@Nullable Object> all = new ArrayList<>();
      all.add(args[0]);
      all.addAll(elements(args[1]));
      return sequence(all);
    });
    to.add("concat", 0, Registry.ANY, args -> {
      List<@Nullable Object> all = new ArrayList<>();
      for (Object arg : args) {
        all.addAll(elements(arg));
      }
      return sequence(all);
    });
    to.add("reverse", 1, args -> sequence(elements(args[0]).reversed()));
    to.add("sort", 1, args -> {
      List<@Nullable Object> sorted = elements(args[0]);
      sorted.sort(Comparison::compareAlike);
      return sequence(sorted);
    });
    to.add("sort-by", 2, args -> {
      List<@Nullable Object> sorted = elements(args[1]);
      Comparator<@Nullable Object> order = (x, y) ->
          Comparison.compareAlike(Invocation.call(args[0], x), Invocation.call(args[0], y));
      sorted.sort(order);
      return sequence(sorted);
    });
    to.add("distinct", 1, args -> sequence(new LinkedHashSet<>(elements(args[0]))));
    to.add("frequencies", 1, args -> {
      Map<@Nullable Object, @Nullable Object> counts = new LinkedHashMap<>();
      for (Object element : elements(args[0])) {
        Object known = counts.get(element);
        counts.put(element, known instanceof Long count ? count + 1 : 1L);
      }
      return Persistent.map(counts);
    });
    to.add("interpose", 2, args -> {
      List<@Nullable Object> all = new ArrayList<>();
      for (Object element : elements(args[1])) {
        if (!all.isEmpty()) {
          all.add(args[0]);
        }
        all.add(element);
      }
      return sequence(all);
    });
    to.add("flatten", 1, args -> {
      List<@Nullable Object> flat = new ArrayList<>();
      flatten(flat, args[0], 0);
      return sequence(flat);
    });
  }

  private static void flatten(List<@Nullable Object> into, @Nullable Object value, int depth) {
    if (value instanceof List<?> list && depth < 512) {
      for (Object element : list) {
        flatten(into, element, depth + 1);
      }
    } else {
      into.add(value);
    }
  }

  private static void calls(Registry to) {
    to.add("apply", 2, Registry.ANY, args -> {
      List<@Nullable Object> all = new ArrayList<>(Arrays.asList(args).subList(1, args.length - 1));
      all.addAll(elements(args[args.length - 1]));
      return Invocation.call(args[0], all.toArray());
    });
    to.add("map", 2, args -> sequence(mapped(args[0], elements(args[1]))));
    to.add("mapv", 2, args -> sequence(mapped(args[0], elements(args[1]))));
    to.add("filter", 2, args -> sequence(filtered(args[0], elements(args[1]), true)));
    to.add("filterv", 2, args -> sequence(filtered(args[0], elements(args[1]), true)));
    to.add("remove", 2, args -> sequence(filtered(args[0], elements(args[1]), false)));
    to.add("reduce", 2, 3, args -> {
      List<@Nullable Object> elements = elements(args[args.length - 1]);
      int start = args.length == 3 ? 0 : 1;
      if (start == 1 && elements.isEmpty()) {
        return Invocation.call(args[0]);
      }
      Object result = args.length == 3 ? args[1] : elements.get(0);
      for (Object element : elements.subList(start, elements.size())) {
        result = Invocation.call(args[0], result, element);
      }
      return result;
    });
    to.add("every?", 2, args -> filtered(args[0], elements(args[1]), false).isEmpty());
    to.add("not-any?", 2, args -> filtered(args[0], elements(args[1]), true).isEmpty());
    to.add("not-every?", 2, args -> !filtered(args[0], elements(args[1]), false).isEmpty());
    to.add("some", 2, args -> {
      for (Object element : elements(args[1])) {
        Object result = Invocation.call(args[0], element);
        if (Invocation.truthy(result)) {
          return result;
        }
      }
      return null;
    });
    to.add("group-by", 2, args -> {
      Map<@Nullable Object, List<@Nullable Object>> groups = new LinkedHashMap<>();
      for (Object element : elements(args[1])) {
        groups
            .computeIfAbsent(Invocation.call(args[0], element), key -> new ArrayList<>())
            .add(element);
      }
      Map<@Nullable Object, @Nullable Object> vectors = new LinkedHashMap<>();
      groups.forEach((key, group) -> vectors.put(key, sequence(group)));
      return Persistent.map(vectors);
    });
  }

  private static List<@Nullable Object> mapped(
      @Nullable Object function, List<@Nullable Object> elements) {
    List<@Nullable Object> results = new ArrayList<>(elements.size());
    for (Object element : elements) {
      results.add(Invocation.call(function, element));
    }
    return results;
  }

  private static List<@Nullable Object> filtered(
      @Nullable Object predicate, List<@Nullable Object> elements, boolean keep) {
    List<@Nullable Object> kept = new ArrayList<>();
    for (Object element : elements) {
      if (Invocation.truthy(Invocation.call(predicate, element)) == keep) {
        kept.add(element);
      }
    }
    return kept;
  }
}
