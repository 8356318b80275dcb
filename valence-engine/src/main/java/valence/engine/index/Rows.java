package valence.engine.index;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import valence.engine.value.ValueOrder;

/// Rows as columns of arrays. Never changed once it is part of a tree; the arrays are owned.
///
/// @param e    entity ids
/// @param a    attribute ids
/// @param v    keys of the values
/// @param o the values themselves where a key doesn't say everything; null when all rows are inline
/// @param from t of the transaction that asserted the row
/// @param to   t of the one that retracted it; null when all rows are open
public record Rows(
    int count,
    long[] e,
    int[] a,
    long[] v,
    @Nullable Object @Nullable [] o,
    long[] from,
    long @Nullable [] to)
    implements Batch.Objects {
  static final Rows NONE_OPEN = empty(false);
  static final Rows NONE_CLOSED = empty(true);

  static Rows empty(boolean closed) {
    return new Rows(
        0, new long[0], new int[0], new long[0], null, new long[0], closed ? new long[0] : null);
  }

  @Override
  public @Nullable Object object(int row) {
    return o == null ? null : o[row];
  }

  @Override
  public boolean any() {
    return o != null;
  }

  /// The t at which a row ceased to be true, or [RowBuffer#OPEN].
  long end(int row) {
    return to == null ? RowBuffer.OPEN : to[row];
  }

  /// These rows but for those that others have too, with the same `from`. Both in the order.
  Rows without(Order order, Rows others) {
    int[] kept = new int[count];
    int length = 0;
    int other = 0;
    for (int i = 0; i < count; i++) {
      int c = -1;
      while (other < others.count && (c = compare(order, others, other, this, i)) < 0) {
        other++;
      }
      if (other == others.count || c != 0) {
        kept[length++] = i;
      }
    }
    return length == count ? this : at(Arrays.copyOf(kept, length));
  }

  /// Whether a row is meant.
  interface Test {
    boolean test(Rows rows, int row);
  }

  /// The rows that pass a test; these when all do.
  Rows where(Test test) {
    int[] kept = new int[count];
    int length = 0;
    for (int i = 0; i < count; i++) {
      if (test.test(this, i)) {
        kept[length++] = i;
      }
    }
    return length == count ? this : at(Arrays.copyOf(kept, length));
  }

  /// The rows at some positions, in that order.
  Rows at(int[] positions) {
    int length = positions.length;
    long[] nextE = new long[length];
    int[] nextA = new int[length];
    long[] nextV = new long[length];
    long[] nextFrom = new long[length];
    for (int i = 0; i < length; i++) {
      int position = positions[i];
      nextE[i] = e[position];
      nextA[i] = a[position];
      nextV[i] = v[position];
      nextFrom[i] = from[position];
    }
    @Nullable Object[] nextO = null;
    if (o != null) {
      nextO = new Object[length];
      for (int i = 0; i < length; i++) {
        nextO[i] = o[positions[i]];
      }
    }
    long[] nextTo = null;
    if (to != null) {
      nextTo = new long[length];
      for (int i = 0; i < length; i++) {
        nextTo[i] = to[positions[i]];
      }
    }
    return new Rows(length, nextE, nextA, nextV, nextO, nextFrom, nextTo);
  }

  /// These open rows with the first row of others in one place; the same rows when it is there
  /// already.
  Rows withFirstOf(int row, Rows other) {
    if (e[row] == other.e[0]
        && a[row] == other.a[0]
        && v[row] == other.v[0]
        && object(row) == other.object(0)
        && from[row] == other.from[0]) {
      return this;
    }
    long[] nextE = e.clone();
    int[] nextA = a.clone();
    long[] nextV = v.clone();
    long[] nextFrom = from.clone();
    nextE[row] = other.e[0];
    nextA[row] = other.a[0];
    nextV[row] = other.v[0];
    nextFrom[row] = other.from[0];
    @Nullable Object[] nextO = o == null ? null : o.clone();
    if (other.object(0) != null || nextO != null) {
      nextO = nextO == null ? new Object[count] : nextO;
      nextO[row] = other.object(0);
    }
    return new Rows(count, nextE, nextA, nextV, nextO, nextFrom, null);
  }

  /// Compares a row of x with a row of y in an order, `from` last.
  static int compare(Order order, Rows x, int i, Rows y, int j) {
    int result = switch (order) {
      case EAVT -> {
        int c = Long.compare(x.e[i], y.e[j]);
        if (c == 0) {
          c = Integer.compare(x.a[i], y.a[j]);
        }
        yield c != 0 ? c : compareValues(x, i, y, j);
      }
      case AEVT -> {
        int c = Integer.compare(x.a[i], y.a[j]);
        if (c == 0) {
          c = Long.compare(x.e[i], y.e[j]);
        }
        yield c != 0 ? c : compareValues(x, i, y, j);
      }
      case AVET -> {
        int c = Integer.compare(x.a[i], y.a[j]);
        if (c == 0) {
          c = compareValues(x, i, y, j);
        }
        yield c != 0 ? c : Long.compare(x.e[i], y.e[j]);
      }
      case VAET -> {
        int c = Long.compare(x.v[i], y.v[j]);
        if (c == 0) {
          c = Integer.compare(x.a[i], y.a[j]);
        }
        yield c != 0 ? c : Long.compare(x.e[i], y.e[j]);
      }
    };
    return result != 0 ? result : Long.compare(x.from[i], y.from[j]);
  }

  /// Compares a row with a bound, on the components that the bound has.
  public int compare(Order order, int i, Bound bound) {
    int parts = bound.parts();
    if (parts == 0) {
      return 0;
    }
    return switch (order) {
      case EAVT -> {
        int c = Long.compare(e[i], bound.e());
        if (c == 0 && parts > 1) {
          c = Integer.compare(a[i], bound.a());
        }
        yield c == 0 && parts > 2 ? compareValue(i, bound) : c;
      }
      case AEVT -> {
        int c = Integer.compare(a[i], bound.a());
        if (c == 0 && parts > 1) {
          c = Long.compare(e[i], bound.e());
        }
        yield c == 0 && parts > 2 ? compareValue(i, bound) : c;
      }
      case AVET -> {
        int c = Integer.compare(a[i], bound.a());
        if (c == 0 && parts > 1) {
          c = compareValue(i, bound);
        }
        yield c == 0 && parts > 2 ? Long.compare(e[i], bound.e()) : c;
      }
      case VAET -> {
        int c = Long.compare(v[i], bound.v());
        if (c == 0 && parts > 1) {
          c = Integer.compare(a[i], bound.a());
        }
        yield c == 0 && parts > 2 ? Long.compare(e[i], bound.e()) : c;
      }
    };
  }

  private static int compareValues(Rows x, int i, Rows y, int j) {
    return x.v[i] != y.v[j] || x.o == null || y.o == null
        ? Long.compare(x.v[i], y.v[j])
        : ValueOrder.compare(x.v[i], x.o[i], y.v[j], y.o[j]);
  }

  private int compareValue(int i, Bound bound) {
    return v[i] != bound.v() || o == null
        ? Long.compare(v[i], bound.v())
        : ValueOrder.compare(v[i], o[i], bound.v(), bound.o());
  }

  /// Position of the first row not below the bound or, past the bound, of the first row above it.
  public int seek(Order order, Bound bound, boolean past) {
    int low = 0;
    int high = count;
    // Invariant: rows [0, low) lie before the position, rows [high, count) at or behind it.
    while (low < high) {
      int middle = (low + high) >>> 1;
      int c = compare(order, middle, bound);
      if (past ? c <= 0 : c < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
