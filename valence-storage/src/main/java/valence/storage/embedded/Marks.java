package valence.storage.embedded;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/// Where some records of a log stand, noted by whoever passes, so that a read from the middle
/// needn't begin at its segment's first record. Only ever a shortcut: what is read is checked all
/// the same.
final class Marks {
  private static final int RECORDS_PER_MARK = 1024;

  private final ConcurrentSkipListMap<Long, Long> offsets = new ConcurrentSkipListMap<>();

  record Mark(long position, long offset) {}

  void note(long position, long offset) {
    if (position % RECORDS_PER_MARK == 0) {
      offsets.put(position, offset);
    }
  }

  /// The nearest known place at or before a position, in the segment whose first record is `first`.
  Mark before(long position, long first) {
    Map.Entry<Long, Long> mark = offsets.floorEntry(position);
    return mark != null && mark.getKey() >= first
        ? new Mark(mark.getKey(), mark.getValue())
        : new Mark(first, Segment.HEADER_BYTES);
  }

  void clear() {
    offsets.clear();
  }
}
