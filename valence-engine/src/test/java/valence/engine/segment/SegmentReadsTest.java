package valence.engine.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.engine.index.Batch;
import valence.engine.index.Bound;
import valence.engine.index.Cursor;
import valence.engine.index.DistinctCounts;
import valence.engine.index.Facts;
import valence.engine.index.Foundation;
import valence.engine.index.Indexes;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.index.RowBuffer;
import valence.engine.index.RowFilter;
import valence.engine.index.Run;
import valence.engine.index.TimeView;
import valence.engine.value.ValueOrder;
import valence.engine.value.ValueType;

/// Cursors over segments and what happened since, beside the same rows in trees alone, read from
/// end to end: seeks, columns and codes change nothing of what is read.
class SegmentReadsTest {
  private static final TreeShape SMALL = new TreeShape(64 * PendingRows.ROW_WEIGHT, 4);
  private static final int TRANSACTIONS = 24;
  private static final int ENTITIES = 150;

  private static final int REFS = 10;
  private static final int LONGS = 11;
  private static final int TEXTS = 12;
  private static final int KEYWORDS = 13;
  private static final int FEW = 14;

  private record Fact(long e, int a, long v, @Nullable Object o, long from, long to) {
    Bound bound(int parts) {
      return new Bound(parts, e, a, v, o);
    }
  }

  private record Change(RowBuffer opened, RowBuffer closed) {
    Indexes applyTo(Indexes indexes) {
      return indexes.apply(opened, closed, a -> a == REFS);
    }
  }

  private static Fact random(SplittableRandom random, long t) {
    long e = random.nextInt(ENTITIES);
    int a = REFS + random.nextInt(5);
    Object value = switch (a) {
      case REFS, LONGS -> (Long) (long) random.nextInt(40);
      case TEXTS -> "prefix" + random.nextInt(2000);
      case KEYWORDS -> Keyword.intern("k" + random.nextInt(30));
      default -> "t" + random.nextInt(3);
    };
    ValueType type = switch (a) {
      case REFS, LONGS -> ValueType.LONG;
      case KEYWORDS -> ValueType.KEYWORD;
      default -> ValueType.STRING;
    };
    return new Fact(e, a, type.key(value), type.inline() ? null : value, t, RowBuffer.OPEN);
  }

  private static List<Change> changes(SplittableRandom random) {
    List<Fact> open = new ArrayList<>();
    List<Change> changes = new ArrayList<>();
    for (long t = 1; t <= TRANSACTIONS; t++) {
      RowBuffer opened = new RowBuffer(0);
      RowBuffer closed = new RowBuffer(0);
      int closes = open.isEmpty() ? 0 : random.nextInt(open.size());
      for (int i = 0; i < closes / 3; i++) {
        Fact fact = open.remove(random.nextInt(open.size()));
        closed.add(fact.e(), fact.a(), fact.v(), fact.o(), fact.from(), t);
      }
      int opens = random.nextInt(t % 5 == 0 ? 500 : 20);
      for (int i = 0; i < opens; i++) {
        Fact fact = random(random, t);
        if (open.stream().noneMatch(other -> same(fact, other))) {
          open.add(fact);
          opened.add(fact.e(), fact.a(), fact.v(), fact.o(), t, RowBuffer.OPEN);
        }
      }
      changes.add(new Change(opened, closed));
    }
    return changes;
  }

  private static boolean same(Fact x, Fact y) {
    return x.e() == y.e() && x.a() == y.a() && x.v() == y.v() && Objects.equals(x.o(), y.o());
  }

  /// Segments of what indexes show now and have shown.
  private static Foundation segments(Indexes indexes, long t, MemorySegments segments) {
    List<Run> current = new ArrayList<>();
    List<Run> past = new ArrayList<>();
    for (Order order : Order.values()) {
      current.add(tree(order, false, indexes.cursor(order, Range.ALL, TimeView.NOW), segments));
      past.add(tree(order, true, indexes.everEnded(order), segments));
    }
    return new Foundation(t, current, past, DistinctCounts.UNKNOWN);
  }

  private static SegmentTree tree(
      Order order, boolean closed, Cursor rows, MemorySegments segments) {
    SegmentTree none = SegmentTree.empty(order, closed, segments);
    return new TreeMerge(none, rows, SegmentCursor.NOTHING, segments, SMALL).run();
  }

  /// Rows as text, each column that wasn't asked for left out.
  private static List<String> read(Cursor cursor, int columns) {
    List<String> rows = new ArrayList<>();
    while (cursor.next()) {
      Batch batch = cursor.batch();
      for (int i = batch.start; i < batch.end; i++) {
        rows.add(row(batch, i, columns));
      }
    }
    assertFalse(cursor.next(), "a cursor stays at its end");
    return rows;
  }

  private static String row(Batch batch, int i, int columns) {
    Object object = (columns & Batch.V) == 0 ? null : batch.object(i);
    if ((columns & Batch.V) != 0 && batch.dictionary != null) {
      int code = batch.codes[i];
      assertTrue(code >= 0 && code < batch.dictionary.size());
      assertEquals(object, batch.dictionary.value(code), "what the code says");
    }
    return ((columns & Batch.E) == 0 ? "" : batch.e[i] + " ")
        + ((columns & Batch.A) == 0 ? "" : batch.a[i] + " ")
        + ((columns & Batch.V) == 0 ? "" : (object == null ? "" + batch.v[i] : object) + " ")
        + ((columns & Batch.T) == 0 ? "" : batch.t[i] + (batch.added(i) ? "+" : "-"));
  }

  /// All rows of a cursor, to be told apart from a bound.
  private static List<Fact> facts(Cursor cursor) {
    List<Fact> facts = new ArrayList<>();
    while (cursor.next()) {
      Batch batch = cursor.batch();
      for (int i = batch.start; i < batch.end; i++) {
        facts.add(new Fact(
            batch.e[i], batch.a[i], batch.v[i], batch.object(i), batch.t[i], RowBuffer.OPEN));
      }
    }
    return facts;
  }

  /// Below zero where the fact lies before the bound.
  private static int compare(Order order, Fact fact, Bound bound) {
    int e = Long.compare(fact.e(), bound.e());
    int a = Integer.compare(fact.a(), bound.a());
    int v = ValueOrder.compare(fact.v(), fact.o(), bound.v(), bound.o());
    int[] components = switch (order) {
      case EAVT -> new int[] {e, a, v};
      case AEVT -> new int[] {a, e, v};
      case AVET -> new int[] {a, v, e};
      case VAET -> new int[] {v, a, e};
    };
    for (int i = 0; i < bound.parts(); i++) {
      if (components[i] != 0) {
        return components[i];
      }
    }
    return 0;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void seeksAndColumnsReadWhatIsThere(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Indexes plain = Indexes.EMPTY;
    Indexes laid = Indexes.EMPTY;
    MemorySegments segments = new MemorySegments(seed % 2 == 0);
    long lay = seed == 1 ? TRANSACTIONS : 1 + random.nextInt(TRANSACTIONS);
    long t = 0;
    for (Change change : changes(random)) {
      plain = change.applyTo(plain);
      laid = change.applyTo(laid);
      if (++t == lay) {
        laid = Indexes.over(segments(plain, t, segments));
      }
    }
    for (TimeView view : List.of(
        TimeView.NOW,
        TimeView.NOW.withAsOf(11),
        TimeView.NOW.withAsOf(20),
        TimeView.NOW.withSince(11),
        TimeView.NOW.withHistory(),
        TimeView.NOW.withHistory().withAsOf(21).withSince(4))) {
      if (!view.history()) {
        points(plain, laid, view, random, "seed " + seed + " " + view);
        points(plain, plain, view, random, "seed " + seed + " in trees " + view);
      }
      for (Order order : Order.values()) {
        check(plain, laid, order, Range.ALL, view, random, seed);
        for (int a = REFS; a <= FEW; a++) {
          check(plain, laid, order, Range.prefix(prefix(order, a)), view, random, seed);
        }
        Fact pivot = random(random, 0);
        Range from =
            new Range(pivot.bound(1 + random.nextInt(3)), random.nextBoolean(), Bound.NONE, true);
        check(plain, laid, order, from, view, random, seed);
      }
    }
  }

  /// Reads of one entity, and of who has a value, find what a cursor finds or leave it to one.
  private static void points(
      Indexes plain, Indexes read, TimeView view, SplittableRandom random, String where) {
    for (long e = 0; e < ENTITIES + 2; e++) {
      List<String> found = new ArrayList<>();
      Facts facts = new Facts() {
        @Override
        public boolean wants(int attribute) {
          return attribute != LONGS;
        }

        @Override
        public void fact(int attribute, long key, @Nullable Object object) {
          found.add(attribute + " " + (object == null ? key : object));
        }
      };
      List<String> expected =
          facts(plain.cursor(Order.EAVT, Range.prefix(Bound.e(e)), view)).stream()
              .filter(fact -> fact.a() != LONGS)
              .map(fact -> fact.a() + " " + (fact.o() == null ? fact.v() : fact.o()))
              .sorted()
              .toList();
      if (read.visit(e, view, facts)) {
        assertEquals(expected, found.stream().sorted().toList(), where + ", entity " + e);
      }
      Bound value = random(random, 0).bound(2);
      long holder = read.firstEntity(value, view);
      List<Fact> holders = facts(plain.cursor(Order.AVET, Range.prefix(value), view));
      if (holder != Run.UNSURE) {
        long first = holders.isEmpty() ? Run.NO_ROW : holders.getFirst().e();
        assertEquals(first, holder, where + ", holder of " + value);
      }
    }
  }

  private static Bound prefix(Order order, int a) {
    return switch (order) {
      case EAVT -> Bound.e(a * 7L);
      case VAET -> Bound.v(a);
      case AEVT, AVET -> Bound.a(a);
    };
  }

  private static void check(
      Indexes plain,
      Indexes laid,
      Order order,
      Range range,
      TimeView view,
      SplittableRandom random,
      long seed) {
    String where = "seed " + seed + ", " + order + " " + range + " " + view;
    for (int i = 0; i < 4; i++) {
      int columns = 1 + random.nextInt(Batch.ALL);
      assertEquals(
          read(plain.cursor(order, range, view), columns),
          read(laid.cursor(order, range, view, columns), columns),
          where + ", columns " + columns);
    }
    List<Fact> expected = facts(plain.cursor(order, range, view));
    for (int i = 0; i < 2; i++) {
      int columns = random.nextInt(Batch.ALL + 1);
      String here = where + ", columns " + columns;
      hop(laid.cursor(order, range, view, columns), columns, expected, order, random, here);
      hop(plain.cursor(order, range, view, columns), columns, expected, order, random, here);
    }
    List<Fact> even = expected.stream().filter(fact -> fact.e() % 2 == 0).toList();
    Cursor filtered =
        RowFilter.over(laid.cursor(order, range, view), (batch, row) -> batch.e[row] % 2 == 0);
    hop(filtered, Batch.ALL, even, order, random, where + ", even");
    List<Fact> sieved = expected.stream().filter(fact -> fact.a() != TEXTS).toList();
    Cursor rest = Indexes.sieved(laid.cursor(order, range, view), a -> a != TEXTS);
    hop(rest, Batch.ALL, sieved, order, random, where + ", without an attribute");
  }

  /// Reads some rows, seeks, reads some more.
  private static void hop(
      Cursor cursor,
      int columns,
      List<Fact> expected,
      Order order,
      SplittableRandom random,
      String where) {
    int at = 0;
    boolean begins = random.nextBoolean(); // else the first thing asked for is a seek
    boolean there = begins && cursor.next();
    assertEquals(begins && !expected.isEmpty(), there, where);
    while (at < expected.size()) {
      if (there && random.nextBoolean()) {
        Batch batch = cursor.batch();
        int rows = 1 + random.nextInt(Math.min(batch.count(), 30));
        for (int i = 0; i < rows; i++) {
          same(expected.get(at++), batch, batch.start++, columns, where);
        }
        if (batch.start == batch.end) {
          there = cursor.next();
        }
        assertEquals(there, at < expected.size(), where);
        continue;
      }
      int near = Math.min(expected.size() - 1, at + random.nextInt(random.nextInt(2) * 300 + 3));
      Fact target = random.nextInt(3) == 0 ? random(random, 0) : expected.get(near);
      Bound bound = target.bound(1 + random.nextInt(3));
      while (at < expected.size() && compare(order, expected.get(at), bound) < 0) {
        at++;
      }
      there = cursor.seek(order, bound);
      assertEquals(at < expected.size(), there, where + " sought " + bound);
      if (there) {
        Batch batch = cursor.batch();
        same(expected.get(at), batch, batch.start, columns, where + " sought " + bound);
      }
    }
  }

  private static void same(Fact fact, Batch batch, int row, int columns, String where) {
    RowBuffer one = new RowBuffer(1);
    one.add(fact.e(), fact.a(), fact.v(), fact.o(), fact.from(), fact.to());
    Indexes indexes = Indexes.EMPTY.apply(one, new RowBuffer(0), a -> true);
    Cursor cursor = indexes.cursor(Order.EAVT, Range.ALL, TimeView.NOW);
    assertTrue(cursor.next());
    assertEquals(
        row(cursor.batch(), 0, columns & ~Batch.T), row(batch, row, columns & ~Batch.T), where);
    assertTrue((columns & Batch.T) == 0 || batch.t[row] == fact.from(), where);
  }
}
