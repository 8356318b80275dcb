package valence.engine.query.exec;

import java.util.Arrays;

/// Numbers distinct longs 0, 1, 2 … in the order in which they come. For one thread.
///
/// Keys that lie close together, as ids of entities made together do, are found in an array by
/// their distance from the least; others in an open table.
final class LongNumbers {
  /// The array is taken when it is at most so many times as long as there may be keys,
  private static final int SPREAD_MAX = 8;

  /// or at most so long.
  private static final int SPAN_SMALL = 1 << 10;

  private static final int CAPACITY_MIN = 16;

  private final long least;
  private final boolean isDirect;
  private int[] slots; // number + 1; 0 is free
  private long[] keys; // by number
  private int count;

  private LongNumbers(long least, boolean isDirect, int slotCount, int capacity) {
    this.least = least;
    this.isDirect = isDirect;
    slots = new int[slotCount];
    keys = new long[capacity];
  }

  /// Empty, for keys of which the least and the greatest are known.
  ///
  /// @param countMax how many keys will be given at most, equal ones included
  static LongNumbers between(long least, long greatest, int countMax) {
    long span = greatest - least; // negative when it overflows
    boolean isDirect =
        span >= 0 && span < Math.max(SPAN_SMALL, Math.min((long) countMax * SPREAD_MAX, 1L << 29));
    return isDirect
        ? new LongNumbers(least, true, (int) span + 1, Math.min(countMax, (int) span + 1))
        : new LongNumbers(least, false, CAPACITY_MIN * 2, CAPACITY_MIN);
  }

  /// Empty, for the first so many of the keys.
  static LongNumbers of(long[] keys, int count) {
    long least = count == 0 ? 0 : keys[0];
    long greatest = least;
    for (int i = 1; i < count; i++) {
      least = Math.min(least, keys[i]);
      greatest = Math.max(greatest, keys[i]);
    }
    return between(least, greatest, count);
  }

  int count() {
    return count;
  }

  /// Whether a key is found by its distance from the least.
  boolean isDirect() {
    return isDirect;
  }

  long key(int number) {
    return keys[number];
  }

  /// The number of a key; a new one gets the next.
  int number(long key) {
    if (isDirect) {
      int slot = (int) (key - least);
      int number = slots[slot] - 1;
      return number >= 0 ? number : add(slot, key);
    }
    int mask = slots.length - 1;
    int slot = hash(key) & mask;
    while (slots[slot] != 0) {
      int number = slots[slot] - 1;
      if (keys[number] == key) {
        return number;
      }
      slot = (slot + 1) & mask;
    }
    int number = add(slot, key);
    if (count * 2 > slots.length) {
      grow();
    }
    return number;
  }

  /// The number of a key; -1 when it has none.
  int find(long key) {
    if (isDirect) {
      long slot = key - least;
      return slot >= 0 && slot < slots.length ? slots[(int) slot] - 1 : -1;
    }
    int mask = slots.length - 1;
    int slot = hash(key) & mask;
    while (slots[slot] != 0) {
      int number = slots[slot] - 1;
      if (keys[number] == key) {
        return number;
      }
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  private int add(int slot, long key) {
    if (count == keys.length) {
      keys = Arrays.copyOf(keys, Math.max(CAPACITY_MIN, count * 2));
    }
    keys[count++] = key;
    slots[slot] = count;
    return count - 1;
  }

  private void grow() {
    slots = new int[slots.length * 2];
    int mask = slots.length - 1;
    for (int number = 0; number < count; number++) {
      int slot = hash(keys[number]) & mask;
      while (slots[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = number + 1;
    }
  }

  private static int hash(long key) {
    long h = key * 0x9E3779B97F4A7C15L;
    return (int) (h >>> 32);
  }
}
