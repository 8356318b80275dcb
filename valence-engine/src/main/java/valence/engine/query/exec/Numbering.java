package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Values of one kind under numbers from 0 to below a size: what graphs and sets of bits are made
/// of.
sealed interface Numbering {
  /// Instead of a number, where a value has none.
  int NONE = -1;

  /// One more than the largest number.
  int size();

  /// The number of the value in a row of a column whose values have the kind of those here.
  int of(Column column, int row);

  /// The values of some numbers.
  Column column(int[] numbers, int count);

  /// Keys as their distance from the smallest one; not each number need stand for a value.
  record Offsets(Kind kind, long min, int size) implements Numbering {
    int of(long key) {
      long offset = key - min;
      return key >= min && offset >= 0 && offset < size ? (int) offset : NONE;
    }

    @Override
    public int of(Column column, int row) {
      return of(((Column.Keys) column).keys()[row]);
    }

    @Override
    public Column column(int[] numbers, int count) {
      long[] keys = new long[count];
      for (int i = 0; i < count; i++) {
        keys[i] = min + numbers[i];
      }
      return new Column.Keys(kind, keys);
    }
  }

  /// Keys by their rank among those that there are. For keys that lie far apart.
  final class Ranks implements Numbering {
    private final Kind kind;
    private final long[] keys; // ascending
    private final int[] slots; // rank + 1; 0 is free

    Ranks(Kind kind, long[] ascending) {
      this.kind = kind;
      keys = ascending;
      slots = new int[Integer.highestOneBit(Math.max(4, ascending.length)) * 4];
      for (int rank = 0; rank < ascending.length; rank++) {
        int slot = slot(ascending[rank]);
        while (slots[slot] != 0) {
          slot = (slot + 1) & (slots.length - 1);
        }
        slots[slot] = rank + 1;
      }
    }

    private int slot(long key) {
      return (int) kind.hash(key) & (slots.length - 1);
    }

    int of(long key) {
      for (int slot = slot(key); slots[slot] != 0; slot = (slot + 1) & (slots.length - 1)) {
        if (keys[slots[slot] - 1] == key) {
          return slots[slot] - 1;
        }
      }
      return NONE;
    }

    @Override
    public int size() {
      return keys.length;
    }

    @Override
    public int of(Column column, int row) {
      return of(((Column.Keys) column).keys()[row]);
    }

    @Override
    public Column column(int[] numbers, int count) {
      long[] values = new long[count];
      for (int i = 0; i < count; i++) {
        values[i] = keys[numbers[i]];
      }
      return new Column.Keys(kind, values);
    }
  }

  /// Objects in the order in which they were met.
  final class Objects implements Numbering {
    private final Map<Object, Integer> numbers = new HashMap<>();
    private final List<Object> values = new ArrayList<>();

    /// The number of a value, a new one if it has none.
    int add(Object value) {
      Integer known = numbers.putIfAbsent(value, values.size());
      if (known != null) {
        return known;
      }
      values.add(value);
      return values.size() - 1;
    }

    @Override
    public int size() {
      return values.size();
    }

    int of(Object value) {
      return numbers.getOrDefault(value, NONE);
    }

    @Override
    public int of(Column column, int row) {
      Object value = column.value(row);
      return value == null ? NONE : of(value);
    }

    @Override
    public Column column(int[] numbers, int count) {
      Object[] found = new Object[count];
      for (int i = 0; i < count; i++) {
        found[i] = values.get(numbers[i]);
      }
      return new Column.Objects(found, false);
    }
  }

  /// Keys in an array that may be longer.
  record Part(long[] keys, int count) {}

  /// The numbering of all keys of some parts, in which smaller keys have smaller numbers.
  static Numbering of(Kind kind, List<Part> parts) {
    // Numbers without a value cost a few bytes each, ranks a look-up in a table for each key.
    final int numbersPerKeyMax = 4;
    final int numbersMin = 1 << 10;
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    long count = 0;
    for (Part part : parts) {
      count += part.count;
      for (int i = 0; i < part.count; i++) {
        min = Math.min(min, part.keys[i]);
        max = Math.max(max, part.keys[i]);
      }
    }
    if (count == 0) {
      return new Offsets(kind, 0, 0);
    }
    long span = max - min;
    if (span >= 0 && span < Math.min(numbersPerKeyMax * count + numbersMin, 1 << 30)) {
      return new Offsets(kind, min, (int) span + 1);
    }
    return new Ranks(kind, distinct(parts, Math.toIntExact(count)));
  }

  private static long[] distinct(List<Part> parts, int count) {
    long[] all = new long[count];
    int end = 0;
    for (Part part : parts) {
      System.arraycopy(part.keys, 0, all, end, part.count);
      end += part.count;
    }
    Arrays.sort(all);
    int distinct = 0;
    for (int i = 0; i < count; i++) {
      if (i == 0 || all[i] != all[i - 1]) {
        all[distinct++] = all[i];
      }
    }
    return Arrays.copyOf(all, distinct);
  }

  /// The numbers of keys that all have one.
  default int[] numbers(Part part) {
    int[] numbers = new int[part.count];
    switch (this) {
      case Offsets(var kind, long min, var size) -> {
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] = (int) (part.keys[i] - min);
        }
      }
      case Ranks ranks -> {
        int last = NONE;
        for (int i = 0; i < numbers.length; i++) {
          // Entities come in runs.
          last = i > 0 && part.keys[i] == part.keys[i - 1] ? last : ranks.of(part.keys[i]);
          numbers[i] = last;
        }
      }
      case Objects ignored -> throw new AssertionError("objects have no keys");
    }
    return numbers;
  }
}
