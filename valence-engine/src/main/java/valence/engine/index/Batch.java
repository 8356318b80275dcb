package valence.engine.index;

import org.jspecify.annotations.Nullable;
import valence.engine.value.ValueOrder;

/// Consecutive rows of a range, as columns: the positions from [#start] to below [#end].
///
/// Belongs to its cursor: valid until the cursor moves, and not to be written to. Fields rather
/// than accessors, because these are the columns that every operator's inner loop reads.
public final class Batch {
  /// Columns that a reader may ask for, as a sum; those that it didn't ask for hold anything.
  public static final int E = 1;

  public static final int A = 2;

  /// Keys, and with them [#OBJECTS].
  public static final int V = 4;

  public static final int T = 8;
  public static final int ALL = E | A | V | T;

  /// The values of which a key doesn't say everything, and codes, but no keys: these are made of
  /// each value's text, for readers that compare.
  public static final int OBJECTS = 16;

  private static final int PLAIN = ALL | OBJECTS;

  /// Where a batch takes columns from that its reader didn't ask for and turns out to need.
  public interface Columns {
    /// Makes columns of a batch hold its rows, as long as the batch is valid.
    void fill(Batch batch, int columns);

    /// Gives columns of some rows alone, from position zero of the targets on; of V the keys.
    ///
    /// @param columns of E, A and V
    /// @param rows    positions in the batch, ascending
    void pick(int columns, int[] rows, int count, long[] e, int[] a, long[] v);
  }

  private static final Rows NO_ROWS = Rows.empty(true);
  private static final int[] NO_CODES = new int[0];

  /// Fewer of the rows than one in so many are picked one by one.
  private static final int PICKED_SHARE = 8;

  public int start;
  public int end;
  public long[] e = NO_ROWS.e();
  public int[] a = NO_ROWS.a();

  /// Keys of the values.
  public long[] v = NO_ROWS.v();

  /// The t of the transaction that said it.
  public long[] t = NO_ROWS.from();

  /// The t of the transaction that took it back; null when all rows here are open.
  public long @Nullable [] to;

  /// False for retractions; null when all rows here are assertions.
  public boolean @Nullable [] added;

  /// What the values are by code, where all rows here are of one attribute that has few values
  /// which no key says; else null. Then [#codes] has each row's.
  public @Nullable Dictionary dictionary;

  /// Valid where there is a [#dictionary].
  public int[] codes = NO_CODES;

  private Objects objects = NO_ROWS;
  private int present = PLAIN;
  private @Nullable Columns lacking;

  /// The values where a key doesn't say everything. They are made when asked for, so whoever needs
  /// few of a batch pays for few.
  @FunctionalInterface
  public interface Objects {
    /// The value of a row; null when its key says everything.
    @Nullable Object object(int row);

    /// False when the keys of all rows say everything.
    default boolean any() {
      return true;
    }
  }

  public int count() {
    return end - start;
  }

  /// The value of a row where its key doesn't say everything, else null. May decode it: ask once.
  public @Nullable Object object(int row) {
    return objects.object(row);
  }

  /// Whether some row may have a value of which its key doesn't say everything.
  public boolean hasObjects() {
    return objects.any();
  }

  public boolean added(int row) {
    return added == null || added[row];
  }

  /// When a row ended; [RowBuffer#OPEN] when it is still true.
  public long to(int row) {
    return to == null ? RowBuffer.OPEN : to[row];
  }

  /// Shows rows [from, below) of some columns. For the cursor that owns the batch.
  public void show(
      int from,
      int below,
      long[] entities,
      int[] attributes,
      long[] keys,
      Objects values,
      long[] said,
      long @Nullable [] ends) {
    start = from;
    end = below;
    e = entities;
    a = attributes;
    v = keys;
    objects = values;
    t = said;
    to = ends;
    added = null;
    dictionary = null;
    present = PLAIN;
    lacking = null;
  }

  /// Says which of the columns shown hold the rows, and who makes the others do. For the cursor
  /// that owns the batch.
  public void showOnly(int columns, Columns others) {
    present = withObjects(columns);
    lacking = others;
  }

  /// Makes columns hold the rows, if the reader didn't ask for them before and turns out to need
  /// them.
  public void need(int columns) {
    int missing = columns & ~present;
    if (missing != 0 && lacking != null) {
      lacking.fill(this, missing);
      present |= withObjects(missing);
    }
  }

  private static int withObjects(int columns) {
    return (columns & V) == 0 ? columns : columns | OBJECTS;
  }

  /// Which of some columns don't hold the rows yet.
  int missing(int columns) {
    return columns & ~present;
  }

  /// Gives columns of some rows alone, from position zero of the targets on; of V the keys.
  ///
  /// @param rows ascending
  public void pick(int columns, int[] rows, int count, long[] toE, int[] toA, long[] toV) {
    int missing = columns & ~present;
    if (missing != 0 && lacking != null) {
      if (count > (end - start) / PICKED_SHARE) {
        need(missing);
      } else {
        lacking.pick(missing, rows, count, toE, toA, toV);
      }
    }
    int there = columns & present;
    if ((there & E) != 0) {
      for (int i = 0; i < count; i++) {
        toE[i] = e[rows[i]];
      }
    }
    if ((there & A) != 0) {
      for (int i = 0; i < count; i++) {
        toA[i] = a[rows[i]];
      }
    }
    if ((there & V) != 0) {
      for (int i = 0; i < count; i++) {
        toV[i] = v[rows[i]];
      }
    }
  }

  /// The columns that say where a row stands in an order, up to where values that aren't references
  /// have to be told apart.
  static int leading(Order order) {
    return switch (order) {
      case EAVT, AEVT -> E | A;
      case AVET, VAET -> E | A | V;
    };
  }

  private static int leading(Order order, int parts) {
    return switch (order) {
      case EAVT -> parts == 1 ? E : parts == 2 ? E | A : E | A | V;
      case AEVT -> parts == 1 ? A : parts == 2 ? A | E : A | E | V;
      case AVET -> parts == 1 ? A : parts == 2 ? A | V : A | V | E;
      case VAET -> parts == 1 ? V : parts == 2 ? V | A : V | A | E;
    };
  }

  /// Shows rows [from, below) of plain columns.
  public void show(Rows rows, int from, int below) {
    show(from, below, rows.e(), rows.a(), rows.v(), rows, rows.from(), rows.to());
  }

  /// Shows rows [from, below) of another batch, as long as that is valid.
  public void show(Batch other, int from, int below) {
    show(from, below, other.e, other.a, other.v, other.objects, other.t, other.to);
    added = other.added;
    dictionary = other.dictionary;
    codes = other.codes;
    present = other.present;
    lacking = other.lacking;
  }

  /// Position of the first row not below the bound, on the components that the bound has. Gallops:
  /// what is sought lies near most often.
  public int seek(Order order, Bound bound) {
    need(leading(order, bound.parts()));
    int low = start;
    int step = 1;
    while (low + step <= end && compare(order, low + step - 1, bound) < 0) {
      low += step;
      step *= 4;
    }
    int high = Math.min(low + step - 1, end);
    // Invariant: rows [start, low) lie below the bound, rows [high, end) don't.
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (compare(order, middle, bound) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private int compare(Order order, int row, Bound bound) {
    int parts = bound.parts();
    if (parts == 0) {
      return 0;
    }
    return switch (order) {
      case EAVT -> {
        int c = Long.compare(e[row], bound.e());
        if (c == 0 && parts > 1) {
          c = Integer.compare(a[row], bound.a());
        }
        yield c == 0 && parts > 2 ? compareValue(row, bound) : c;
      }
      case AEVT -> {
        int c = Integer.compare(a[row], bound.a());
        if (c == 0 && parts > 1) {
          c = Long.compare(e[row], bound.e());
        }
        yield c == 0 && parts > 2 ? compareValue(row, bound) : c;
      }
      case AVET -> {
        int c = Integer.compare(a[row], bound.a());
        if (c == 0 && parts > 1) {
          c = compareValue(row, bound);
        }
        yield c == 0 && parts > 2 ? Long.compare(e[row], bound.e()) : c;
      }
      case VAET -> {
        int c = Long.compare(v[row], bound.v());
        if (c == 0 && parts > 1) {
          c = Integer.compare(a[row], bound.a());
        }
        yield c == 0 && parts > 2 ? Long.compare(e[row], bound.e()) : c;
      }
    };
  }

  private int compareValue(int row, Bound bound) {
    return v[row] != bound.v() || bound.o() == null
        ? Long.compare(v[row], bound.v())
        : ValueOrder.compare(v[row], object(row), bound.v(), bound.o());
  }

  /// Compares a row with a row of another batch in an order, the older first where they are equal.
  /// Both have the columns that lead in the order.
  public int compare(Order order, int row, Batch other, int otherRow) {
    int result = compareFacts(order, row, other, otherRow);
    if (result != 0) {
      return result;
    }
    need(T);
    other.need(T);
    return Long.compare(t[row], other.t[otherRow]);
  }

  /// As [#compare], whenever they were said.
  int compareFacts(Order order, int row, Batch other, int otherRow) {
    return switch (order) {
      case EAVT -> {
        int c = Long.compare(e[row], other.e[otherRow]);
        if (c == 0) {
          c = Integer.compare(a[row], other.a[otherRow]);
        }
        yield c != 0 ? c : compareValues(row, other, otherRow);
      }
      case AEVT -> {
        int c = Integer.compare(a[row], other.a[otherRow]);
        if (c == 0) {
          c = Long.compare(e[row], other.e[otherRow]);
        }
        yield c != 0 ? c : compareValues(row, other, otherRow);
      }
      case AVET -> {
        int c = Integer.compare(a[row], other.a[otherRow]);
        if (c == 0) {
          c = compareValues(row, other, otherRow);
        }
        yield c != 0 ? c : Long.compare(e[row], other.e[otherRow]);
      }
      case VAET -> {
        int c = Long.compare(v[row], other.v[otherRow]);
        if (c == 0) {
          c = Integer.compare(a[row], other.a[otherRow]);
        }
        yield c != 0 ? c : Long.compare(e[row], other.e[otherRow]);
      }
    };
  }

  /// Compares the value of a row with that of a row of another batch.
  public int compareValues(int row, Batch other, int otherRow) {
    need(V);
    other.need(V);
    long key = v[row];
    long otherKey = other.v[otherRow];
    return key != otherKey
        ? Long.compare(key, otherKey)
        : ValueOrder.compare(key, object(row), otherKey, other.object(otherRow));
  }
}
