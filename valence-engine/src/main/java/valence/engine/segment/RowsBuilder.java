package valence.engine.segment;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import valence.engine.index.Batch;
import valence.engine.index.Rows;

/// Collects rows, which come in order, as columns. For one thread.
final class RowsBuilder {
  private long[] e;
  private int[] a;
  private long[] v;
  private @Nullable Object @Nullable [] o;
  private long[] from;
  private long @Nullable [] to;
  private int count;

  RowsBuilder(int capacity, boolean closed) {
    e = new long[capacity];
    a = new int[capacity];
    v = new long[capacity];
    from = new long[capacity];
    to = closed ? new long[capacity] : null;
  }

  int count() {
    return count;
  }

  void append(Batch rows, int low, int high) {
    int length = high - low;
    reserve(length);
    if (length == 1) { // many changes lie apart
      e[count] = rows.e[low];
      a[count] = rows.a[low];
      v[count] = rows.v[low];
      from[count] = rows.t[low];
    } else {
      System.arraycopy(rows.e, low, e, count, length);
      System.arraycopy(rows.a, low, a, count, length);
      System.arraycopy(rows.v, low, v, count, length);
      System.arraycopy(rows.t, low, from, count, length);
    }
    if (to != null) {
      for (int i = 0; i < length; i++) {
        to[count + i] = rows.to(low + i);
      }
    }
    if (rows.hasObjects()) {
      appendObjects(rows, low, length);
    }
    count += length;
  }

  private void appendObjects(Batch rows, int low, int length) {
    for (int i = 0; i < length; i++) {
      Object object = rows.object(low + i);
      if (object != null) {
        o = o == null ? new Object[e.length] : o;
        o[count + i] = object;
      }
    }
  }

  @Nullable Object object(int row) {
    return o == null ? null : o[row];
  }

  private void reserve(int length) {
    if (count + length <= e.length) {
      return;
    }
    int capacity = Math.max(e.length * 2, count + length);
    e = Arrays.copyOf(e, capacity);
    a = Arrays.copyOf(a, capacity);
    v = Arrays.copyOf(v, capacity);
    o = o == null ? null : Arrays.copyOf(o, capacity);
    from = Arrays.copyOf(from, capacity);
    to = to == null ? null : Arrays.copyOf(to, capacity);
  }

  /// Forgets the first rows.
  void removeFirst(int rows) {
    int rest = count - rows;
    System.arraycopy(e, rows, e, 0, rest);
    System.arraycopy(a, rows, a, 0, rest);
    System.arraycopy(v, rows, v, 0, rest);
    System.arraycopy(from, rows, from, 0, rest);
    if (to != null) {
      System.arraycopy(to, rows, to, 0, rest);
    }
    if (o != null) {
      System.arraycopy(o, rows, o, 0, rest);
      Arrays.fill(o, rest, count, null);
    }
    count = rest;
  }

  /// The rows collected: valid until the next change, for the arrays are the builder's own.
  Rows rows() {
    return new Rows(count, e, a, v, o, from, to);
  }
}
