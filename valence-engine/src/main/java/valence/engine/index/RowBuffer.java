package valence.engine.index;

import java.util.Arrays;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// Collects rows, to be made part of an index. For one thread.
public final class RowBuffer {
  /// The end of a row that is still true.
  public static final long OPEN = Long.MAX_VALUE;

  private int count;
  private long[] e;
  private int[] a;
  private long[] v;
  private @Nullable Object @Nullable [] o;
  private long[] from;
  private long[] to;

  public RowBuffer(int expectedRows) {
    int capacity = Math.max(expectedRows, 8);
    e = new long[capacity];
    a = new int[capacity];
    v = new long[capacity];
    from = new long[capacity];
    to = new long[capacity];
  }

  public int count() {
    return count;
  }

  /// @param value  the value itself when the key doesn't say everything, else null
  /// @param toT    [#OPEN] for a row that is true
  public void add(
      long entity, int attribute, long key, @Nullable Object value, long fromT, long toT) {
    if (count == e.length) {
      grow();
    }
    e[count] = entity;
    a[count] = attribute;
    v[count] = key;
    if (value != null) {
      if (o == null) {
        o = new Object[e.length];
      }
      o[count] = value;
    }
    from[count] = fromT;
    to[count] = toT;
    count++;
  }

  public long e(int row) {
    return e[row];
  }

  public int a(int row) {
    return a[row];
  }

  public long v(int row) {
    return v[row];
  }

  public @Nullable Object o(int row) {
    return o == null ? null : o[row];
  }

  public long from(int row) {
    return from[row];
  }

  public long to(int row) {
    return to[row];
  }

  private void grow() {
    int capacity = e.length * 2;
    e = Arrays.copyOf(e, capacity);
    a = Arrays.copyOf(a, capacity);
    v = Arrays.copyOf(v, capacity);
    if (o != null) {
      o = Arrays.copyOf(o, capacity);
    }
    from = Arrays.copyOf(from, capacity);
    to = Arrays.copyOf(to, capacity);
  }

  /// The collected rows in an order.
  ///
  /// @param closed whether the rows have an end
  Rows sorted(Order order, boolean closed) {
    Rows rows = rows(closed);
    int[] positions = new int[count];
    for (int i = 0; i < count; i++) {
      positions[i] = i;
    }
    sort(order, rows, positions);
    return gather(rows, positions, count, closed);
  }

  private Rows rows(boolean closed) {
    return new Rows(count, e, a, v, o, from, closed ? to : null);
  }

  /// The rows of references alone, in an order.
  Rows sortedRefs(Order order, boolean closed, IntPredicate isRef) {
    Rows rows = rows(closed);
    int[] positions = new int[count];
    int refs = 0;
    for (int i = 0; i < count; i++) {
      if (isRef.test(a[i])) {
        positions[refs++] = i;
      }
    }
    positions = Arrays.copyOf(positions, refs);
    sort(order, rows, positions);
    return gather(rows, positions, refs, closed);
  }

  private static Rows gather(Rows rows, int[] positions, int count, boolean closed) {
    long[] e = new long[count];
    int[] a = new int[count];
    long[] v = new long[count];
    @Nullable Object[] o = rows.o() == null ? null : new Object[count];
    long[] from = new long[count];
    long[] to = closed ? new long[count] : null;
    for (int i = 0; i < count; i++) {
      int position = positions[i];
      e[i] = rows.e()[position];
      a[i] = rows.a()[position];
      v[i] = rows.v()[position];
      if (o != null) {
        o[i] = rows.object(position);
      }
      from[i] = rows.from()[position];
      if (to != null && rows.to() != null) {
        to[i] = rows.to()[position];
      }
    }
    return new Rows(count, e, a, v, o, from, to);
  }

  /// Merge sort of positions, which leaves runs that are sorted already alone.
  private static void sort(Order order, Rows rows, int[] positions) {
    sort(order, rows, positions, positions.clone(), 0, positions.length);
  }

  private static void sort(Order order, Rows rows, int[] target, int[] source, int low, int high) {
    if (high - low <= 8) {
      for (int i = low + 1; i < high; i++) {
        int position = target[i];
        int j = i;
        while (j > low && Rows.compare(order, rows, target[j - 1], rows, position) > 0) {
          target[j] = target[j - 1];
          j--;
        }
        target[j] = position;
      }
      return;
    }
    int middle = (low + high) >>> 1;
    sort(order, rows, source, target, low, middle);
    sort(order, rows, source, target, middle, high);
    if (Rows.compare(order, rows, source[middle - 1], rows, source[middle]) <= 0) {
      System.arraycopy(source, low, target, low, high - low);
      return;
    }
    int left = low;
    int right = middle;
    for (int i = low; i < high; i++) {
      boolean takeLeft = right >= high
          || (left < middle && Rows.compare(order, rows, source[left], rows, source[right]) <= 0);
      target[i] = takeLeft ? source[left++] : source[right++];
    }
  }
}
