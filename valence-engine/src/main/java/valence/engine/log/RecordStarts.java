package valence.engine.log;

import java.util.Arrays;

/// With which t records begin, for some of them: all while they are few, then every second, every
/// fourth and so on, so that the memory is bounded whatever the length of the log.
///
/// Written by one thread at a time, read by any.
final class RecordStarts {
  private static final int KNOWN_MAX = 1 << 13; // 128 KiB

  /// The first `count` entries count; those behind are the writer's.
  private record Known(long[] positions, long[] firstTs, int count) {}

  private volatile Known known = new Known(new long[64], new long[64], 0);
  private int stride = 1; // the writer's

  /// Positions between which a record is to be looked for: it is at `low` or behind, before `high`.
  record Bounds(long low, long high) {}

  /// @param position above all added before
  void add(long position, long firstT) {
    Known now = known;
    int count = now.count();
    if (count > 0 && position - now.positions()[count - 1] < stride) {
      return;
    }
    long[] positions = now.positions();
    long[] firstTs = now.firstTs();
    if (count == KNOWN_MAX) {
      count /= 2;
      positions = new long[KNOWN_MAX];
      firstTs = new long[KNOWN_MAX];
      for (int i = 0; i < count; i++) {
        positions[i] = now.positions()[i * 2];
        firstTs[i] = now.firstTs()[i * 2];
      }
      stride *= 2;
    } else if (count == positions.length) {
      positions = Arrays.copyOf(positions, count * 2);
      firstTs = Arrays.copyOf(firstTs, count * 2);
    }
    positions[count] = position;
    firstTs[count] = firstT;
    known = new Known(positions, firstTs, count + 1);
  }

  /// Where the record with a transaction may be, if the log has it.
  ///
  /// @param end the end of the log
  Bounds around(long t, long end) {
    Known now = known;
    int found = Arrays.binarySearch(now.firstTs(), 0, now.count(), t);
    int next = found >= 0 ? found + 1 : -found - 1;
    return new Bounds(
        next == 0 ? 0 : now.positions()[next - 1],
        next == now.count() ? end : now.positions()[next]);
  }
}
