package valence.engine.index;

import org.jspecify.annotations.Nullable;

/// One row that is true.
///
/// @param v    the key of the value
/// @param o    the value itself when the key doesn't say everything
/// @param from t of the transaction that asserted it
public record Row(long e, int a, long v, @Nullable Object o, long from) {
  static Row of(Rows rows, int i) {
    return new Row(rows.e()[i], rows.a()[i], rows.v()[i], rows.object(i), rows.from()[i]);
  }

  /// The first row of a cursor; null when it has none.
  public static @Nullable Row first(Cursor cursor) {
    return cursor.next() ? of(cursor.batch()) : null;
  }

  static Row of(Batch rows) {
    int i = rows.start;
    return new Row(rows.e[i], rows.a[i], rows.v[i], rows.object(i), rows.t[i]);
  }
}
