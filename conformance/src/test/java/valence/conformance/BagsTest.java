package valence.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BagsTest {
  /// Random small bags of few values, so that most pairs are close to a match.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void agreesWithTryingEveryOrder(long seed) {
    Random random = new Random(seed);
    int matches = 0;
    for (int round = 0; round < 2_000; round++) {
      int size = random.nextInt(6);
      List<Object> expected = new ArrayList<>();
      List<Object> actual = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        expected.add(expectation(random));
        actual.add(value(random));
      }
      boolean same = Bags.same(expected, actual);
      assertThat(same)
          .as("seed %d: %s and %s", seed, Shown.text(expected), Shown.text(actual))
          .isEqualTo(someOrderMatches(expected, actual, 0));
      matches += same ? 1 : 0;
    }
    assertThat(matches).as("seed %d tries both answers", seed).isBetween(100, 1_900);
  }

  private static Object expectation(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> new Expected.OneOf(List.of(value(random), value(random)));
      case 1 -> new Expected.Approx(random.nextInt(3));
      case 2 -> new Expected.Bag(List.of(scalar(random), scalar(random)));
      default -> value(random);
    };
  }

  private static Object value(Random random) {
    return random.nextInt(3) == 0 ? List.of(scalar(random), scalar(random)) : scalar(random);
  }

  private static Object scalar(Random random) {
    return random.nextInt(4) == 0 ? (Object) 1.0 : (Object) (long) random.nextInt(3);
  }

  private static boolean someOrderMatches(List<Object> expected, List<Object> actual, int from) {
    if (from == expected.size()) {
      return true;
    }
    for (int i = from; i < actual.size(); i++) {
      if (Matcher.matches(expected.get(from), actual.get(i))) {
        List<Object> swapped = new ArrayList<>(actual);
        Collections.swap(swapped, from, i);
        if (someOrderMatches(expected, swapped, from + 1)) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void largeBagsAreQuick() {
    List<Object> rows = new ArrayList<>();
    for (long i = 0; i < 100_000; i++) {
      rows.add(List.of(i % 40_000, "name " + i % 40_000, 0.5));
    }
    List<Object> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, new Random(5));
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(10), () -> assertThat(Bags.same(rows, shuffled)).isTrue());
    shuffled.set(77, List.of(1L, "name 1", 0.25));
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(10), () -> assertThat(Bags.same(rows, shuffled)).isFalse());
  }

  @Test
  void manyEqualElementsAreQuick() {
    List<Object> rows = Collections.nCopies(5_000, List.of(1L));
    List<Object> other = new ArrayList<>(rows);
    other.set(4_999, List.of(2L));
    Assertions.assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
      assertThat(Bags.same(rows, new ArrayList<>(rows))).isTrue();
      assertThat(Bags.same(rows, other)).isFalse();
    });
  }

  @Test
  void setsDoNotCount() {
    assertThat(Bags.sameAsSets(List.of(1L, 2L), List.of(2L, 1L, 1L))).isTrue();
    assertThat(Bags.sameAsSets(List.of(1L, 1L), List.of(1L))).isTrue();
    assertThat(Bags.sameAsSets(List.of(1L, 2L), List.of(1L, 1L))).isFalse();
    assertThat(Bags.sameAsSets(List.of(1L), List.of(1L, 3L))).isFalse();
    assertThat(Bags.sameAsSets(List.of(), List.of())).isTrue();
  }

  @Test
  void leftoversAreWhatNoPairHolds() {
    assertThat(Bags.leftovers(List.of(1L, 2L, 2L), List.of(2L, 3L, 1L)))
        .isEqualTo(List.of(List.of(2L), List.of(3L)));
  }
}
