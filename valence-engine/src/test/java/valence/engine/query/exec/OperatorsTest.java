package valence.engine.query.exec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.engine.query.syntax.Term.Variable;

/// Columns of all kinds, and the operators that look at them, beside lists of values.
class OperatorsTest {
  private static final Variable A = new Variable("?a");
  private static final Variable B = new Variable("?b");
  private static final Variable C = new Variable("?c");

  private final Budget budget = new Budget(Duration.ofMinutes(1));

  /// Three threads, however little there is to do.
  private final Budget helped =
      new Budget(Duration.ofMinutes(1), OptionalLong.empty(), new Workers(3, 1));

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void distinctKeepsTheFirstOfEqualRows(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 200; round++) {
      int count = 2 + random.nextInt(60);
      List<Column> columns = new ArrayList<>();
      for (int i = 0; i <= random.nextInt(3); i++) {
        columns.add(column(random, count));
      }
      Set<List<@Nullable Object>> seen = new LinkedHashSet<>();
      int[] expected =
          IntStream.range(0, count).filter(row -> seen.add(row(columns, row))).toArray();
      for (Budget used : List.of(budget, helped)) {
        Distinct distinct = new Distinct(columns, count, used);
        assertArrayEquals(
            expected,
            Arrays.copyOf(distinct.rows(), distinct.count()),
            () -> "seed " + seed + ", " + columns);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void severalThreadsMakeWhatOneMakes(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 100; round++) {
      Relation left = relation(random, List.of(A, B), random.nextInt(2000));
      Relation right = relation(random, List.of(B, C), random.nextInt(2000));
      int rowCount = left.count();
      Groups groups = Groups.of(left, new int[] {0, 1}, budget);
      Groups others = Groups.of(left, new int[] {0, 1}, helped);
      assertArrayEquals(groups.ofRows(), others.ofRows(), () -> "seed " + seed);
      assertEquals(groups.count(), others.count());
      assertSame(left.join(right, budget), left.join(right, helped), seed);
      for (boolean wanted : new boolean[] {true, false}) {
        assertSame(
            Join.semi(left, right, wanted, List.of(B), budget),
            Join.semi(left, right, wanted, List.of(B), helped),
            seed);
      }
      if (left.column(A) instanceof Column.Keys && rowCount > 0) {
        Groups by = Groups.of(left, new int[] {1}, budget);
        for (String name : List.of("sum", "avg", "min", "max", "median", "count-distinct")) {
          assertArrayEquals(
              new GroupAggregates(by, budget).of(name, List.of(), 0),
              new GroupAggregates(by, helped).of(name, List.of(), 0),
              () -> "seed " + seed + ", " + name);
        }
      }
    }
  }

  private static void assertSame(Relation expected, Relation actual, long seed) {
    assertEquals(expected.variables(), actual.variables());
    assertEquals(expected.count(), actual.count(), () -> "seed " + seed);
    for (int row = 0; row < expected.count(); row++) {
      for (int i = 0; i < expected.variables().size(); i++) {
        assertEquals(expected.value(row, i), actual.value(row, i), () -> "seed " + seed);
      }
    }
  }

  private static Relation relation(SplittableRandom random, List<Variable> variables, int count) {
    List<Column> columns = new ArrayList<>();
    variables.forEach(variable -> columns.add(column(random, count)));
    return new Relation(variables, columns, count);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void columnsOfOneValueAreEqualAndHashAlikeWhateverTheirKind(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 200; round++) {
      Column one = column(random, 20);
      Column other = column(random, 20);
      for (int row = 0; row < 20; row++) {
        for (int otherRow = 0; otherRow < 20; otherRow++) {
          boolean equal = Values.equal(one.value(row), other.value(otherRow));
          assertEquals(equal, one.equal(row, other, otherRow), () -> "seed " + seed);
          assertTrue(!equal || one.hash(row) == other.hash(otherRow), () -> "seed " + seed);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void sortingPutsKeysOfAnyWidthInOrder(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 200; round++) {
      int shift = random.nextInt(Long.SIZE);
      long[] keys = random
          .longs(1 + random.nextInt(round % 10 == 0 ? 5000 : 50))
          .map(key -> key >> shift)
          .toArray();
      Integer[] expected = IntStream.range(0, keys.length).boxed().toArray(Integer[]::new);
      Arrays.sort(expected, Comparator.comparingLong(position -> keys[position]));
      int[] order = Sorting.order(keys, keys.length);
      assertArrayEquals(
          Arrays.stream(expected).mapToInt(Integer::intValue).toArray(),
          order,
          () -> "seed " + seed + ", " + Arrays.toString(keys));
      long[] sorted = keys.clone();
      Arrays.sort(sorted);
      assertArrayEquals(sorted, Sorting.sorted(keys, order));
    }
  }

  @Test
  void aKeyOfOneSideIsOneOfTheRowsWhenTheOtherMatchesOnceAtMost() {
    List<Set<Variable>> left = List.of(Set.of(A));
    List<Set<Variable>> right = List.of(Set.of(B));
    assertEquals(left, RowKeys.joined(left, right, Set.of(B), true));
    assertEquals(right, RowKeys.joined(left, right, Set.of(A), true));
    assertEquals(List.of(Set.of(A, B)), RowKeys.joined(left, right, Set.of(C), true));
    // Two names of an entity make two rows of one.
    assertEquals(List.of(Set.of(A, B)), RowKeys.joined(left, right, Set.of(A), false));
  }

  @Test
  void projectionForgetsKeysThatLoseAVariable() {
    Column keys = new Column.Keys(Kind.LONG, new long[] {1, 2, 2});
    Relation rows = new Relation(List.of(A, B), List.of(keys, keys), 3, List.of(Set.of(A, B)));
    assertFalse(rows.keys().isEmpty());
    assertEquals(List.of(), rows.project(List.of(A)).keys());
    assertEquals(2, rows.project(List.of(A)).distinct(budget).count());
  }

  private static List<@Nullable Object> row(List<Column> columns, int row) {
    List<@Nullable Object> values = new ArrayList<>();
    columns.forEach(column -> values.add(column.value(row)));
    return values;
  }

  private static Column column(SplittableRandom random, int count) {
    return switch (random.nextInt(4)) {
      case 0 -> new Column.Keys(Kind.LONG, random.longs(count, -3, 4).toArray());
      case 1 ->
        new Column.Keys(
            Kind.LONG, random.longs(count, 0, 5).map(key -> key << 59).toArray());
      case 2 -> {
        ValueCodes values = new ValueCodes();
        int[] codes = new int[count];
        for (int i = 0; i < count; i++) {
          codes[i] = values.code("v" + random.nextInt(40));
        }
        yield new Column.Codes(values, codes);
      }
      default -> {
        @Nullable Object[] values = new Object[count];
        for (int i = 0; i < count; i++) {
          int choice = random.nextInt(4);
          values[i] = choice == 0 ? null : choice == 1 ? (Object) (long) i : "v" + choice;
        }
        yield new Column.Objects(values, false);
      }
    };
  }
}
