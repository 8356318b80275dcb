package valence.engine.segment;

import java.util.Arrays;

/// Numbers that repeat: each once, with the row where its run starts.
final class RunColumn implements LongColumn {
  private final LongColumn starts;
  private final LongColumn values;
  private final int count;

  private RunColumn(LongColumn starts, LongColumn values, int count) {
    this.starts = starts;
    this.values = values;
    this.count = count;
  }

  static RunColumn read(Input in, int count) {
    int runs = in.count(count);
    LongColumn starts = PackedColumn.readSimple(in, runs);
    LongColumn values = PackedColumn.readSimple(in, runs);
    long before = -1;
    for (int i = 0; i < runs; i++) {
      long start = starts.at(i);
      if (start <= before || start >= count || (i == 0 && start != 0)) {
        throw in.damaged("a run starts at row " + start + " of " + count);
      }
      before = start;
    }
    if (runs == 0 && count > 0) {
      throw in.damaged("a column has no runs");
    }
    return new RunColumn(starts, values, count);
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public long at(int row) {
    return values.at(run(row));
  }

  /// The run that a row lies in.
  private int run(int row) {
    return row == 0
        ? 0
        : row == count - 1 ? starts.count() - 1 : starts.seek(0, starts.count(), row, true) - 1;
  }

  @Override
  public void read(int from, int to, long[] target, int at) {
    int position = from;
    for (int run = from < to ? run(from) : 0; position < to; run++) {
      int end = run + 1 == starts.count() ? to : (int) Math.min(to, starts.at(run + 1));
      Arrays.fill(target, at + position - from, at + end - from, values.at(run));
      position = end;
    }
  }

  @Override
  public int seek(int from, int to, long key, boolean past) {
    if (from >= to) {
      return from;
    }
    int first = run(from);
    int run = values.seek(first, run(to - 1) + 1, key, past);
    return run == first ? from : run == starts.count() ? to : (int) Math.min(to, starts.at(run));
  }

  @Override
  public String describe() {
    return starts.count() + " runs: starts " + starts.describe() + "; " + values.describe();
  }
}
