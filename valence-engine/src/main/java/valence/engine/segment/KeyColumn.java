package valence.engine.segment;

import org.jspecify.annotations.Nullable;

/// Values whose keys say everything.
record KeyColumn(LongColumn keys) implements ValueColumn {
  @Override
  public long key(int row) {
    return keys.at(row);
  }

  @Override
  public @Nullable Object object(int row) {
    return null;
  }

  @Override
  public int compare(int row, long key, @Nullable Object object) {
    return Long.compare(keys.at(row), key);
  }

  @Override
  public void read(int from, int to, long[] target, int[] codes, int at) {
    keys.read(from, to, target, at);
  }

  @Override
  public void readCodes(int from, int to, long[] scratch, int[] codes) {
    // its keys say everything
  }

  @Override
  public @Nullable Object objectOf(int code) {
    return null;
  }

  @Override
  public long heapBytes() {
    return 16 + LongColumn.HEAP_BYTES;
  }

  @Override
  public String describe() {
    return "keys: " + keys.describe();
  }
}
