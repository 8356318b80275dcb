package valence.engine.segment;

/// A column of numbers, read in place from the bytes of a segment. Immutable.
sealed interface LongColumn permits PackedColumn, RunColumn, DictionaryColumn {
  int PACKED = 1;
  int RUNS = 2;
  int DICTIONARY = 3;
  int CONSTANT = 0;

  /// Bytes of the objects of one column in memory, about.
  int HEAP_BYTES = 56;

  int count();

  /// The number of a row.
  long at(int row);

  /// The numbers of rows [from, to), to `target` from position `at` on.
  void read(int from, int to, long[] target, int at);

  /// Of rows [from, to), which ascend: the first with the key or above, past it the first above;
  /// `to` when there is none.
  int seek(int from, int to, long key, boolean past);

  /// How the numbers are kept, for people.
  String describe();

  static LongColumn read(Input in, int count) {
    int kind = in.u8();
    return switch (kind) {
      case CONSTANT, PACKED -> PackedColumn.read(kind, in, count);
      case RUNS -> RunColumn.read(in, count);
      case DICTIONARY -> DictionaryColumn.read(in, count);
      default -> throw in.damaged("a column is of kind " + kind);
    };
  }

  /// A column of numbers from zero to below `limit`.
  static LongColumn readBelow(Input in, int count, long limit) {
    LongColumn column = read(in, count);
    column.checkBelow(limit, in);
    return column;
  }

  /// Refuses numbers outside of zero to below `limit`.
  default void checkBelow(long limit, Input in) {
    long[] values = new long[Math.min(count(), 1024)];
    for (int from = 0; from < count(); from += values.length) {
      int length = Math.min(values.length, count() - from);
      read(from, from + length, values, 0);
      for (int i = 0; i < length; i++) {
        if (values[i] < 0 || values[i] >= limit) {
          throw in.damaged("a code of " + values[i] + " is not below " + limit);
        }
      }
    }
  }
}
