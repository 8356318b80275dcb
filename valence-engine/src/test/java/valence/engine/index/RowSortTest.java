package valence.engine.index;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RowSortTest {
  private static final int TEXT = 3;

  @ParameterizedTest
  @EnumSource(Order.class)
  void rowsStandAsComparedOneByOne(Order order) {
    for (long seed = 0; seed < 300; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int count = random.nextInt(seed % 3 == 0 ? 12 : 700);
      int entities = 1 + random.nextInt(200);
      RowBuffer buffer = new RowBuffer(0);
      for (int i = 0; i < count; i++) {
        int a = random.nextInt(6);
        long v = random.nextInt(3) == 0 ? random.nextLong() : random.nextLong(-20, 300);
        String text = a == TEXT ? "same start " + random.nextInt(9) : null;
        long e = seed % 2 == 0 ? i / 7 : random.nextInt(entities);
        buffer.add(e, a, text == null ? v : 5, text, 1 + random.nextInt(3), RowBuffer.OPEN);
      }
      Rows rows = buffer.rows(false);
      int[] expected = IntStream.range(0, count)
          .filter(i -> order != Order.VAET || rows.a()[i] != TEXT)
          .boxed()
          .sorted(Comparator.comparing(i -> i, (i, j) -> Rows.compare(order, rows, i, rows, j)))
          .mapToInt(i -> i)
          .toArray();
      Rows sorted = new RowSort(rows).sorted(order, a -> a != TEXT);
      Rows wanted = rows.at(expected);
      assertEquals(Arrays.toString(wanted.e()), Arrays.toString(sorted.e()), "seed " + seed);
      assertEquals(Arrays.toString(wanted.a()), Arrays.toString(sorted.a()), "seed " + seed);
      assertEquals(Arrays.toString(wanted.v()), Arrays.toString(sorted.v()), "seed " + seed);
      assertEquals(Arrays.toString(wanted.from()), Arrays.toString(sorted.from()));
      for (int i = 0; i < sorted.count(); i++) {
        assertEquals(wanted.object(i), sorted.object(i), "seed " + seed);
      }
    }
  }
}
