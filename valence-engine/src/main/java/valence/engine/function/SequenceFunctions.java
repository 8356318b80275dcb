package valence.engine.function;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import valence.edn.Persistent;

/// Sequences from sequences. All are made at once and bounded by [Sequences#ELEMENTS_MAX], so that
/// the endless ones of Clojure aren't among them.
final class SequenceFunctions {
  /// Lists in lists that `flatten` opens.
  private static final int DEPTH_MAX = 512;

  private SequenceFunctions() {}

  static void addTo(Registry to) {
    making(to);
    cutting(to);
    splitting(to);
    joining(to);
    ordering(to);
    mapping(to);
    choosing(to);
  }

  private static List<@Nullable Object> elements(@Nullable Object value) {
    return Sequences.elements(value);
  }

  private static int count(@Nullable Object value) {
    return Sequences.count(value);
  }

  static @Nullable Object orNil(List<@Nullable Object> elements) {
    return elements.isEmpty() ? null : Sequences.list(elements);
  }

  private static List<@Nullable Object> after(List<@Nullable Object> elements, int count) {
    return elements.subList(Math.clamp(count, 0, elements.size()), elements.size());
  }

  private static List<@Nullable Object> upTo(List<@Nullable Object> elements, int count) {
    return elements.subList(0, Math.clamp(count, 0, elements.size()));
  }

  private static void making(Registry to) {
    to.add("range", 1, 3, args -> {
      Number start = args.length == 1 ? 0L : Arithmetic.number(args[0]);
      Number end = Arithmetic.number(args[args.length == 1 ? 0 : 1]);
      Number step = args.length == 3 ? Arithmetic.number(args[2]) : 1L;
      int direction = Arithmetic.compare(step, 0L);
      List<@Nullable Object> numbers = new ArrayList<>();
      for (Number n = start;
          direction > 0
              ? Arithmetic.compare(n, end) < 0
              : direction < 0 && Arithmetic.compare(n, end) > 0;
          n = Arithmetic.add(n, step)) {
        Sequences.checkSize(numbers.size() + 1);
        numbers.add(n);
      }
      return Sequences.list(numbers);
    });
    to.add("repeat", 2, args -> {
      Sequences.checkSize(count(args[0]));
      return Sequences.list(Collections.nCopies(Math.max(0, count(args[0])), args[1]));
    });
    to.add("replicate", 2, args -> {
      Sequences.checkSize(count(args[0]));
      return Sequences.list(Collections.nCopies(Math.max(0, count(args[0])), args[1]));
    });
    to.add("repeatedly", 2, args -> {
      List<@Nullable Object> results = new ArrayList<>();
      for (int i = 0; i < count(args[0]); i++) {
        Sequences.checkSize(i + 1);
        results.add(Invocation.call(args[1]));
      }
      return Sequences.list(results);
    });
    to.add("seq", 1, args -> orNil(elements(args[0])));
    to.add("sequence", 1, args -> Sequences.list(elements(args[0])));
    to.add("doall", 1, args -> args[0]);
  }

  private static void cutting(Registry to) {
    to.add("rest", 1, args -> Sequences.list(after(elements(args[0]), 1)));
    to.add("next", 1, args -> orNil(after(elements(args[0]), 1)));
    to.add("nnext", 1, args -> orNil(after(elements(args[0]), 2)));
    to.add("nfirst", 1, args -> {
      List<@Nullable Object> elements = elements(args[0]);
      return elements.isEmpty() ? null : orNil(after(elements(elements.get(0)), 1));
    });
    to.add("nthrest", 2, args -> Sequences.list(after(elements(args[0]), count(args[1]))));
    to.add("nthnext", 2, args -> orNil(after(elements(args[0]), count(args[1]))));
    to.add("butlast", 1, args -> orNil(upTo(elements(args[0]), elements(args[0]).size() - 1)));
    to.add("take", 2, args -> Sequences.list(upTo(elements(args[1]), count(args[0]))));
    to.add("drop", 2, args -> Sequences.list(after(elements(args[1]), count(args[0]))));
    to.add(
        "take-last",
        2,
        args -> orNil(after(elements(args[1]), elements(args[1]).size() - count(args[0]))));
    to.add("drop-last", 1, 2, args -> {
      List<@Nullable Object> elements = elements(args[args.length - 1]);
      int dropped = args.length == 2 ? count(args[0]) : 1;
      return Sequences.list(upTo(elements, elements.size() - Math.max(0, dropped)));
    });
    to.add(
        "take-while",
        2,
        args -> Sequences.list(upTo(elements(args[1]), prefix(args[0], elements(args[1])))));
    to.add(
        "drop-while",
        2,
        args -> Sequences.list(after(elements(args[1]), prefix(args[0], elements(args[1])))));
    to.add("take-nth", 2, args -> {
      List<@Nullable Object> taken = new ArrayList<>();
      List<@Nullable Object> elements = elements(args[1]);
      for (int i = 0; i < elements.size(); i += Math.max(1, count(args[0]))) {
        taken.add(elements.get(i));
      }
      return Sequences.list(taken);
    });
  }

  /// How many elements from the start the predicate holds for.
  private static int prefix(@Nullable Object predicate, List<@Nullable Object> elements) {
    int length = 0;
    while (length < elements.size()
        && Invocation.truthy(Invocation.call(predicate, elements.get(length)))) {
      length++;
    }
    return length;
  }

  private static void splitting(Registry to) {
    to.add("split-at", 2, args -> pair(elements(args[1]), count(args[0])));
    to.add("split-with", 2, args -> pair(elements(args[1]), prefix(args[0], elements(args[1]))));
    to.add("partition", 2, 3, args -> parts(args, false));
    to.add("partition-all", 2, 3, args -> parts(args, true));
    to.add("partition-by", 2, args -> {
      List<@Nullable Object> parts = new ArrayList<>();
      List<@Nullable Object> part = new ArrayList<>();
      Object last = null;
      for (Object element : elements(args[1])) {
        Object key = Invocation.call(args[0], element);
        if (!part.isEmpty() && !Equality.equal(key, last)) {
          parts.add(Sequences.list(part));
          part = new ArrayList<>();
        }
        part.add(element);
        last = key;
      }
      if (!part.isEmpty()) {
        parts.add(Sequences.list(part));
      }
      return Sequences.list(parts);
    });
  }

  private static Object pair(List<@Nullable Object> elements, int at) {
    return Persistent.vector(
        Sequences.list(upTo(elements, at)), Sequences.list(after(elements, at)));
  }

  private static Object parts(@Nullable Object[] args, boolean all) {
    List<@Nullable Object> elements = elements(args[args.length - 1]);
    int size = count(args[0]);
    int step = args.length == 3 ? count(args[1]) : size;
    if (size < 1 || step < 1) {
      throw new IllegalArgumentException("partition takes sizes of at least 1");
    }
    List<@Nullable Object> parts = new ArrayList<>();
    for (int i = 0; i < elements.size() && (all || i + size <= elements.size()); i += step) {
      parts.add(Sequences.list(elements.subList(i, Math.min(elements.size(), i + size))));
    }
    return Sequences.list(parts);
  }

  private static void joining(Registry to) {
    to.add("concat", 0, Registry.ANY, args -> {
      List<@Nullable Object> all = new ArrayList<>();
      for (Object arg : args) {
        all.addAll(elements(arg));
        Sequences.checkSize(all.size());
      }
      return Sequences.list(all);
    });
    to.add("interleave", 0, Registry.ANY, args -> {
      List<@Nullable Object> all = new ArrayList<>();
      for (@Nullable Object[] row : rows(args)) {
        all.addAll(Arrays.asList(row));
      }
      return Sequences.list(all);
    });
    to.add("interpose", 2, args -> {
      List<@Nullable Object> all = new ArrayList<>();
      for (Object element : elements(args[1])) {
        if (!all.isEmpty()) {
          all.add(args[0]);
        }
        all.add(element);
      }
      return Sequences.list(all);
    });
    to.add("flatten", 1, args -> {
      List<@Nullable Object> flat = new ArrayList<>();
      if (args[0] instanceof List) {
        flatten(flat, args[0], 0);
      }
      return Sequences.list(flat);
    });
  }

  private static void flatten(List<@Nullable Object> into, @Nullable Object value, int depth) {
    if (value instanceof List<?> list && depth < DEPTH_MAX) {
      for (Object element : elements(list)) {
        flatten(into, element, depth + 1);
      }
    } else {
      into.add(value);
    }
  }

  private static void ordering(Registry to) {
    to.add("reverse", 1, args -> Sequences.list(elements(args[0]).reversed()));
    to.add("rseq", 1, args -> orNil(elements(args[0]).reversed()));
    to.add("shuffle", 1, args -> {
      List<@Nullable Object> shuffled = new ArrayList<>(elements(args[0]));
      Collections.shuffle(shuffled, ThreadLocalRandom.current());
      return Sequences.vector(shuffled);
    });
    to.add("sort", 1, 2, args -> {
      List<@Nullable Object> sorted = new ArrayList<>(elements(args[args.length - 1]));
      sorted.sort(args.length == 2 ? Invocation.order(args[0]) : Comparison::compareAlike);
      return Sequences.list(sorted);
    });
    to.add("sort-by", 2, 3, args -> {
      List<@Nullable Object[]> keyed = new ArrayList<>();
      for (Object element : elements(args[args.length - 1])) {
        keyed.add(new @Nullable Object[] {Invocation.call(args[0], element), element});
      }
      var order = args.length == 3 ? Invocation.order(args[1]) : Invocation.NATURAL_ORDER;
      keyed.sort((x, y) -> order.compare(x[0], y[0]));
      List<@Nullable Object> sorted = new ArrayList<>();
      keyed.forEach(pair -> sorted.add(pair[1]));
      return Sequences.list(sorted);
    });
    to.add("distinct", 1, args -> Sequences.list(elements(Persistent.set(elements(args[0])))));
    to.add("dedupe", 1, args -> {
      List<@Nullable Object> kept = new ArrayList<>();
      for (Object element : elements(args[0])) {
        if (kept.isEmpty() || !Equality.equal(kept.getLast(), element)) {
          kept.add(element);
        }
      }
      return Sequences.list(kept);
    });
  }

  private static void mapping(Registry to) {
    to.add("map", 2, Registry.ANY, args -> Sequences.list(mapped(args)));
    to.add("mapv", 2, Registry.ANY, args -> Sequences.vector(mapped(args)));
    to.add("mapcat", 2, Registry.ANY, args -> {
      List<@Nullable Object> all = new ArrayList<>();
      for (Object part : mapped(args)) {
        all.addAll(elements(part));
        Sequences.checkSize(all.size());
      }
      return Sequences.list(all);
    });
    to.add("map-indexed", 2, args -> Sequences.list(indexed(args)));
    to.add("keep-indexed", 2, args -> {
      List<@Nullable Object> kept = indexed(args);
      kept.removeIf(each -> each == null);
      return Sequences.list(kept);
    });
    to.add("keep", 2, args -> {
      List<@Nullable Object> kept = mapped(args);
      kept.removeIf(each -> each == null);
      return Sequences.list(kept);
    });
    to.add("frequencies", 1, args -> {
      Map<@Nullable Object, @Nullable Object> counts = new LinkedHashMap<>();
      for (Object element : elements(args[0])) {
        counts.merge(element, 1L, (known, one) -> (Long) known + 1);
      }
      return Persistent.map(counts);
    });
    to.add("group-by", 2, args -> {
      Map<@Nullable Object, List<@Nullable Object>> groups = new LinkedHashMap<>();
      for (Object element : elements(args[1])) {
        groups
            .computeIfAbsent(Invocation.call(args[0], element), key -> new ArrayList<>())
            .add(element);
      }
      Map<@Nullable Object, @Nullable Object> vectors = new LinkedHashMap<>();
      groups.forEach((key, group) -> vectors.put(key, Sequences.vector(group)));
      return Persistent.map(vectors);
    });
  }

  /// The elements at each position of several collections, as far as the shortest goes.
  private static List<@Nullable Object[]> rows(@Nullable Object... collections) {
    List<List<@Nullable Object>> columns = new ArrayList<>();
    int count = collections.length == 0 ? 0 : Integer.MAX_VALUE;
    for (Object collection : collections) {
      columns.add(elements(collection));
      count = Math.min(count, columns.getLast().size());
    }
    List<@Nullable Object[]> rows = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int at = i;
      rows.add(columns.stream().map(column -> column.get(at)).toArray());
    }
    return rows;
  }

  private static List<@Nullable Object> mapped(@Nullable Object[] args) {
    List<@Nullable Object> results = new ArrayList<>();
    for (@Nullable Object[] row : rows(Arrays.copyOfRange(args, 1, args.length))) {
      results.add(Invocation.call(args[0], row));
    }
    return results;
  }

  private static List<@Nullable Object> indexed(@Nullable Object[] args) {
    List<@Nullable Object> results = new ArrayList<>();
    for (Object element : elements(args[1])) {
      results.add(Invocation.call(args[0], (long) results.size(), element));
    }
    return results;
  }

  private static void choosing(Registry to) {
    to.add("filter", 2, args -> Sequences.list(filtered(args[0], elements(args[1]), true)));
    to.add("filterv", 2, args -> Sequences.vector(filtered(args[0], elements(args[1]), true)));
    to.add("remove", 2, args -> Sequences.list(filtered(args[0], elements(args[1]), false)));
    to.add(
        "every?",
        2,
        args -> prefix(args[0], elements(args[1])) == elements(args[1]).size());
    to.add(
        "not-every?",
        2,
        args -> prefix(args[0], elements(args[1])) < elements(args[1]).size());
    to.add("not-any?", 2, args -> !Invocation.truthy(some(args)));
    to.add("some", 2, SequenceFunctions::some);
  }

  private static @Nullable Object some(@Nullable Object... args) {
    for (Object element : elements(args[1])) {
      Object result = Invocation.call(args[0], element);
      if (Invocation.truthy(result)) {
        return result;
      }
    }
    return null;
  }

  static List<@Nullable Object> filtered(
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
