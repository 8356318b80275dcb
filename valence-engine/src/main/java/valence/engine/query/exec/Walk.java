package valence.engine.query.exec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Walks through the numbers that variables may have together, one variable within the other:
/// each gets the numbers that are among the targets of all edges from the variables before it.
///
/// The shortest list of targets is gone through; in the others each of its numbers is searched by
/// galloping, as lists ascend (Veldhuizen, *Leapfrog Triejoin*, ICDT 2014; Ngo, Porat, Ré and
/// Rudra, *Worst-case optimal join algorithms*, PODS 2012). So the work is bounded by what the
/// patterns could make at most. A list that doesn't depend on the variable right before is searched
/// again and again: when that has taken as long as the list is, it is made a set of bits.
///
/// For one thread.
final class Walk {
  /// Numbers that are gone through between two looks at the clock.
  private static final int STEPS = 1 << 16;

  /// Numbers that are looked up as bits in the time in which one is searched in a list.
  private static final int BITS_PER_SEARCH = 8;

  /// Lists with so few numbers are made bits at once.
  private static final int LIST_SHORT = 16;

  private static final int CAPACITY_MIN = 64;

  /// One variable.
  ///
  /// @param from    by list, the level of the variable that its edges come from
  /// @param lists   edges from variables before
  /// @param ahead   edges to variables behind the next one; there must be some
  /// @param allowed the numbers that it may have, as bits; null for all
  /// @param tests   what it must pass beside numbers of variables before
  record Level(int[] from, Edges[] lists, Edges[] ahead, long @Nullable [] allowed, Test[] tests) {}

  /// Whether a number may stand beside the one of a level before.
  ///
  /// @param less whether it may when it is less; and so on
  record Test(int level, boolean less, boolean equal, boolean greater) {}

  /// A list of a level as bits, once it is worth it.
  private static final class Marks {
    private final int list;
    private final int[] starts;
    private final int[] targets;
    private final long[] bits;
    private int start; // of the list in the targets
    private int end;
    private long searched; // how many numbers were searched in it
    private boolean isMarked;

    Marks(int list, Edges edges, int size) {
      this.list = list;
      starts = edges.starts();
      targets = edges.targets();
      bits = new long[(size >> 6) + 1];
    }

    /// Makes it about the list of a number.
    void turnTo(int source) {
      if (start == starts[source] && end == starts[source + 1]) {
        return;
      }
      for (int i = start; isMarked && i < end; i++) {
        bits[targets[i] >> 6] = 0;
      }
      start = starts[source];
      end = starts[source + 1];
      searched = 0;
      isMarked = false;
      if (end - start <= LIST_SHORT) {
        mark();
      }
    }

    /// Whether so many numbers can be looked up as bits.
    boolean isMarkedFor(int count) {
      searched += count;
      if (!isMarked && searched >= end - start) {
        mark();
      }
      return isMarked;
    }

    private void mark() {
      for (int i = start; i < end; i++) {
        bits[targets[i] >> 6] |= 1L << targets[i];
      }
      isMarked = true;
    }
  }

  private final Level[] levels;
  private final int shownCount;
  private final Budget budget;
  private final Object clause;
  private final int[] numbers; // by level
  private final int[][] positions; // by level and list
  private final int[][] ends;
  private final @Nullable Marks[][] marks; // null for lists that change with each number
  private final @Nullable Marks[] pairs; // by level: of its two lists the one that changes less
  private final int[][] found; // by level that is shown
  private int foundCount;
  private int steps;

  /// @param shownCount how many levels, the first ones, are part of the result; the others need
  ///     only have some numbers
  /// @param sizes      by level, one more than the largest number
  /// @param clause     that a message about too many rows shows
  Walk(Level[] levels, int shownCount, int[] sizes, Budget budget, Object clause) {
    this.levels = levels;
    this.shownCount = shownCount;
    this.budget = budget;
    this.clause = clause;
    numbers = new int[levels.length];
    positions = new int[levels.length][];
    ends = new int[levels.length][];
    marks = new Marks[levels.length][];
    pairs = new Marks[levels.length];
    for (int i = 0; i < levels.length; i++) {
      int listCount = levels[i].lists.length;
      positions[i] = new int[listCount];
      ends[i] = new int[listCount];
      marks[i] = new Marks[listCount];
      for (int k = 0; k < listCount; k++) {
        if (listCount > 1 && levels[i].from[k] < i - 1) {
          marks[i][k] = new Marks(k, levels[i].lists[k], sizes[i]);
          pairs[i] = listCount == 2 ? marks[i][k] : null;
        }
      }
    }
    found = new int[shownCount][CAPACITY_MIN];
  }

  /// Goes through all numbers of the first variable from one to below another.
  void run(int begin, int end) {
    Level first = levels[0];
    long @Nullable [] allowed = first.allowed;
    for (int number = begin; number < end; number++) {
      if (allowed != null && (allowed[number >> 6] & 1L << number) == 0) {
        continue;
      }
      if (leads(first, number)) {
        numbers[0] = number;
        if (enter(1) && shownCount == 0) {
          return;
        }
      }
    }
  }

  /// How many rows were found.
  int count() {
    return foundCount;
  }

  /// The numbers of a level that is shown, row by row; perhaps with more behind the end.
  int[] found(int level) {
    return found[level];
  }

  private static boolean leads(Level level, int number) {
    for (Edges edges : level.ahead) {
      if (edges.starts()[number] == edges.starts()[number + 1]) {
        return false;
      }
    }
    return true;
  }

  /// Goes through the numbers of a variable that go with those before.
  ///
  /// @return whether there are any
  private boolean enter(int depth) {
    if (depth == levels.length) {
      emit();
      return true;
    }
    Marks slow = pairs[depth];
    if (slow != null) {
      return enterPair(depth, slow);
    }
    return enterAny(depth);
  }

  /// Goes through one of two lists, of which the other is the same for many numbers of the variable
  /// before: the common case, that of triangles and squares.
  private boolean enterPair(int depth, Marks slow) {
    Level level = levels[depth];
    slow.turnTo(numbers[level.from[slow.list]]);
    int fast = 1 - slow.list;
    Edges edges = level.lists[fast];
    int source = numbers[level.from[fast]];
    int start = edges.starts()[source];
    int end = edges.starts()[source + 1];
    int count = end - start;
    long slowCount = slow.end - slow.start;
    if (slowCount * BITS_PER_SEARCH < count || !slow.isMarkedFor(count)) {
      return enterAny(depth);
    }
    step(count);
    long[] bits = slow.bits;
    int[] targets = edges.targets();
    boolean any = false;
    for (int i = start; i < end; i++) {
      int number = targets[i];
      if ((bits[number >> 6] & 1L << number) != 0 && isAllowed(level, number)) {
        numbers[depth] = number;
        if (enter(depth + 1)) {
          any = true;
          if (depth >= shownCount) {
            return true;
          }
        }
      }
    }
    return any;
  }

  private void step(int count) {
    steps += count;
    if (steps >= STEPS) {
      steps = 0;
      budget.check();
    }
  }

  /// Goes through the shortest list.
  private boolean enterAny(int depth) {
    Level level = levels[depth];
    int driver = driver(depth, level);
    if (driver < 0) {
      return false;
    }
    int[] position = positions[depth];
    int from = position[driver];
    int to = ends[depth][driver];
    step(to - from);
    markLists(depth, driver, to - from);
    int[] targets = level.lists[driver].targets();
    boolean any = false;
    for (int i = from; i < to; i++) {
      int number = targets[i];
      if (isAmong(depth, level, driver, number) && isAllowed(level, number)) {
        numbers[depth] = number;
        if (enter(depth + 1)) {
          any = true;
          if (depth >= shownCount) {
            return true;
          }
        }
      }
    }
    return any;
  }

  /// Sets the lists of a level, and chooses the one to go through; -1 when one of them is empty.
  private int driver(int depth, Level level) {
    int driver = -1;
    long least = Long.MAX_VALUE;
    for (int k = 0; k < level.lists.length; k++) {
      Edges edges = level.lists[k];
      int source = numbers[level.from[k]];
      int start = edges.starts()[source];
      int end = edges.starts()[source + 1];
      if (start == end) {
        return -1;
      }
      positions[depth][k] = start;
      ends[depth][k] = end;
      Marks mark = marks[depth][k];
      long cost = end - start;
      if (mark != null) {
        mark.turnTo(source);
        cost *= BITS_PER_SEARCH;
      }
      if (cost < least) {
        least = cost;
        driver = k;
      }
    }
    return driver;
  }

  /// Makes bits of lists that have been searched enough.
  private void markLists(int depth, int driver, int count) {
    for (Marks mark : marks[depth]) {
      if (mark != null && mark.list != driver) {
        mark.isMarkedFor(count);
      }
    }
  }

  private boolean isAllowed(Level level, int number) {
    long[] allowed = level.allowed;
    if (allowed != null && (allowed[number >> 6] & 1L << number) == 0) {
      return false;
    }
    for (Test test : level.tests) {
      int other = numbers[test.level];
      if (number < other ? !test.less : number == other ? !test.equal : !test.greater) {
        return false;
      }
    }
    return leads(level, number);
  }

  private boolean isAmong(int depth, Level level, int driver, int number) {
    for (int k = 0; k < level.lists.length; k++) {
      if (k == driver) {
        continue;
      }
      Marks mark = marks[depth][k];
      if (mark != null && mark.isMarked) {
        if ((mark.bits[number >> 6] & 1L << number) == 0) {
          return false;
        }
      } else if (!gallop(depth, level.lists[k].targets(), k, number)) {
        return false;
      }
    }
    return true;
  }

  /// Moves on in a list to the first number that isn't less.
  private boolean gallop(int depth, int[] targets, int list, int number) {
    int low = positions[depth][list];
    int end = ends[depth][list];
    int step = 1;
    while (low + step < end && targets[low + step] < number) {
      low += step;
      step <<= 1;
    }
    int high = Math.min(low + step, end);
    // Invariant: all before low are less, what stands at high isn't, or the list ends there.
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (targets[middle] < number) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    positions[depth][list] = low;
    return low < end && targets[low] == number;
  }

  private void emit() {
    if (shownCount > 0 && foundCount == found[0].length) {
      budget.check();
      budget.rows(foundCount * 2L, shownCount, clause);
      for (int i = 0; i < shownCount; i++) {
        found[i] = Arrays.copyOf(found[i], foundCount * 2);
      }
    }
    for (int i = 0; i < shownCount; i++) {
      found[i][foundCount] = numbers[i];
    }
    foundCount++;
  }
}
