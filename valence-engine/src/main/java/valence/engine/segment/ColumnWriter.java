package valence.engine.segment;

import java.util.Arrays;

/// Writes a column in the smallest of its encodings.
final class ColumnWriter {
  private static final int HEADER_BYTES = 18;

  /// A line's ends may lie this far apart, so that its fixed-point slope times a row fits 64 bits.
  private static final long LINE_RISE_MAX = 1L << 45;

  private ColumnWriter() {}

  /// The line and the width of a packed column.
  private record Packing(long base, long slope, int width) {
    int bytes(int count) {
      return width == 0 && slope == 0
          ? 1 + Long.BYTES
          : HEADER_BYTES + PackedColumn.bytes(count, width);
    }
  }

  static void write(long[] values, int count, Output out) {
    Packing packing = packing(values, count);
    int best = packing.bytes(count);
    if (packing.width() == 0) {
      writePacked(values, count, packing, out);
      return;
    }
    int runs = 1;
    for (int i = 1; i < count; i++) {
      runs += values[i] == values[i - 1] ? 0 : 1;
    }
    if (runs <= count / 2) {
      int startBits = Integer.SIZE - Integer.numberOfLeadingZeros(count);
      // A run takes at most the bits of its start and its value; half the size pays for the search.
      long most = 2L * HEADER_BYTES + 5 + ((long) runs * (startBits + packing.width()) + 7) / 8;
      if (most < best / 2) {
        writeRuns(values, count, runs, out);
        return;
      }
    }
    if (packing.width() > 8) {
      long[] distinct = distinct(values, count);
      Packing dictionary = packing(distinct, distinct.length);
      int codeBits = Integer.SIZE - Integer.numberOfLeadingZeros(distinct.length - 1);
      long bytes = 5L
          + dictionary.bytes(distinct.length)
          + HEADER_BYTES
          + PackedColumn.bytes(count, codeBits);
      if (bytes < best * 3L / 4) {
        writeDictionary(values, count, distinct, dictionary, out);
        return;
      }
    }
    writePacked(values, count, packing, out);
  }

  /// Writes a column that may be no other than constant or packed.
  static void writeSimple(long[] values, int count, Output out) {
    writePacked(values, count, packing(values, count), out);
  }

  private static Packing packing(long[] values, int count) {
    Packing flat = packing(values, count, 0);
    if (count < 3 || flat.width() == 0) {
      return flat;
    }
    long rise = values[count - 1] - values[0];
    if (rise == 0 || Math.abs(rise) > LINE_RISE_MAX) {
      return flat;
    }
    long slope = (rise << PackedColumn.SLOPE_FRACTION_BITS) / (count - 1);
    Packing sloped = packing(values, count, slope);
    return sloped.width() < flat.width() ? sloped : flat;
  }

  private static Packing packing(long[] values, int count, long slope) {
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      long value = values[i] - ((slope * i) >> PackedColumn.SLOPE_FRACTION_BITS);
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    if (count == 0) {
      return new Packing(0, 0, 0);
    }
    int width = Long.SIZE - Long.numberOfLeadingZeros(max - min);
    return new Packing(min, slope, width > PackedColumn.WIDTH_PACKED_MAX ? Long.SIZE : width);
  }

  private static void writePacked(long[] values, int count, Packing packing, Output out) {
    if (packing.width() == 0 && packing.slope() == 0) {
      out.u8(LongColumn.CONSTANT);
      out.i64(packing.base());
      return;
    }
    out.u8(LongColumn.PACKED);
    out.u8(packing.width());
    out.i64(packing.base());
    out.i64(packing.slope());
    out.packed(values, count, packing.base(), packing.slope(), packing.width());
  }

  private static void writeRuns(long[] values, int count, int runs, Output out) {
    long[] starts = new long[runs];
    long[] heads = new long[runs];
    int run = 0;
    for (int i = 0; i < count; i++) {
      if (i == 0 || values[i] != values[i - 1]) {
        starts[run] = i;
        heads[run++] = values[i];
      }
    }
    out.u8(LongColumn.RUNS);
    out.u32(runs);
    writeSimple(starts, runs, out);
    writeSimple(heads, runs, out);
  }

  private static long[] distinct(long[] values, int count) {
    long[] sorted = Arrays.copyOf(values, count);
    Arrays.sort(sorted);
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (i == 0 || sorted[i] != sorted[i - 1]) {
        sorted[kept++] = sorted[i];
      }
    }
    return Arrays.copyOf(sorted, kept);
  }

  private static void writeDictionary(
      long[] values, int count, long[] distinct, Packing dictionary, Output out) {
    long[] codes = new long[count];
    for (int i = 0; i < count; i++) {
      codes[i] = Arrays.binarySearch(distinct, values[i]);
    }
    out.u8(LongColumn.DICTIONARY);
    out.u32(distinct.length);
    writePacked(distinct, distinct.length, dictionary, out);
    writeSimple(codes, count, out);
  }
}
