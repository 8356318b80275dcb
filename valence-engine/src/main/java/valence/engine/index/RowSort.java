package valence.engine.index;

import java.util.Arrays;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// Sorts the rows of a change, each order out of the one before: by entity, which they most often
/// are already; dealt out by attribute; within each attribute by value. So most of the work is done
/// on keys, and rows are compared where keys are equal.
///
/// For one change and one thread.
final class RowSort {
  /// So few rows, or so short a group, are sorted by insertion.
  private static final int INSERTION_ROWS_MAX = 24;

  private static final int DIGIT_BITS = 8;
  private static final int DIGITS = 1 << DIGIT_BITS;

  private final Rows rows;
  private final int count;
  private int @Nullable [] byEntity; // positions, in the order of EAVT
  private @Nullable Groups groups;

  /// @param rows in no order; their arrays may be longer than there are rows
  RowSort(Rows rows) {
    this.rows = rows;
    this.count = rows.count();
  }

  /// Positions dealt out by attribute.
  ///
  /// @param positions in the order of AEVT
  /// @param ids       the attributes, ascending
  /// @param ends      where each one's positions end
  private record Groups(int[] positions, int[] ids, int[] ends) {}

  /// How many rows stand in an order.
  int count(Order order, IntPredicate isRef) {
    if (order != Order.VAET) {
      return count;
    }
    int references = 0;
    for (int i = 0; i < count; i++) {
      references += isRef.test(rows.a()[i]) ? 1 : 0;
    }
    return references;
  }

  /// The rows that stand in an order, sorted by it.
  ///
  /// @param isRef whether an attribute's values are references, which VAET has alone
  Rows sorted(Order order, IntPredicate isRef) {
    boolean closed = rows.to() != null;
    if (count == 0) {
      return closed ? Rows.NONE_CLOSED : Rows.NONE_OPEN;
    }
    int[] positions = switch (order) {
      case EAVT -> byEntity();
      case AEVT -> groups().positions();
      case AVET -> byValue(groups());
      case VAET -> references(groups(), isRef);
    };
    if (positions.length == 0) {
      return closed ? Rows.NONE_CLOSED : Rows.NONE_OPEN;
    }
    Rows sorted = rows.at(positions);
    assert isSorted(order, sorted) : "rows are sorted";
    return sorted;
  }

  private static boolean isSorted(Order order, Rows sorted) {
    for (int i = 1; i < sorted.count(); i++) {
      if (Rows.compare(order, sorted, i - 1, sorted, i) > 0) {
        return false;
      }
    }
    return true;
  }

  private int[] byEntity() {
    int[] known = byEntity;
    if (known != null) {
      return known;
    }
    int[] positions = new int[count];
    for (int i = 0; i < count; i++) {
      positions[i] = i;
    }
    sortByKey(rows.e(), positions, 0, count);
    sortEqual(Order.EAVT, rows.e(), positions, 0, count);
    byEntity = positions;
    return positions;
  }

  private Groups groups() {
    Groups known = groups;
    if (known == null) {
      known = groups(byEntity());
      groups = known;
    }
    return known;
  }

  private Groups groups(int[] ordered) {
    int[] a = rows.a();
    int[] ids = new int[8];
    int different = 0;
    int last = -1;
    for (int i = 0; i < count; i++) {
      int id = a[ordered[i]];
      if (id == last) {
        continue;
      }
      last = id;
      int at = Arrays.binarySearch(ids, 0, different, id);
      if (at < 0) {
        if (different == ids.length) {
          ids = Arrays.copyOf(ids, different * 2);
        }
        System.arraycopy(ids, -1 - at, ids, -at, different + at + 1);
        ids[-1 - at] = id;
        different++;
      }
    }
    ids = Arrays.copyOf(ids, different);
    int[] next = new int[different + 1];
    int[] groupOf = new int[count];
    last = -1;
    int group = 0;
    for (int i = 0; i < count; i++) {
      int id = a[ordered[i]];
      if (id != last) {
        group = Arrays.binarySearch(ids, id);
        last = id;
      }
      groupOf[i] = group;
      next[group + 1]++;
    }
    for (int i = 1; i < next.length; i++) {
      next[i] += next[i - 1];
    }
    int[] positions = new int[count];
    for (int i = 0; i < count; i++) {
      positions[next[groupOf[i]]++] = ordered[i];
    }
    return new Groups(positions, ids, Arrays.copyOf(next, different));
  }

  private int[] byValue(Groups of) {
    int[] positions = of.positions().clone();
    int low = 0;
    for (int high : of.ends()) {
      sortByKey(rows.v(), positions, low, high);
      if (rows.o() != null) {
        sortEqual(Order.AVET, rows.v(), positions, low, high);
      }
      low = high;
    }
    return positions;
  }

  private int[] references(Groups of, IntPredicate isRef) {
    int[] positions = new int[count];
    int length = 0;
    int low = 0;
    for (int i = 0; i < of.ids().length; i++) {
      int high = of.ends()[i];
      if (isRef.test(of.ids()[i])) {
        System.arraycopy(of.positions(), low, positions, length, high - low);
        length += high - low;
      }
      low = high;
    }
    sortByKey(rows.v(), positions, 0, length);
    return Arrays.copyOf(positions, length);
  }

  /// Sorts positions [low, high) by a key; those of equal keys stay as they are.
  private static void sortByKey(long[] key, int[] positions, int low, int high) {
    long differing = 0;
    boolean ascending = true;
    for (int i = low + 1; i < high; i++) {
      long before = key[positions[i - 1]];
      long here = key[positions[i]];
      ascending &= before <= here;
      differing |= before ^ here;
    }
    if (ascending) {
      return;
    }
    if (high - low <= INSERTION_ROWS_MAX) {
      for (int i = low + 1; i < high; i++) {
        int position = positions[i];
        int j = i;
        while (j > low && key[positions[j - 1]] > key[position]) {
          positions[j] = positions[j - 1];
          j--;
        }
        positions[j] = position;
      }
      return;
    }
    sortByDigits(key, positions, low, high, differing);
  }

  /// A radix sort from the lowest digit on, of the digits alone in which keys differ.
  private static void sortByDigits(long[] key, int[] positions, int low, int high, long differing) {
    int length = high - low;
    long[] keys = new long[length];
    for (int i = 0; i < length; i++) {
      keys[i] = key[positions[low + i]] ^ Long.MIN_VALUE; // so that negative ones come first
    }
    int[] source = Arrays.copyOfRange(positions, low, high);
    int[] target = new int[length];
    long[] targetKeys = new long[length];
    for (int shift = 0; shift < Long.SIZE; shift += DIGIT_BITS) {
      if ((differing >>> shift & (DIGITS - 1)) == 0) {
        continue;
      }
      int[] next = new int[DIGITS + 1];
      for (long each : keys) {
        next[(int) (each >>> shift & (DIGITS - 1)) + 1]++;
      }
      for (int i = 1; i <= DIGITS; i++) {
        next[i] += next[i - 1];
      }
      for (int i = 0; i < length; i++) {
        int to = next[(int) (keys[i] >>> shift & (DIGITS - 1))]++;
        targetKeys[to] = keys[i];
        target[to] = source[i];
      }
      long[] swappedKeys = keys;
      keys = targetKeys;
      targetKeys = swappedKeys;
      int[] swapped = source;
      source = target;
      target = swapped;
    }
    System.arraycopy(source, 0, positions, low, length);
  }

  /// Brings rows of equal keys into an order that begins with the key, among positions [low, high).
  private void sortEqual(Order order, long[] key, int[] positions, int low, int high) {
    int start = low;
    while (start < high) {
      long same = key[positions[start]];
      int end = start + 1;
      boolean ordered = true;
      while (end < high && key[positions[end]] == same) {
        ordered =
            ordered && Rows.compare(order, rows, positions[end - 1], rows, positions[end]) <= 0;
        end++;
      }
      if (!ordered) {
        sort(order, positions, start, end);
      }
      start = end;
    }
  }

  private void sort(Order order, int[] positions, int low, int high) {
    if (high - low <= INSERTION_ROWS_MAX) {
      insert(order, positions, low, high);
    } else {
      merge(order, positions, positions.clone(), low, high);
    }
  }

  private void insert(Order order, int[] positions, int low, int high) {
    for (int i = low + 1; i < high; i++) {
      int position = positions[i];
      int j = i;
      while (j > low && Rows.compare(order, rows, positions[j - 1], rows, position) > 0) {
        positions[j] = positions[j - 1];
        j--;
      }
      positions[j] = position;
    }
  }

  /// Merge sort of [low, high), which source and target both have at first.
  private void merge(Order order, int[] target, int[] source, int low, int high) {
    if (high - low <= INSERTION_ROWS_MAX) {
      insert(order, target, low, high);
      return;
    }
    int middle = (low + high) >>> 1;
    merge(order, source, target, low, middle);
    merge(order, source, target, middle, high);
    int left = low;
    int right = middle;
    for (int i = low; i < high; i++) {
      boolean takeLeft = right >= high
          || (left < middle && Rows.compare(order, rows, source[left], rows, source[right]) <= 0);
      target[i] = takeLeft ? source[left++] : source[right++];
    }
  }
}
