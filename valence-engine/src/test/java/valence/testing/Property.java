package valence.testing;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import valence.edn.Edn;

/// A statement about every example that a generator can make.
public final class Property {
  private static final int EXAMPLE_WIDTH = 100; // columns

  private final String name;
  private final int cases;
  private final long firstSeed;

  private Property(String name, int cases, long firstSeed) {
    this.name = name;
    this.cases = cases;
    this.firstSeed = firstSeed;
  }

  /// @param cases how many examples the gate takes; `-Dcases=N` takes another number
  public static Property of(String name, int cases) {
    return new Property(name, Integer.getInteger("cases", cases), Long.getLong("seed", 1));
  }

  /// The property with other seeds than those of the command line.
  Property from(long seed) {
    return new Property(name, cases, seed);
  }

  /// Throws when the example is a counterexample.
  @FunctionalInterface
  public interface Check<T> {
    void check(T example) throws Exception;
  }

  /// Checks as many examples as wanted; fails with the smallest counterexample that it finds.
  ///
  /// @param generator makes the same example of the same choices, whenever it is called
  public <T> void check(Function<Choices, T> generator, Check<T> check) {
    for (long seed = firstSeed; seed < firstSeed + cases; seed++) {
      Choices choices = Choices.random(seed);
      T example = generator.apply(choices);
      Throwable failure = failure(check, example);
      if (failure != null) {
        throw report(seed, new Shrinking<>(generator, check, failure).shrink(choices));
      }
    }
    System.out.println(
        name + ": " + cases + " cases, seeds " + firstSeed + " to " + (firstSeed + cases - 1));
  }

  @SuppressWarnings("CatchingUnchecked") // whatever a check throws is what it says
  static <T> @Nullable Throwable failure(Check<T> check, T example) {
    try {
      check.check(example);
      return null;
    } catch (Exception | AssertionError | StackOverflowError thrown) {
      return thrown;
    }
  }

  private AssertionError report(long seed, Shrinking.Smallest<?> smallest) {
    return new AssertionError(
        name + " is not so. Seed " + seed + "; run again with -Dseed=" + seed + " -Dcases=1.\n"
            + "The smallest example, of " + smallest.choiceCount() + " choices, after "
            + smallest.attempts() + " attempts:\n"
            + Edn.printPretty(smallest.example(), EXAMPLE_WIDTH) + "\n"
            + smallest.failure(),
        smallest.failure());
  }
}
