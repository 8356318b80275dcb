package valence.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/// The choices that make one example: drawn at random, or repeated from a sequence.
///
/// Every choice is a number below a bound, and everything else is made of such numbers. The lower
/// the number, the simpler should be what it stands for. Not safe for several threads.
public final class Choices {
  private static final int CHOICES_MAX = 1 << 18;

  /// The choices from one position to another that made one part of the example.
  record Span(int start, int end) {}

  private final SplittableRandom random;
  private final int[] given; // repeated first
  private final boolean padded; // whether the choices after those given are 0
  private int[] drawn = new int[64];
  private int count;
  private final List<Span> spans = new ArrayList<>();

  private Choices(long seed, int[] given, boolean padded) {
    this.random = new SplittableRandom(seed);
    this.given = given;
    this.padded = padded;
  }

  static Choices random(long seed) {
    return new Choices(seed, new int[0], false);
  }

  /// Repeats the sequence; choices beyond it are 0, choices too high for their bound the highest.
  static Choices repeating(int[] sequence) {
    return new Choices(0, sequence, true);
  }

  int[] drawn() {
    return Arrays.copyOf(drawn, count);
  }

  List<Span> spans() {
    return List.copyOf(spans);
  }

  /// A number from 0 to `bound - 1`.
  public int below(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("nothing is below " + bound);
    }
    if (count == CHOICES_MAX) {
      throw new IllegalStateException("the generator makes more than " + CHOICES_MAX + " choices");
    }
    int choice;
    if (count < given.length) {
      choice = Math.min(given[count], bound - 1);
    } else {
      choice = padded ? 0 : random.nextInt(bound);
    }
    if (count == drawn.length) {
      drawn = Arrays.copyOf(drawn, count * 2);
    }
    drawn[count++] = choice;
    return choice;
  }

  /// True once in `n`; false is simpler.
  public boolean oneIn(int n) {
    return below(n) == n - 1;
  }

  /// One of the options, of which the first is the simplest.
  public <T> T pick(List<? extends T> options) {
    return options.get(below(options.size()));
  }

  /// One of the options, of which the first is the simplest.
  @SafeVarargs
  public final <T> T pick(T... options) {
    return options[below(options.length)];
  }

  /// A part of the example that shrinking may remove or simplify as one.
  public <T> T part(Supplier<T> generator) {
    int start = count;
    T made = generator.get();
    spans.add(new Span(start, count));
    return made;
  }

  /// A list of at least `least` and at most `most` elements, on average between the two.
  public <T> List<T> list(int least, int most, Supplier<T> element) {
    List<T> made = new ArrayList<>();
    int odds = Math.max(2, (most - least) / 2 + 1);
    while (made.size() < most) {
      int start = count;
      if (made.size() >= least && below(odds + 1) == 0) {
        break; // 0 ends the list, so that what is cut off leaves a list
      }
      made.add(element.get());
      spans.add(new Span(start, count));
    }
    return made;
  }
}
