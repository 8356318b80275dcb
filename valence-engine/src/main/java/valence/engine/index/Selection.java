package valence.engine.index;

import org.jspecify.annotations.Nullable;

/// Some rows of a batch as a batch of their own, whose columns are copied as they are asked for.
/// For one cursor, again and again.
final class Selection implements Batch.Objects, Batch.Columns {
  private static final long[] NO_LONGS = new long[0];
  private static final int[] NO_INTS = new int[0];

  /// Fewer of the rows than one in so many have no codes made for all.
  private static final int CODES_SHARE = 8;

  /// Positions in the batch selected from, ascending.
  int[] rows = NO_INTS;

  private Batch from = new Batch();
  private int count;
  private long[] e = NO_LONGS;
  private int[] a = NO_INTS;
  private long[] v = NO_LONGS;
  private int[] codes = NO_INTS;
  private long[] t = NO_LONGS;
  private boolean @Nullable [] added;

  /// Makes room for so many rows.
  void reserve(int rowCount) {
    if (rows.length < rowCount) {
      rows = new int[rowCount];
    }
  }

  /// Shows the first of [#rows] of a batch, as long as that is valid, without their ends.
  void show(Batch source, int rowCount, int columns, Batch batch) {
    if (rowCount == source.count()) {
      batch.show(source, source.start, source.end);
      batch.need(columns);
      return;
    }
    from = source;
    count = rowCount;
    if (e.length < rowCount) {
      int capacity = Math.max(rowCount, Math.min(e.length * 2, source.count()));
      e = new long[capacity];
      a = new int[capacity];
      v = new long[capacity];
      t = new long[capacity];
      codes = NO_INTS;
      added = null;
    }
    batch.show(0, rowCount, e, a, v, this, t, null);
    batch.showOnly(0, this);
    if (source.added != null) {
      fillAdded(source.added);
      batch.added = added;
    }
    batch.need(columns);
  }

  private void fillAdded(boolean[] all) {
    boolean[] some = added == null ? new boolean[e.length] : added;
    for (int i = 0; i < count; i++) {
      some[i] = all[rows[i]];
    }
    added = some;
  }

  @Override
  public void fill(Batch batch, int columns) {
    pickOf(columns & (Batch.E | Batch.A | Batch.V));
    if ((columns & Batch.OBJECTS) != 0 && count > from.count() / CODES_SHARE) {
      from.need(Batch.OBJECTS);
    }
    if ((columns & Batch.T) != 0) {
      from.need(Batch.T);
      for (int i = 0; i < count; i++) {
        t[i] = from.t[rows[i]];
      }
    }
    if ((columns & (Batch.V | Batch.OBJECTS)) != 0 && from.dictionary != null) {
      codes = codes.length < count ? new int[e.length] : codes;
      for (int i = 0; i < count; i++) {
        codes[i] = from.codes[rows[i]];
      }
      batch.dictionary = from.dictionary;
      batch.codes = codes;
    }
  }

  private void pickOf(int columns) {
    if (columns != 0) {
      from.pick(columns, rows, count, e, a, v);
    }
  }

  @Override
  public void pick(int columns, int[] some, int someCount, long[] toE, int[] toA, long[] toV) {
    int[] positions = new int[someCount];
    for (int i = 0; i < someCount; i++) {
      positions[i] = rows[some[i]];
    }
    from.pick(columns, positions, someCount, toE, toA, toV);
  }

  @Override
  public boolean any() {
    return from.hasObjects();
  }

  @Override
  public @Nullable Object object(int row) {
    return from.object(rows[row]);
  }
}
