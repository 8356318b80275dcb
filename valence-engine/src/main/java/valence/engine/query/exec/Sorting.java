package valence.engine.query.exec;

import java.util.Arrays;

/// Puts keys into ascending order, and remembers where they stood.
final class Sorting {
  /// Fewer are compared,
  private static final int DIGITS_COUNT_MIN = 1 << 10;

  private static final int DIGIT_BITS = 11;

  /// and so are those of more digits.
  private static final int DIGITS_MAX = 4;

  private Sorting() {}

  /// The positions of the first keys in the order of the keys.
  static int[] order(long[] keys, int count) {
    long lowest = Long.MAX_VALUE;
    long highest = Long.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      lowest = Math.min(lowest, keys[i]);
      highest = Math.max(highest, keys[i]);
    }
    int positionBits = Integer.SIZE - Integer.numberOfLeadingZeros(count);
    int keyBits = Long.SIZE - Long.numberOfLeadingZeros(highest - lowest);
    int[] order = new int[count];
    if (keyBits + positionBits < Long.SIZE) {
      // Key and position in one number, which sorts without comparing through positions.
      long[] packed = new long[count];
      for (int i = 0; i < count; i++) {
        packed[i] = (keys[i] - lowest) << positionBits | i;
      }
      long[] sorted = packed;
      if (count >= DIGITS_COUNT_MIN && keyBits <= DIGITS_MAX * DIGIT_BITS) {
        sorted = byDigits(packed, positionBits, keyBits);
      } else {
        Arrays.sort(packed);
      }
      long mask = (1L << positionBits) - 1;
      for (int i = 0; i < count; i++) {
        order[i] = (int) (sorted[i] & mask);
      }
      return order;
    }
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    merge(keys, order, order.clone(), 0, count);
    return order;
  }

  /// Sorts numbers, whose lowest bits are ascending, by those above, digit by digit from the
  /// lowest: a few passes over the rows, where comparing would take one for each bit of their
  /// count.
  ///
  /// @return the numbers, in the given array or another
  private static long[] byDigits(long[] numbers, int from, int bits) {
    long[] sorted = numbers;
    long[] next = new long[numbers.length];
    int mask = (1 << DIGIT_BITS) - 1;
    for (int shift = from; shift < from + bits; shift += DIGIT_BITS) {
      int[] places = new int[1 << DIGIT_BITS];
      for (long number : sorted) {
        places[(int) (number >>> shift) & mask]++;
      }
      int sum = 0;
      for (int digit = 0; digit < places.length; digit++) {
        int count = places[digit];
        places[digit] = sum;
        sum += count;
      }
      for (long number : sorted) {
        next[places[(int) (number >>> shift) & mask]++] = number;
      }
      long[] before = sorted;
      sorted = next;
      next = before;
    }
    return sorted;
  }

  /// Merge sort of the positions of one array into another that has the same.
  private static void merge(long[] keys, int[] target, int[] source, int low, int high) {
    if (high - low < 2) {
      return;
    }
    int middle = (low + high) >>> 1;
    merge(keys, source, target, low, middle);
    merge(keys, source, target, middle, high);
    int left = low;
    int right = middle;
    for (int i = low; i < high; i++) {
      boolean isLeft = right >= high || left < middle && keys[source[left]] <= keys[source[right]];
      target[i] = isLeft ? source[left++] : source[right++];
    }
  }

  /// The keys at the positions.
  static long[] sorted(long[] keys, int[] order) {
    long[] sorted = new long[order.length];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = keys[order[i]];
    }
    return sorted;
  }
}
