package valence.testing;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The search for the smallest example that fails in the same way.
///
/// Smaller is: fewer choices, and of equally many the lower ones, read from the left. Greedy: each
/// pass removes parts, then runs of choices, then lowers single ones; passes repeat until one
/// changes nothing.
final class Shrinking<T> {
  private static final int ATTEMPTS_MAX = Integer.getInteger("shrink.attempts", 4000);

  /// What makes failures, wherever it is called.
  private static final List<String> MAKERS =
      List.of("java.", "org.junit.", "org.opentest4j.", "valence.api.");

  /// @param attempts how many examples were tried
  record Smallest<T>(T example, Throwable failure, int choiceCount, int attempts) {}

  private final Function<Choices, T> generator;
  private final Property.Check<T> check;
  private final String kind;
  private @Nullable Choices best;
  private int attempts;

  /// @param failure of the example that shrinks
  Shrinking(Function<Choices, T> generator, Property.Check<T> check, Throwable failure) {
    this.generator = generator;
    this.check = check;
    this.kind = kind(failure);
  }

  /// What failures of one defect have in common: the class of the innermost one and where it was
  /// made. The class alone would let one defect shrink to another that fails likewise.
  private static String kind(Throwable failure) {
    Throwable innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    for (StackTraceElement frame : innermost.getStackTrace()) {
      if (MAKERS.stream().noneMatch(frame.getClassName()::startsWith)) {
        return innermost.getClass().getName() + " " + frame.getClassName() + " "
            + frame.getLineNumber();
      }
    }
    return innermost.getClass().getName();
  }

  Smallest<T> shrink(Choices failing) {
    Choices smallest = failing;
    best = smallest;
    boolean changed = true;
    while (changed && attempts < ATTEMPTS_MAX) {
      changed = removeParts() | removeRuns() | lower();
    }
    smallest = current();
    T example = generator.apply(Choices.repeating(smallest.drawn()));
    Throwable failure = Property.failure(check, example);
    if (failure == null) {
      failure = new AssertionError("The check fails only sometimes: it isn't a function.");
    }
    return new Smallest<>(example, failure, smallest.drawn().length, attempts);
  }

  private Choices current() {
    Choices found = best;
    if (found == null) {
      throw new IllegalStateException("nothing failed yet");
    }
    return found;
  }

  /// Whole parts, the outer ones first: an outer part was finished last.
  private boolean removeParts() {
    boolean changed = false;
    int part = current().spans().size() - 1;
    while (part >= 0) {
      List<Choices.Span> spans = current().spans();
      if (part < spans.size()) {
        Choices.Span span = spans.get(part);
        if (span.end() > span.start()
            && attempt(without(current().drawn(), span.start(), span.end()))) {
          changed = true;
          part = Math.min(part, current().spans().size());
        }
      }
      part--;
    }
    return changed;
  }

  private boolean removeRuns() {
    boolean changed = false;
    for (int length = 8; length > 0; length /= 2) {
      for (int start = current().drawn().length - length; start >= 0; start--) {
        int[] drawn = current().drawn();
        if (start + length <= drawn.length) {
          changed |= attempt(without(drawn, start, start + length));
        }
      }
    }
    return changed;
  }

  /// Each choice to 0, or else by halving, or else by one.
  private boolean lower() {
    boolean changed = false;
    for (int i = 0; i < current().drawn().length; i++) {
      if (current().drawn()[i] == 0 || attempt(with(i, 0))) {
        changed |= i < current().drawn().length && current().drawn()[i] != 0;
        continue;
      }
      while (i < current().drawn().length
          && current().drawn()[i] > 1
          && attempt(with(i, current().drawn()[i] / 2))) {
        changed = true;
      }
      while (i < current().drawn().length
          && current().drawn()[i] > 0
          && attempt(with(i, current().drawn()[i] - 1))) {
        changed = true;
      }
    }
    return changed;
  }

  private int[] with(int index, int choice) {
    int[] drawn = current().drawn();
    drawn[index] = choice;
    return drawn;
  }

  private static int[] without(int[] drawn, int start, int end) {
    int[] rest = Arrays.copyOf(drawn, drawn.length - (end - start));
    System.arraycopy(drawn, end, rest, start, drawn.length - end);
    return rest;
  }

  private boolean attempt(int[] sequence) {
    if (attempts >= ATTEMPTS_MAX) {
      return false;
    }
    attempts++;
    Choices choices = Choices.repeating(sequence);
    T example = generator.apply(choices);
    if (!isSmaller(choices.drawn(), current().drawn())) {
      return false;
    }
    Throwable failure = Property.failure(check, example);
    if (failure == null || !kind(failure).equals(kind)) {
      return false;
    }
    best = choices;
    return true;
  }

  private static boolean isSmaller(int[] x, int[] y) {
    return x.length != y.length ? x.length < y.length : Arrays.compare(x, y) < 0;
  }
}
