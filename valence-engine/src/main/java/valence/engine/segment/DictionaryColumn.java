package valence.engine.segment;

/// Few numbers that lie far apart: each once, and a code for each row.
final class DictionaryColumn implements LongColumn {
  private final LongColumn values;
  private final LongColumn codes;

  private DictionaryColumn(LongColumn values, LongColumn codes) {
    this.values = values;
    this.codes = codes;
  }

  static DictionaryColumn read(Input in, int count) {
    int size = in.count(count);
    LongColumn values = PackedColumn.readSimple(in, size);
    LongColumn codes = PackedColumn.readSimple(in, count);
    codes.checkBelow(size, in);
    return new DictionaryColumn(values, codes);
  }

  @Override
  public int count() {
    return codes.count();
  }

  @Override
  public long at(int row) {
    return values.at((int) codes.at(row));
  }

  @Override
  public void read(int from, int to, long[] target, int at) {
    codes.read(from, to, target, at);
    int end = at + to - from;
    for (int i = at; i < end; i++) {
      target[i] = values.at((int) target[i]);
    }
  }

  @Override
  public int seek(int from, int to, long key, boolean past) {
    int low = from;
    int step = 1;
    // Gallops: the ends of most ranges lie near their starts.
    while (low + step <= to && isBefore(low + step - 1, key, past)) {
      low += step;
      step *= 8;
    }
    int high = Math.min(low + step - 1, to);
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isBefore(middle, key, past)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private boolean isBefore(int row, long key, boolean past) {
    long value = at(row);
    return past ? value <= key : value < key;
  }

  @Override
  public String describe() {
    return values.count() + " numbers: " + values.describe() + "; codes " + codes.describe();
  }
}
