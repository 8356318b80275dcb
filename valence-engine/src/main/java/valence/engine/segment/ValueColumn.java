package valence.engine.segment;

import org.jspecify.annotations.Nullable;

/// The values of one attribute's rows. Immutable.
sealed interface ValueColumn permits KeyColumn, ObjectColumn {
  /// In place of an object type's id, for values whose keys say everything.
  int KEYS = 0;

  /// The key of a row's value.
  long key(int row);

  /// The value of a row; null when its key says everything.
  @Nullable Object object(int row);

  /// Compares the value of a row with another of the same attribute.
  int compare(int row, long key, @Nullable Object object);

  /// The keys of rows [from, to), and what [#objectOf] wants of each, to `at` and on.
  void read(int from, int to, long[] keys, int[] codes, int at);

  /// What [#objectOf] wants of each of rows [from, to), from the target's front on.
  ///
  /// @param scratch to work in
  void readCodes(int from, int to, long[] scratch, int[] codes);

  /// The value that a code stands for; null when its key says everything.
  @Nullable Object objectOf(int code);

  long heapBytes();

  String describe();

  static ValueColumn read(Input in, int count) {
    int form = in.u8();
    return form == KEYS
        ? new KeyColumn(LongColumn.read(in, count))
        : ObjectColumn.read(form, in, count);
  }
}
