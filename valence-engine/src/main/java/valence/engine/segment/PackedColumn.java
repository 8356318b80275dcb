package valence.engine.segment;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Numbers near a line, as differences from it in as few bits as the largest one needs: without a
/// slope the frame-of-reference encoding, without differences a constant or a sequence.
///
///     value(i) = base + (slope · i >> 16) + difference(i)      modulo 2^64
///
/// Ascending ids, several rows each, lie so near to a line that a few bits remain.
final class PackedColumn implements LongColumn {
  static final int SLOPE_FRACTION_BITS = 16;

  /// Wider differences are kept in 64 bits: at any bit offset, 57 fit the eight bytes that are
  /// read.
  static final int WIDTH_PACKED_MAX = 57;

  /// In fewer rows a number is found without the line.
  private static final int LINE_ROWS_MIN = 16;

  /// Of numbers further from the base, a distance times the fraction doesn't fit 64 bits.
  private static final long LINE_RISE_MAX = 1L << 45;

  private static final int LINE_BITS_MAX = 45;

  private final ByteBuffer bytes;
  private final int start;
  private final int count;
  private final int width;
  private final long base;
  private final long slope;
  private final long mask;

  /// Whether numbers lie above a line that rises, far from where longs end.
  private final boolean ascends;

  private PackedColumn(ByteBuffer bytes, int start, int count, int width, long base, long slope) {
    this.bytes = bytes;
    this.start = start;
    this.count = count;
    this.width = width;
    this.base = base;
    this.slope = slope;
    this.mask = width == Long.SIZE ? -1 : (1L << width) - 1;
    this.ascends = slope > 0 && width < LINE_BITS_MAX && Math.abs(base >> 1) < Long.MAX_VALUE / 4;
  }

  static LongColumn readSimple(Input in, int count) {
    int kind = in.u8();
    if (kind != CONSTANT && kind != PACKED) {
      throw in.damaged("a column of kind " + kind + " stands in another column");
    }
    return read(kind, in, count);
  }

  static PackedColumn read(int kind, Input in, int count) {
    if (kind == CONSTANT) {
      return new PackedColumn(in.bytes(), 0, count, 0, in.i64(), 0);
    }
    int width = in.u8();
    if (width > WIDTH_PACKED_MAX && width != Long.SIZE) {
      throw in.damaged("a column's numbers have " + width + " bits");
    }
    long base = in.i64();
    long slope = in.i64();
    int start = in.skip(((long) count * width + 7) >>> 3);
    return new PackedColumn(in.bytes(), start, count, width, base, slope);
  }

  static int bytes(int count, int width) {
    return (int) (((long) count * width + 7) >>> 3);
  }

  static long line(long base, long slope, int i) {
    return base + ((slope * i) >> SLOPE_FRACTION_BITS);
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public long at(int row) {
    if (width == 0) {
      return line(base, slope, row);
    }
    long bit = (long) row * width;
    long word = bytes.getLong(start + (int) (bit >>> 3));
    return line(base, slope, row) + ((word >>> (bit & 7)) & mask);
  }

  @Override
  public void read(int from, int to, long[] target, int at) {
    int shift = at - from;
    if (width == 0 && slope == 0) {
      Arrays.fill(target, at, to + shift, base);
    } else if (width == 0) {
      for (int i = from; i < to; i++) {
        target[i + shift] = line(base, slope, i);
      }
    } else if (slope == 0) {
      readFlat(from, to, target, shift);
    } else {
      readFlat(from, to, target, shift);
      for (int i = from; i < to; i++) {
        target[i + shift] += (slope * i) >> SLOPE_FRACTION_BITS;
      }
    }
  }

  private void readFlat(int from, int to, long[] target, int shift) {
    long bit = (long) from * width;
    for (int i = from; i < to; i++) {
      long word = bytes.getLong(start + (int) (bit >>> 3));
      target[i + shift] = base + ((word >>> (bit & 7)) & mask);
      bit += width;
    }
  }

  @Override
  public int seek(int from, int to, long key, boolean past) {
    int low = from;
    int high = to;
    if (ascends && to - from > LINE_ROWS_MIN && Math.abs(key - base) < LINE_RISE_MAX) {
      // A number lies between the line and as far above it as its bits reach.
      long upper = ((key - base + 1) << SLOPE_FRACTION_BITS) / slope + 2;
      long lower = ((key - base - mask) << SLOPE_FRACTION_BITS) / slope - 2;
      low = Math.clamp(lower, from, to);
      high = Math.clamp(upper, low, to);
    } else {
      int step = 1;
      // Gallops: the ends of most ranges lie near their starts.
      while (low + step <= to && isBefore(low + step - 1, key, past)) {
        low += step;
        step *= 8;
      }
      high = Math.min(low + step - 1, to);
    }
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
    if (width == 0 && slope == 0) {
      return "constant " + base;
    }
    String line = slope == 0 ? "from " + base : "near a line from " + base;
    return width == 0 ? "on a line from " + base : width + " bits each, " + line;
  }
}
