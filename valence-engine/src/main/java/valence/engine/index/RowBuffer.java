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

  /// The rows that were opened by a t; this buffer when all were.
  RowBuffer startedBy(long t) {
    return started(t, true);
  }

  /// The rows that were opened after a t; this buffer when all were.
  RowBuffer startedAfter(long t) {
    return started(t, false);
  }

  private RowBuffer started(long t, boolean by) {
    int matching = 0;
    for (int i = 0; i < count; i++) {
      if (from[i] <= t == by) {
        matching++;
      }
    }
    if (matching == count) {
      return this;
    }
    RowBuffer rows = new RowBuffer(matching);
    for (int i = 0; i < count; i++) {
      if (from[i] <= t == by) {
        rows.add(e[i], a[i], v[i], o(i), from[i], to[i]);
      }
    }
    return rows;
  }

  /// The collected rows that stand in an order, sorted by it.
  ///
  /// @param closed whether the rows have an end
  /// @param isRef  whether an attribute's values are references, which VAET has alone
  Rows sorted(Order order, boolean closed, IntPredicate isRef) {
    int[] positions = new int[count];
    int rowCount = 0;
    for (int i = 0; i < count; i++) {
      if (order != Order.VAET || isRef.test(a[i])) {
        positions[rowCount++] = i;
      }
    }
    if (rowCount == 0) {
      return closed ? Rows.NONE_CLOSED : Rows.NONE_OPEN;
    }
    if (rowCount < count) {
      positions = Arrays.copyOf(positions, rowCount);
    }
    Rows rows = new Rows(count, e, a, v, o, from, closed ? to : null);
    sort(order, rows, positions);
    return gather(rows, positions, rowCount, closed);
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
