package valence.engine.index;

import org.jspecify.annotations.Nullable;

/// Columns of rows being filled, to their capacity exactly.
final class Columns {
  private final long[] e;
  private final int[] a;
  private final long[] v;
  private @Nullable Object @Nullable [] o;
  private final long[] from;
  private final long @Nullable [] to;
  private int count;

  Columns(int capacity, boolean closed) {
    e = new long[capacity];
    a = new int[capacity];
    v = new long[capacity];
    from = new long[capacity];
    to = closed ? new long[capacity] : null;
  }

  void append(Rows rows, int low, int high) {
    int length = high - low;
    if (length == 0) {
      return;
    }
    System.arraycopy(rows.e(), low, e, count, length);
    System.arraycopy(rows.a(), low, a, count, length);
    System.arraycopy(rows.v(), low, v, count, length);
    if (rows.o() != null) {
      if (o == null) {
        o = new Object[e.length];
      }
      System.arraycopy(rows.o(), low, o, count, length);
    }
    System.arraycopy(rows.from(), low, from, count, length);
    if (to != null && rows.to() != null) {
      System.arraycopy(rows.to(), low, to, count, length);
    }
    count += length;
  }

  Rows rows() {
    assert count == e.length : "columns are filled exactly";
    return new Rows(count, e, a, v, o, from, to);
  }
}
