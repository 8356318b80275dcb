package valence.engine.index;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// Collects rows, to be made part of an index. For one thread.
public final class RowBuffer {
  /// The end of a row that is still true.
  public static final long OPEN = Long.MAX_VALUE;

  private static final int CAPACITY_MIN = 8;
  private static final long[] NO_LONGS = {};
  private static final int[] NO_INTS = {};

  private int count;
  private long[] e;
  private int[] a;
  private long[] v;
  private @Nullable Object @Nullable [] o;
  private long[] from;
  private long[] to;

  public RowBuffer(int expectedRows) {
    e = longs(expectedRows);
    a = expectedRows == 0 ? NO_INTS : new int[expectedRows];
    v = longs(expectedRows);
    from = longs(expectedRows);
    to = longs(expectedRows);
  }

  private static long[] longs(int length) {
    return length == 0 ? NO_LONGS : new long[length];
  }

  public int count() {
    return count;
  }

  /// @param value  the value itself when the key doesn't say everything, else null
  /// @param toT    [#OPEN] for a row that is true
  public void add(
      long entity, int attribute, long key, @Nullable Object value, long fromT, long toT) {
    if (count == e.length) {
      grow(Math.max(CAPACITY_MIN, e.length * 2));
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

  private void grow(int capacity) {
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

  /// The rows of some steps, the oldest first.
  ///
  /// @param steps the newest first
  static RowBuffer joined(List<Step> steps, Function<Step, Rows> rows) {
    int count = 0;
    for (Step step : steps) {
      count += rows.apply(step).count();
    }
    RowBuffer joined = new RowBuffer(count);
    for (Step step : steps.reversed()) {
      joined.addAll(rows.apply(step));
    }
    return joined;
  }

  /// The collected rows, without a copy: nothing may be added any more.
  ///
  /// @param closed whether the rows have an end
  Rows rows(boolean closed) {
    return new Rows(count, e, a, v, o, from, closed ? to : null);
  }

  /// The collected rows that stand in an order, sorted by it.
  ///
  /// @param closed whether the rows have an end
  /// @param isRef  whether an attribute's values are references, which VAET has alone
  Rows sorted(Order order, boolean closed, IntPredicate isRef) {
    return new RowSort(rows(closed)).sorted(order, isRef);
  }

  /// Adds rows, with their ends where they have one.
  void addAll(Rows rows) {
    int more = rows.count();
    int needed = count + more;
    if (needed > e.length) {
      grow(Math.max(needed, e.length * 2));
    }
    System.arraycopy(rows.e(), 0, e, count, more);
    System.arraycopy(rows.a(), 0, a, count, more);
    System.arraycopy(rows.v(), 0, v, count, more);
    System.arraycopy(rows.from(), 0, from, count, more);
    if (rows.to() != null) {
      System.arraycopy(rows.to(), 0, to, count, more);
    }
    if (rows.o() != null) {
      if (o == null) {
        o = new Object[e.length];
      }
      System.arraycopy(rows.o(), 0, o, count, more);
    }
    count = needed;
  }

  /// Adds the rows of one attribute, with their ends where they have one.
  void addAll(Rows rows, int attribute) {
    for (int i = 0; i < rows.count(); i++) {
      if (rows.a()[i] == attribute) {
        add(rows.e()[i], attribute, rows.v()[i], rows.object(i), rows.from()[i], rows.end(i));
      }
    }
  }
}
