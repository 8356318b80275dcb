package valence.engine.function;

import clojure.lang.IPersistentList;
import clojure.lang.ISeq;
import clojure.lang.Keyword;
import clojure.lang.Symbol;
import clojure.lang.Util;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.edn.Persistent;

/// Collections: what they are, their parts, and how they are made. Sequences are lists here; all
/// are finite.
final class CollectionFunctions {
  private CollectionFunctions() {}

  static void addTo(Registry to) {
    tests(to);
    kinds(to);
    parts(to);
    making(to);
    adding(to);
  }

  private static List<@Nullable Object> elements(@Nullable Object value) {
    return Sequences.elements(value);
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
    to.test("empty?", value -> elements(value).isEmpty());
    to.add("contains?", 2, args -> switch (args[0]) {
      case Map<?, ?> map -> map.containsKey(args[1]);
      case Set<?> set -> set.contains(args[1]);
      case List<?> list when Sequences.isVector(list) -> isPosition(args[1], list.size());
      case String text -> isPosition(args[1], text.length());
      case null -> false;
      default ->
        throw new IllegalArgumentException(
            "contains? not supported on type: " + args[0].getClass().getName());
    });
    to.add("hash", 1, args -> (long) Util.hasheq(args[0]));
  }

  private static boolean isPosition(@Nullable Object key, int count) {
    return key instanceof Number number && number.longValue() >= 0 && number.longValue() < count;
  }

  private static void kinds(Registry to) {
    to.test("coll?", value -> value instanceof Collection || value instanceof Map);
    to.test("vector?", Sequences::isVector);
    to.test("sequential?", value -> value instanceof List);
    to.test("list?", value -> value instanceof IPersistentList);
    to.test("seq?", value -> value instanceof ISeq);
    to.test("map?", value -> value instanceof Map);
    to.test("set?", value -> value instanceof Set);
    to.test("associative?", value -> value instanceof Map || Sequences.isVector(value));
    to.test("indexed?", Sequences::isVector);
    to.test("reversible?", Sequences::isVector);
    to.test("counted?", value -> value instanceof Collection || value instanceof Map);
    to.test("map-entry?", value -> value instanceof Map.Entry);
    to.test(
        "seqable?",
        value -> value == null
            || value instanceof Iterable
            || value instanceof Map
            || value instanceof CharSequence
            || value instanceof Object[]);
    to.test("fn?", value -> value instanceof CoreFunction);
    to.test(
        "ifn?",
        value -> value instanceof CoreFunction
            || value instanceof Keyword
            || value instanceof Symbol
            || value instanceof Map
            || value instanceof Set
            || Sequences.isVector(value));
  }

  private static void parts(Registry to) {
    to.add("count", 1, args -> (long) count(args[0]));
    to.add("bounded-count", 2, args -> (long) Math.min(Sequences.count(args[0]), count(args[1])));
    to.add("first", 1, args -> at(elements(args[0]), 0));
    to.add("second", 1, args -> at(elements(args[0]), 1));
    to.add("fnext", 1, args -> at(elements(args[0]), 1));
    to.add("ffirst", 1, args -> at(elements(at(elements(args[0]), 0)), 0));
    to.add("last", 1, args -> at(elements(args[0]), elements(args[0]).size() - 1));
    to.add("peek", 1, args -> peek(args[0]));
    to.add("pop", 1, args -> pop(args[0]));
    to.add("not-empty", 1, args -> elements(args[0]).isEmpty() ? null : args[0]);
    to.add("empty", 1, args -> switch (args[0]) {
      case Map<?, ?> map -> Persistent.map(Map.of());
      case Set<?> set -> Persistent.set(List.of());
      case List<?> list when Sequences.isVector(list) -> Sequences.vector(List.of());
      case List<?> list -> Sequences.list(List.of());
      case null, default -> null;
    });
    to.add("nth", 2, 3, args -> {
      List<@Nullable Object> elements = elements(args[0]);
      int index = Sequences.count(args[1]);
      if (args[0] == null || args.length == 3 && (index < 0 || index >= elements.size())) {
        return args.length == 3 ? args[2] : null;
      }
      return elements.get(index);
    });
    to.add("get", 2, 3, args -> {
      return Sequences.lookup(args[0], args[1], args.length == 3 ? args[2] : null);
    });
    to.add("get-in", 2, 3, args -> {
      Object found = args[0];
      Object absent = new Object();
      for (Object key : elements(args[1])) {
        found = Sequences.lookup(found, key, absent);
        if (found == absent) {
          return args.length == 3 ? args[2] : null;
        }
      }
      return found;
    });
    to.add("subvec", 2, 3, args -> {
      List<@Nullable Object> elements = elements(args[0]);
      int end = args.length == 3 ? Sequences.count(args[2]) : elements.size();
      return Sequences.vector(elements.subList(Sequences.count(args[1]), end));
    });
  }

  private static int count(@Nullable Object value) {
    return value instanceof String text ? text.length() : elements(value).size();
  }

  private static @Nullable Object at(List<@Nullable Object> elements, int index) {
    return index >= 0 && index < elements.size() ? elements.get(index) : null;
  }

  private static @Nullable Object peek(@Nullable Object value) {
    List<@Nullable Object> elements = elements(value);
    return at(elements, Sequences.isVector(value) ? elements.size() - 1 : 0);
  }

  private static @Nullable Object pop(@Nullable Object value) {
    List<@Nullable Object> elements = elements(value);
    if (value == null) {
      return null;
    }
    if (elements.isEmpty()) {
      throw new IllegalStateException("Can't pop an empty collection");
    }
    return Sequences.isVector(value)
        ? Sequences.vector(elements.subList(0, elements.size() - 1))
        : Sequences.list(elements.subList(1, elements.size()));
  }

  private static void making(Registry to) {
    to.add("vector", 0, Registry.ANY, Persistent::vector);
    to.add("list", 0, Registry.ANY, args -> Sequences.list(Arrays.asList(args)));
    to.add("list*", 1, Registry.ANY, args -> {
      List<@Nullable Object> all = new ArrayList<>(Arrays.asList(args).subList(0, args.length - 1));
      all.addAll(elements(args[args.length - 1]));
      return Sequences.list(all);
    });
    to.add("hash-set", 0, Registry.ANY, args -> Persistent.set(Arrays.asList(args)));
    to.add("sorted-set", 0, Registry.ANY, args -> {
      List<@Nullable Object> sorted = elements(args);
      sorted.sort(Comparison::compareAlike);
      return Persistent.set(sorted);
    });
    to.add("vec", 1, args -> Sequences.vector(elements(args[0])));
    to.add("set", 1, args -> Persistent.set(elements(args[0])));
    to.add("identity", 1, args -> args[0]);
  }

  private static void adding(Registry to) {
    to.add(
        "conj",
        0,
        Registry.ANY,
        args -> args.length == 0
            ? Sequences.vector(List.of())
            : conj(args[0], Arrays.asList(args).subList(1, args.length)));
    to.add("into", 2, args -> conj(args[0], elements(args[1])));
    to.add("cons", 2, args -> {
      List<@Nullable Object> all = new ArrayList<>();
      all.add(args[0]);
      all.addAll(elements(args[1]));
      return Sequences.list(all);
    });
    to.add("disj", 1, Registry.ANY, args -> {
      if (args[0] == null) {
        return null;
      }
      List<@Nullable Object> rest = new ArrayList<>(elements(args[0]));
      Set<?> without = (Set<?>) Persistent.set(Arrays.asList(args).subList(1, args.length));
      rest.removeIf(without::contains);
      return Persistent.set(rest);
    });
  }

  /// Adds where the collection grows: at the end of a vector, in front of a list, to a map entries.
  private static @Nullable Object conj(@Nullable Object to, List<? extends @Nullable Object> more) {
    return switch (to) {
      case Set<?> set -> {
        Set<@Nullable Object> all = new LinkedHashSet<>(set);
        all.addAll(more);
        yield Persistent.set(all);
      }
      case Map<?, ?> map -> {
        Map<@Nullable Object, @Nullable Object> all = new LinkedHashMap<>(map);
        for (Object each : more) {
          if (each instanceof Map<?, ?> entries) {
            all.putAll(entries);
          } else if (each != null) {
            List<@Nullable Object> pair = elements(each);
            if (pair.size() != 2) {
              throw new IllegalArgumentException("Vector arg to map conj must be a pair");
            }
            all.put(pair.get(0), pair.get(1));
          }
        }
        yield Persistent.map(all);
      }
      case List<?> list
      when Sequences.isVector(list) -> {
        List<@Nullable Object> all = new ArrayList<>(elements(list));
        all.addAll(more);
        yield Sequences.vector(all);
      }
      case null -> more.isEmpty() ? null : Sequences.list(more.reversed());
      case List<?> list -> {
        List<@Nullable Object> all = new ArrayList<>(more.reversed());
        all.addAll(elements(list));
        yield Sequences.list(all);
      }
      default ->
        throw new ClassCastException(to.getClass().getName() + " is no collection to add to");
    };
  }
}
