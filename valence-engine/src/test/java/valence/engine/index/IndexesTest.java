package valence.engine.index;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Trees, cursors and time views beside a model: a plain list of facts with their intervals.
/// Foundations are laid at random moments, behind the newest transactions and under values that are
/// still read.
class IndexesTest {
  private static final int STRING_ATTRIBUTE = 7; // attribute 7 has strings, the others references

  /// A row of the model.
  private record Fact(long e, int a, long v, @Nullable String o, long from, long to) {
    Fact closedAt(long t) {
      return new Fact(e, a, v, o, from, t);
    }

    List<Object> key() {
      return List.of(e, a, v, o == null ? "" : o);
    }
  }

  private static Fact random(SplittableRandom random, long t) {
    long e = random.nextInt(40);
    int a = 5 + random.nextInt(3);
    if (a != STRING_ATTRIBUTE) {
      return new Fact(e, a, random.nextInt(20), null, t, RowBuffer.OPEN);
    }
    // Few keys, so that the objects have to settle many comparisons.
    String value = "prefix" + random.nextInt(20);
    return new Fact(e, a, value.charAt(0), value, t, RowBuffer.OPEN);
  }

  /// What one transaction did.
  private record Change(Indexes before, RowBuffer opened, RowBuffer closed) {
    Indexes applyTo(Indexes indexes) {
      return indexes.apply(opened, closed, a -> a != STRING_ATTRIBUTE);
    }
  }

  /// Everything that a value shows now or has ever shown, as trees.
  private static Foundation foundation(Indexes indexes, long t) {
    List<Run> current = new ArrayList<>();
    List<Run> past = new ArrayList<>();
    for (Order order : Order.values()) {
      Cursor open = indexes.cursor(order, Range.ALL, TimeView.NOW);
      current.add(tree(order, false, open));
      Cursor closed = new MergeCursor(
          order,
          indexes.foundation().past(order).cursor(Range.ALL),
          indexes.since().everEnded(order),
          Batch.ALL);
      past.add(tree(order, true, closed));
    }
    return new Foundation(t, current, past, DistinctCounts.UNKNOWN);
  }

  private static Tree tree(Order order, boolean closed, Cursor cursor) {
    RowBuffer rows = new RowBuffer(0);
    while (cursor.next()) {
      Batch batch = cursor.batch();
      for (int i = batch.start; i < batch.end; i++) {
        rows.add(batch.e[i], batch.a[i], batch.v[i], batch.object(i), batch.t[i], batch.to(i));
      }
    }
    return Tree.empty(order, closed)
        .merge(rows.sorted(order, closed, a -> true), Rows.empty(closed));
  }

  private static Comparator<Fact> comparator(Order order) {
    Comparator<Fact> e = Comparator.comparingLong(Fact::e);
    Comparator<Fact> a = Comparator.comparingInt(Fact::a);
    Comparator<Fact> v =
        Comparator.comparingLong(Fact::v).thenComparing(fact -> fact.o() == null ? "" : fact.o());
    Comparator<Fact> components = switch (order) {
      case EAVT -> e.thenComparing(a).thenComparing(v);
      case AEVT -> a.thenComparing(e).thenComparing(v);
      case AVET -> a.thenComparing(v).thenComparing(e);
      case VAET -> v.thenComparing(a).thenComparing(e);
    };
    return components.thenComparingLong(Fact::from);
  }

  private static List<String> read(Cursor cursor) {
    List<String> rows = new ArrayList<>();
    while (cursor.next()) {
      Batch batch = cursor.batch();
      assert batch.count() > 0 : "a batch has a row";
      for (int i = batch.start; i < batch.end; i++) {
        rows.add(
            row(batch.e[i], batch.a[i], batch.v[i], batch.object(i), batch.t[i], batch.added(i)));
      }
    }
    return rows;
  }

  private static String row(@Nullable Row row) {
    return row == null ? "" : row(row.e(), row.a(), row.v(), row.o(), row.from(), true);
  }

  private static String row(long e, int a, long v, @Nullable Object o, long t, boolean added) {
    return e + " " + a + " " + (o == null ? v : o) + " " + t + (added ? " +" : " -");
  }

  /// What the model shows of a range in a view.
  private static List<String> expected(
      List<Fact> facts, Order order, TimeView view, Predicate<Fact> inRange) {
    List<String> rows = new ArrayList<>();
    List<Fact> sorted = facts.stream()
        .filter(inRange)
        .filter(fact -> order != Order.VAET || fact.a() != STRING_ATTRIBUTE)
        .sorted(comparator(order))
        .toList();
    if (!view.history()) {
      for (Fact fact : sorted) {
        if (fact.from() > view.since()
            && fact.from() <= view.asOf()
            && fact.to() > view.asOf() - (view.asOf() == Long.MAX_VALUE ? 1 : 0)) {
          rows.add(row(fact.e(), fact.a(), fact.v(), fact.o(), fact.from(), true));
        }
      }
      return rows;
    }
    Map<List<Object>, List<String>> events = new LinkedHashMap<>();
    for (Fact fact : sorted) {
      List<String> group = events.computeIfAbsent(fact.key(), key -> new ArrayList<>());
      if (fact.from() > view.since() && fact.from() <= view.asOf()) {
        group.add(0, row(fact.e(), fact.a(), fact.v(), fact.o(), fact.from(), true));
      }
      if (fact.to() != RowBuffer.OPEN && fact.to() > view.since() && fact.to() <= view.asOf()) {
        group.add(0, row(fact.e(), fact.a(), fact.v(), fact.o(), fact.to(), false));
      }
    }
    events.values().forEach(rows::addAll);
    return rows;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void everyViewOfEveryRangeAgreesWithAListOfFacts(long seed) {
    checkAfter(30, 400, seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void soItDoesAfterManySmallTransactions(long seed) {
    checkAfter(3 * Step.DEPTH_MAX, 6, seed);
  }

  private static void checkAfter(int transactions, int largest, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Fact> facts = new ArrayList<>();
    Indexes indexes = Indexes.EMPTY;
    int smallest = Math.min(30, largest / 2);
    int seldom = Math.max(2, transactions / 15); // something is read, or a foundation taken
    List<Change> changes = new ArrayList<>();
    for (long t = 1; t <= transactions; t++) {
      RowBuffer opened = new RowBuffer(0);
      RowBuffer closed = new RowBuffer(0);
      Map<List<Object>, Integer> open = new LinkedHashMap<>();
      for (int i = 0; i < facts.size(); i++) {
        if (facts.get(i).to() == RowBuffer.OPEN) {
          open.put(facts.get(i).key(), i);
        }
      }
      int attempts = random.nextInt(1 + (t % 7 == 0 ? largest : smallest));
      for (int i = 0; i < attempts; i++) {
        Fact fact = random(random, t);
        Integer known = open.get(fact.key());
        if (known == null) {
          open.put(fact.key(), -1);
          facts.add(fact);
          opened.add(fact.e(), fact.a(), fact.v(), fact.o(), t, RowBuffer.OPEN);
        } else if (known >= 0) {
          Fact old = facts.get(known).closedAt(t);
          open.put(fact.key(), -1);
          facts.set(known, old);
          closed.add(old.e(), old.a(), old.v(), old.o(), old.from(), t);
        }
      }
      Change change = new Change(indexes, opened, closed);
      changes.add(change);
      indexes = change.applyTo(indexes);
      if (random.nextInt(seldom) == 0) { // makes some of the trees, and leaves others
        Fact pivot = random(random, 0);
        Order order = Order.values()[random.nextInt(4)];
        Bound bound = new Bound(1 + random.nextInt(2), pivot.e(), pivot.a(), pivot.v(), pivot.o());
        checkRange(
            indexes,
            facts,
            order,
            random.nextBoolean() ? TimeView.NOW : TimeView.NOW.withHistory(),
            Range.prefix(bound),
            fact -> compare(order, bound.parts(), fact, pivot) == 0,
            seed);
      }
      if (seed % 4 != 0 && random.nextInt(3 * seldom) == 0) {
        int known = random.nextInt(changes.size());
        long foundationT = indexes.foundation().t();
        if (known > foundationT) {
          Foundation newer = foundation(changes.get(known).before(), known);
          if (random.nextBoolean()) {
            indexes = indexes.onto(newer);
          } else {
            indexes = Indexes.over(newer);
            for (Change later : changes.subList(known, changes.size())) {
              indexes = later.applyTo(indexes);
            }
          }
        }
      }
    }
    checkEveryView(indexes, facts, random, seed);
    Indexes laid = Indexes.over(foundation(indexes, transactions));
    assertEquals(0, laid.noveltyRows());
    checkEveryView(laid, facts, random, seed);
  }

  private static void checkEveryView(
      Indexes indexes, List<Fact> facts, SplittableRandom random, long seed) {
    for (TimeView view : List.of(
        TimeView.NOW,
        TimeView.NOW.withAsOf(11),
        TimeView.NOW.withSince(11),
        TimeView.NOW.withAsOf(20).withSince(9),
        TimeView.NOW.withHistory(),
        TimeView.NOW.withHistory().withAsOf(15).withSince(4))) {
      for (Order order : Order.values()) {
        checkRange(indexes, facts, order, view, Range.ALL, fact -> true, seed);
        for (int i = 0; i < 10; i++) {
          checkRandomRanges(indexes, facts, order, view, random, seed);
        }
      }
    }
  }

  private static void checkRandomRanges(
      Indexes indexes,
      List<Fact> facts,
      Order order,
      TimeView view,
      SplittableRandom random,
      long seed) {
    Fact pivot = random(random, 0);
    Bound full = Bound.eav(pivot.e(), pivot.a(), pivot.v(), pivot.o());
    int parts = 1 + random.nextInt(3);
    Bound bound = new Bound(parts, full.e(), full.a(), full.v(), full.o());
    checkRange(
        indexes,
        facts,
        order,
        view,
        Range.prefix(bound),
        fact -> compare(order, parts, fact, pivot) == 0,
        seed);
    checkRange(
        indexes,
        facts,
        order,
        view,
        Range.from(bound),
        fact -> compare(order, parts, fact, pivot) >= 0,
        seed);
    checkRange(
        indexes,
        facts,
        order,
        view,
        new Range(Bound.NONE, true, bound, false),
        fact -> compare(order, parts, fact, pivot) < 0,
        seed);
    checkRange(
        indexes,
        facts,
        order,
        view,
        new Range(bound, false, Bound.NONE, true),
        fact -> compare(order, parts, fact, pivot) > 0,
        seed);
  }

  /// Compares the leading components of two facts.
  private static int compare(Order order, int parts, Fact x, Fact y) {
    int e = Long.compare(x.e(), y.e());
    int a = Integer.compare(x.a(), y.a());
    int v = Long.compare(x.v(), y.v());
    if (v == 0 && x.o() != null && y.o() != null) {
      v = x.o().compareTo(y.o());
    }
    int[] components = switch (order) {
      case EAVT -> new int[] {e, a, v};
      case AEVT -> new int[] {a, e, v};
      case AVET -> new int[] {a, v, e};
      case VAET -> new int[] {v, a, e};
    };
    for (int i = 0; i < parts; i++) {
      if (components[i] != 0) {
        return components[i];
      }
    }
    return 0;
  }

  private static void checkRange(
      Indexes indexes,
      List<Fact> facts,
      Order order,
      TimeView view,
      Range range,
      Predicate<Fact> inRange,
      long seed) {
    List<String> expected = expected(facts, order, view, inRange);
    List<String> actual = read(indexes.cursor(order, range, view));
    assertEquals(expected, actual, () -> "seed " + seed + ", " + order + " " + view + " " + range);
    long countMax = indexes.countMax(order, range, view);
    assert countMax >= actual.size() : "seed " + seed + ": " + countMax + " < " + actual.size();
    if (view.isNow()) {
      assertEquals(actual.size(), countMax, () -> "seed " + seed);
      assertEquals(
          actual.isEmpty() ? "" : actual.getLast(),
          row(indexes.last(order, range)),
          () -> "seed " + seed);
      if (range.low() == range.high()) {
        String found = row(indexes.row(order, range.low()));
        assert actual.isEmpty() ? found.isEmpty() : actual.contains(found) : "seed " + seed;
      }
    }
    assertEquals(
        expected.reversed(),
        read(indexes.descending(order, range, view)),
        () -> "seed " + seed + ", descending, " + order + " " + view + " " + range);
  }
}
