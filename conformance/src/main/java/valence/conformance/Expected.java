package valence.conformance;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an answer is held against where equality isn't meant.
sealed interface Expected {
  /// A collection of exactly these elements, in any order, duplicates counted.
  record Bag(List<? extends @Nullable Object> items) implements Expected {}

  /// A collection that holds each of these, and nothing else; how often doesn't count.
  record SetOf(List<? extends @Nullable Object> items) implements Expected {}

  /// A collection of `count` elements taken from `of`, each at most once unless `repeat`.
  record Subbag(long count, List<? extends @Nullable Object> of, boolean repeat)
      implements Expected {}

  /// Any of these.
  record OneOf(List<? extends @Nullable Object> alternatives) implements Expected {}

  /// A number of any type within a relative [#TOLERANCE], absolute below 1.
  record Approx(double value) implements Expected {}

  /// As [Approx], but a double.
  record ApproxDouble(double value) implements Expected {}

  double TOLERANCE = 1e-9;

  /// Whether the number is near the expected one; NaN is near NaN, an infinity only itself.
  static boolean near(double expected, double actual) {
    if (!Double.isFinite(expected) || !Double.isFinite(actual)) {
      return Double.compare(expected, actual) == 0;
    }
    return Math.abs(expected - actual) <= TOLERANCE * Math.max(1, Math.abs(expected));
  }
}
