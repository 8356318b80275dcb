package valence.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import valence.engine.index.Batch;
import valence.engine.index.Bound;
import valence.engine.index.Cursor;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.segment.RowsOfAllTypes.Row;
import valence.engine.store.BlobId;

class SegmentTreeTest {
  /// Leaves of some 64 rows and directories of 8 children, so that few rows make a deep tree.
  private static final TreeShape SMALL = new TreeShape(64 * PendingRows.ROW_WEIGHT, 8);

  private static final int RANGES = 25; // of each version; there are 9 in each of 24 cases

  record Case(Order order, boolean closed, boolean compresses, long seed) {}

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (Order order : Order.values()) {
      for (long seed = 1; seed <= 3; seed++) {
        cases.add(new Case(order, false, seed == 1, seed));
        cases.add(new Case(order, true, seed == 2, seed));
      }
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyRangeOfEveryVersionAgreesWithASortedList(Case a) {
    SplittableRandom random = new SplittableRandom(a.seed());
    RowsOfAllTypes rows = new RowsOfAllTypes(random, 300);
    MemorySegments segments = new MemorySegments(a.compresses());
    SegmentTree tree = SegmentTree.empty(a.order(), a.closed(), segments);
    TreeSet<Row> model = new TreeSet<>(RowsOfAllTypes.comparator(a.order(), 4));
    int[] sizes = {0, 1, 2500, 10, 400, 3, 1500, 0, 700};
    int[] removals = {0, 0, 0, 500, 10, 900, 1, 2500, Integer.MAX_VALUE};
    for (int round = 0; round < sizes.length; round++) {
      TreeSet<Row> removes = new TreeSet<>(model.comparator());
      List<Row> known = new ArrayList<>(model);
      boolean near = round % 2 == 0;
      int first = known.isEmpty() ? 0 : random.nextInt(known.size());
      for (int i = 0; i < Math.min(removals[round], known.size()); i++) {
        int at = removals[round] > known.size()
            ? i
            : near ? (first + i) % known.size() : random.nextInt(known.size());
        removes.add(known.get(at));
      }
      TreeSet<Row> adds = new TreeSet<>(model.comparator());
      while (adds.size() < sizes[round]) {
        Row row = rows.row(a.order(), a.closed());
        if (!model.contains(row)) {
          adds.add(row);
        }
      }
      tree = new TreeMerge(
              tree,
              rows.cursor(new ArrayList<>(adds), a.closed()),
              rows.cursor(new ArrayList<>(removes), a.closed()),
              segments,
              SMALL)
          .run();
      model.removeAll(removes);
      model.addAll(adds);
      check(tree, new ArrayList<>(model), rows, random, a + " round " + round);
    }
  }

  private static void check(
      SegmentTree tree,
      List<Row> model,
      RowsOfAllTypes rows,
      SplittableRandom random,
      String where) {
    assertEquals(model.size(), tree.count(), where);
    assertEquals(RowsOfAllTypes.show(model), RowsOfAllTypes.read(tree.cursor(Range.ALL)), where);
    checkShape(tree, where);
    for (int i = 0; i < RANGES; i++) {
      Row low = pivot(model, rows, tree, random);
      Row high = pivot(model, rows, tree, random);
      int lowParts = random.nextInt(4);
      int highParts = random.nextInt(4);
      Range range = random.nextBoolean()
          ? Range.prefix(RowsOfAllTypes.bound(low, lowParts))
          : new Range(
              RowsOfAllTypes.bound(low, lowParts),
              lowParts == 0 || random.nextBoolean(),
              RowsOfAllTypes.bound(high, highParts),
              highParts == 0 || random.nextBoolean());
      List<Row> expected =
          model.stream().filter(row -> isIn(tree.order(), row, range)).toList();
      String here = where + " " + range;
      assertEquals(expected.size(), tree.count(range), here);
      assertEquals(RowsOfAllTypes.show(expected), RowsOfAllTypes.read(tree.cursor(range)), here);
      int back = random.nextInt(1, 100);
      List<Row> one = expected.isEmpty()
          ? List.of()
          : List.of(expected.get(Math.max(0, expected.size() - back)));
      assertEquals(RowsOfAllTypes.show(one), RowsOfAllTypes.read(tree.fromEnd(range, back)), here);
    }
  }

  private static Row pivot(
      List<Row> model, RowsOfAllTypes rows, SegmentTree tree, SplittableRandom random) {
    return model.isEmpty() || random.nextBoolean()
        ? rows.row(tree.order(), tree.closed())
        : model.get(random.nextInt(model.size()));
  }

  private static boolean isIn(Order order, Row row, Range range) {
    int low = compare(order, row, range.low());
    int high = compare(order, row, range.high());
    return (range.lowIn() ? low >= 0 : low > 0) && (range.highIn() ? high <= 0 : high < 0);
  }

  private static int compare(Order order, Row row, Bound bound) {
    Row other = new Row(bound.e(), bound.a(), bound.v(), bound.o(), 0, 0);
    Comparator<Row> comparator = RowsOfAllTypes.comparator(order, bound.parts());
    return comparator.compare(row, other);
  }

  /// Counts are true, and leaves neither too small nor too large.
  private static void checkShape(SegmentTree tree, String where) {
    BlobId root = tree.root();
    if (root == null) {
      assertEquals(0, tree.count(), where);
      return;
    }
    List<Segment> level = List.of(tree.source().segment(root));
    while (level.get(0) instanceof Directory) {
      List<Segment> below = new ArrayList<>();
      for (Segment segment : level) {
        Directory directory = (Directory) segment;
        assertThat(directory.childCount()).as(where).isLessThanOrEqualTo(SMALL.children());
        for (int i = 0; i < directory.childCount(); i++) {
          Segment child = tree.read(directory, i);
          below.add(child);
          boolean alone = directory.childCount() == 1;
          assertThat(alone || !(child instanceof Leaf) || child.rowCount() >= 8)
              .as(where + " has a leaf of " + child.rowCount() + " rows")
              .isTrue();
        }
      }
      level = below;
    }
    for (Segment segment : level) {
      assertThat(segment.rowCount()).as(where).isLessThanOrEqualTo(96);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void entitiesAreFoundOneByOneAsTheyStand(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    RowsOfAllTypes rows = new RowsOfAllTypes(random, 1 + random.nextInt(600));
    TreeSet<Row> model = new TreeSet<>(RowsOfAllTypes.comparator(Order.AEVT, 2));
    for (int i = random.nextInt(4000); i >= 0; i--) {
      model.add(rows.row(Order.AEVT, false));
    }
    MemorySegments segments = new MemorySegments(true);
    SegmentTree tree = new TreeMerge(
            SegmentTree.empty(Order.AEVT, false, segments),
            rows.cursor(new ArrayList<>(model), false),
            SegmentCursor.NOTHING,
            segments,
            SMALL)
        .run();
    List<Row> all = new ArrayList<>(model);
    for (int round = 0; round < 300; round++) {
      int attribute = all.get(random.nextInt(all.size())).a() + random.nextInt(8) / 7;
      long[] entities = new long[1 + random.nextInt(1 << random.nextInt(9))];
      for (int i = 0; i < entities.length; i++) {
        long some = random.nextBoolean()
            ? all.get(random.nextInt(all.size())).e()
            : rows.row(Order.AEVT, false).e();
        entities[i] = i > 0 && random.nextInt(6) == 0 ? entities[i - 1] : some;
      }
      Arrays.sort(entities);
      boolean withValues = random.nextBoolean();
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < entities.length; i++) {
        Row row = model.ceiling(new Row(entities[i], attribute, Long.MIN_VALUE, null, 0, 0));
        if (row != null && row.e() == entities[i] && row.a() == attribute) {
          expected.add(i + " " + (withValues ? value(row.o() == null ? row.v() : 0, row.o()) : ""));
        }
      }
      List<String> found = new ArrayList<>();
      assertTrue(tree.find(
          attribute,
          entities,
          entities.length,
          withValues,
          (at, key, object) -> found.add(at + " " + (withValues ? value(key, object) : ""))));
      assertEquals(expected, found, "seed " + seed + " round " + round);
    }
  }

  private static String value(long key, @Nullable Object object) {
    return key + " " + (object instanceof byte[] bytes ? Arrays.toString(bytes) : "" + object);
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void segmentsWithoutChangesStayWhatTheyAre(Order order) {
    SplittableRandom random = new SplittableRandom(7);
    RowsOfAllTypes rows = new RowsOfAllTypes(random, 100_000);
    MemorySegments segments = new MemorySegments(true);
    TreeSet<Row> all = new TreeSet<>(RowsOfAllTypes.comparator(order, 4));
    while (all.size() < 20_000) {
      all.add(rows.row(order, false));
    }
    Row extra = all.removeFirst();
    Cursor nothing = SegmentCursor.NOTHING;
    SegmentTree tree = new TreeMerge(
            SegmentTree.empty(order, false, segments),
            rows.cursor(new ArrayList<>(all), false),
            nothing,
            segments,
            SMALL)
        .run();
    Set<BlobId> before = new HashSet<>(segments.blobs.keySet());
    SegmentTree next =
        new TreeMerge(tree, rows.cursor(List.of(extra), false), nothing, segments, SMALL).run();
    Set<BlobId> made = new HashSet<>(segments.blobs.keySet());
    made.removeAll(before);
    assertEquals(20_000, next.count());
    assertThat(made.size()).isBetween(2, 8);
    assertThat(RowsOfAllTypes.read(tree.cursor(Range.ALL))).hasSize(19_999);
    SegmentTree back =
        new TreeMerge(next, nothing, rows.cursor(List.of(extra), false), segments, SMALL).run();
    assertEquals(tree.root(), back.root(), "the same rows in the same leaves are the same tree");
    assertEquals(back, back.merge(nothing, nothing, segments), "no change, no work");
  }

  @Test
  void fullLeavesHoldThousandsOfRowsAndLongValuesFewer() {
    MemorySegments segments = new MemorySegments(true);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      rows.add(new Row(i, 1, i, null, 1, Long.MAX_VALUE));
    }
    RowsOfAllTypes random = new RowsOfAllTypes(new SplittableRandom(1), 1);
    SegmentTree tree = SegmentTree.empty(Order.EAVT, false, segments)
        .merge(random.cursor(rows, false), SegmentCursor.NOTHING, segments);
    assertThat(segments.blobs).hasSize(1 + 5);
    List<Row> texts = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      texts.add(new Row(30_000 + i, 2, Long.MIN_VALUE, "\0".repeat(100_000) + i, 2, 0));
    }
    SegmentTree longer = tree.merge(random.cursor(texts, false), SegmentCursor.NOTHING, segments);
    assertEquals(20_100, longer.count());
    Cursor last = longer.fromEnd(Range.ALL, 1);
    assertThat(last.next()).isTrue();
    Batch batch = last.batch();
    assertEquals(texts.getLast().o(), batch.object(batch.start));
    assertThat(segments.blobs.size()).isGreaterThan(6 + 15);
  }
}
