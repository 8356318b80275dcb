package valence.conformance;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Pairs the elements of an expectation with those of an answer, order aside.
///
/// "Matches" is no equivalence (`#approx`, `#one-of`), so taking the first that matches could fail
/// where another choice would do: pairs are found by augmenting paths (Kuhn 1955), a perfect
/// matching in a bipartite graph. To keep large bags quick, elements meet only those of the same
/// [#digest], which agrees whenever they match; expectations that may match anything meet all.
final class Bags {
  private final List<? extends @Nullable Object> expected;
  private final List<? extends @Nullable Object> actual;
  private final List<int[]> candidates; // by expected element: the actual ones it may match
  private final int[] owner; // by actual element: the expected one that it is paired with, or -1

  private Bags(List<? extends @Nullable Object> expected, List<? extends @Nullable Object> actual) {
    this.expected = expected;
    this.actual = actual;
    this.candidates = candidates();
    this.owner = new int[actual.size()];
    Arrays.fill(owner, -1);
  }

  /// Whether the actual elements are exactly the expected ones, duplicates counted.
  static boolean same(
      List<? extends @Nullable Object> expected, List<? extends @Nullable Object> actual) {
    return expected.size() == actual.size() && new Bags(expected, actual).pairsAll();
  }

  /// Whether each expected element is there and nothing else is, duplicates not counted.
  static boolean sameAsSets(
      List<? extends @Nullable Object> expected, List<? extends @Nullable Object> actual) {
    Bags bags = new Bags(expected, actual);
    BitSet seen = new BitSet(actual.size());
    for (int e = 0; e < expected.size(); e++) {
      boolean found = false;
      for (int a : bags.candidates.get(e)) {
        if (bags.matches(e, a)) {
          found = true;
          seen.set(a);
        }
      }
      if (!found) {
        return false;
      }
    }
    return seen.cardinality() == actual.size();
  }

  /// Whether the actual elements are some of those offered, each offered one taken at most once.
  static boolean within(
      List<? extends @Nullable Object> offered, List<? extends @Nullable Object> actual) {
    Bags bags = new Bags(offered, actual);
    int pairs = 0;
    for (int e = 0; e < offered.size(); e++) {
      pairs += bags.pair(e, new BitSet(actual.size())) ? 1 : 0;
    }
    return pairs == actual.size();
  }

  /// Whether each actual element is one of those offered.
  static boolean allIn(
      List<? extends @Nullable Object> offered, List<? extends @Nullable Object> actual) {
    return actual.stream()
        .allMatch(one -> offered.stream().anyMatch(each -> Matcher.matches(each, one)));
  }

  /// What is left when as many elements as possible are paired: expected first, then actual.
  static List<List<@Nullable Object>> leftovers(
      List<? extends @Nullable Object> expected, List<? extends @Nullable Object> actual) {
    Bags bags = new Bags(expected, actual);
    List<@Nullable Object> missing = new ArrayList<>();
    for (int e = 0; e < expected.size(); e++) {
      if (!bags.pair(e, new BitSet(actual.size()))) {
        missing.add(expected.get(e));
      }
    }
    List<@Nullable Object> unexpected = new ArrayList<>();
    for (int a = 0; a < actual.size(); a++) {
      if (bags.owner[a] < 0) {
        unexpected.add(actual.get(a));
      }
    }
    return List.of(missing, unexpected);
  }

  private boolean pairsAll() {
    for (int e = 0; e < expected.size(); e++) {
      if (!pair(e, new BitSet())) {
        return false;
      }
    }
    return true;
  }

  /// Finds a partner for an expected element, if need be by finding another for the one that it
  /// displaces.
  ///
  /// @param tried the actual elements that this search has been to
  private boolean pair(int e, BitSet tried) {
    int[] options = candidates.get(e);
    for (int a : options) {
      if (owner[a] < 0 && !tried.get(a) && matches(e, a)) {
        owner[a] = e;
        return true;
      }
    }
    for (int a : options) {
      if (owner[a] >= 0 && !tried.get(a) && matches(e, a)) {
        tried.set(a);
        if (pair(owner[a], tried)) {
          owner[a] = e;
          return true;
        }
      }
    }
    return false;
  }

  private boolean matches(int e, int a) {
    return Matcher.matches(expected.get(e), actual.get(a));
  }

  private List<int[]> candidates() {
    boolean any = expected.stream().anyMatch(Bags::matchesAcrossDigests);
    Map<Long, List<Integer>> byDigest = new HashMap<>();
    for (int a = 0; a < actual.size(); a++) {
      long digest = any ? 0 : digest(actual.get(a));
      byDigest.computeIfAbsent(digest, _ -> new ArrayList<>()).add(a);
    }
    Map<Long, int[]> options = new HashMap<>();
    byDigest.forEach((digest, group) ->
        options.put(digest, group.stream().mapToInt(Integer::intValue).toArray()));
    List<int[]> candidates = new ArrayList<>(expected.size());
    for (Object one : expected) {
      candidates.add(options.getOrDefault(any ? 0L : digest(one), new int[0]));
    }
    return candidates;
  }

  private static boolean matchesAcrossDigests(@Nullable Object expected) {
    return switch (expected) {
      case null -> false;
      case Expected.Approx _, Expected.OneOf _, Expected.Subbag _ -> true;
      case Expected.ApproxDouble _ -> false;
      case Expected.Bag(var items) -> items.stream().anyMatch(Bags::matchesAcrossDigests);
      case Expected.SetOf(var items) -> items.stream().anyMatch(Bags::matchesAcrossDigests);
      case Map<?, ?> map -> map.values().stream().anyMatch(Bags::matchesAcrossDigests);
      case Collection<?> items -> items.stream().anyMatch(Bags::matchesAcrossDigests);
      default -> false;
    };
  }

  /// A number that is the same for an expected and an actual value whenever they match.
  ///
  /// For a collection it depends neither on the order nor on the number of equal elements, since a
  /// `#bag` matches any order and a [Expected.SetOf] any number.
  private static long digest(@Nullable Object value) {
    return switch (value) {
      case null -> 1;
      case Expected.Bag(var items) -> digestAll(items);
      case Expected.SetOf(var items) -> digestAll(items);
      case Expected.ApproxDouble _ -> 2;
      case Double _, Float _ -> 2; // near ones match
      case BigDecimal number -> number.stripTrailingZeros().hashCode();
      case Number number when Matcher.isFixed(number) -> Long.hashCode(number.longValue());
      case Number number -> Objects.hashCode(Matcher.big(number));
      case byte[] bytes -> Arrays.hashCode(bytes);
      case Map<?, ?> map -> {
        List<Long> entries = new ArrayList<>();
        map.forEach((key, one) -> entries.add(31 * digest(key) + digest(one)));
        yield digestAll(entries);
      }
      case Collection<?> items -> digestAll(items);
      default -> value.getClass().isArray() ? digestArray(value) : value.hashCode();
    };
  }

  private static long digestArray(Object array) {
    List<@Nullable Object> items = new ArrayList<>();
    for (int i = 0; i < Array.getLength(array); i++) {
      items.add(Array.get(array, i));
    }
    return digestAll(items);
  }

  private static long digestAll(Collection<? extends @Nullable Object> items) {
    long greatest = 3;
    long some = 0;
    for (Object item : items) {
      long mixed = digest(item) * 0x9E3779B97F4A7C15L; // the golden ratio spreads small numbers
      greatest = Math.max(greatest, mixed);
      some |= 1L << (mixed >>> 58);
    }
    return greatest * 31 + some;
  }
}
