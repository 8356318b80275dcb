package valence.engine.segment;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Bytes being written, little-endian. For one thread.
final class Output {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes = new byte[1 << 13];
  private int size;

  int size() {
    return size;
  }

  void u8(int value) {
    reserve(1);
    bytes[size++] = (byte) value;
  }

  void u32(int value) {
    reserve(Integer.BYTES);
    INT.set(bytes, size, value);
    size += Integer.BYTES;
  }

  void i64(long value) {
    reserve(Long.BYTES);
    LONG.set(bytes, size, value);
    size += Long.BYTES;
  }

  void put(byte[] source, int from, int count) {
    reserve(count);
    System.arraycopy(source, from, bytes, size, count);
    size += count;
  }

  /// Packs the differences between values and a line, each in so many bits, the lowest bit first.
  void packed(long[] values, int count, long base, long slope, int width) {
    if (width == 0) {
      return;
    }
    int length = PackedColumn.bytes(count, width);
    reserve(length + Long.BYTES);
    Arrays.fill(bytes, size, size + length + Long.BYTES, (byte) 0);
    if (width == Long.SIZE) {
      for (int i = 0; i < count; i++) {
        LONG.set(bytes, size + i * Long.BYTES, values[i] - PackedColumn.line(base, slope, i));
      }
    } else {
      for (int i = 0; i < count; i++) {
        long bit = (long) i * width;
        int at = size + (int) (bit >>> 3);
        long word = (long) LONG.get(bytes, at);
        long difference = values[i] - PackedColumn.line(base, slope, i);
        LONG.set(bytes, at, word | (difference << (bit & 7)));
      }
    }
    size += length;
  }

  private void reserve(int count) {
    if (count > bytes.length - size) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(size, count)));
    }
  }

  /// What has been written; owned by the caller from now on.
  ByteBuffer toBuffer() {
    return ByteBuffer.wrap(size == bytes.length ? bytes : Arrays.copyOf(bytes, size));
  }
}
