package valence.engine.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.value.Texts;

/// Reads the bytes of a record. Each count is checked against what is left, so that a damaged
/// record is a `fault` and never more. For one thread.
final class ByteSource {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final long position;
  private final byte[] bytes;
  private final int end;
  private int next;

  /// @param position of the record, for messages
  ByteSource(long position, byte[] bytes) {
    this(position, bytes, 0, bytes.length);
  }

  private ByteSource(long position, byte[] bytes, int start, int end) {
    this.position = position;
    this.bytes = bytes;
    this.next = start;
    this.end = end;
  }

  /// The bytes that come next, apart.
  ByteSource part(int count) {
    assert count <= remaining();
    ByteSource part = new ByteSource(position, bytes, next, next + count);
    next += count;
    return part;
  }

  /// What is left, to be read a second time.
  ByteSource copy() {
    return new ByteSource(position, bytes, next, end);
  }

  /// The bytes that are left.
  byte[] rest() {
    return Arrays.copyOfRange(bytes, next, end);
  }

  int remaining() {
    return end - next;
  }

  void requireEnd() {
    if (next != end) {
      throw damaged(remaining() + " bytes are left over");
    }
  }

  int u8() {
    if (next == end) {
      throw damaged("it ends too early");
    }
    return bytes[next++] & 0xff;
  }

  long fixed() {
    if (remaining() < Long.BYTES) {
      throw damaged("it ends too early");
    }
    long value = (long) LONG.get(bytes, next);
    next += Long.BYTES;
    return value;
  }

  long signed() {
    long value = unsigned();
    return (value >>> 1) ^ -(value & 1);
  }

  long unsigned() {
    if (end - next >= 3) { // nearly all are short
      int b0 = bytes[next];
      if (b0 >= 0) {
        next++;
        return b0;
      }
      int b1 = bytes[next + 1];
      if (b1 >= 0) {
        next += 2;
        return (b0 & 0x7f) | b1 << 7;
      }
      int b2 = bytes[next + 2];
      if (b2 >= 0) {
        next += 3;
        return (b0 & 0x7f) | (b1 & 0x7f) << 7 | b2 << 14;
      }
    }
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int b = u8();
      value |= (long) (b & 0x7f) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    throw damaged("a number is longer than 64 bits");
  }

  /// A count of things that take at least one byte each of what is left.
  int count() {
    long count = unsigned();
    if (count < 0 || count > remaining()) {
      throw damaged("a count of " + count + " exceeds what is left");
    }
    return (int) count;
  }

  /// A number from 0 to below a bound.
  int below(int bound) {
    long number = unsigned();
    if (number < 0 || number >= bound) {
      throw damaged(number + " is not below " + bound);
    }
    return (int) number;
  }

  String text() {
    int count = count();
    String text = Texts.decode(bytes, next, count);
    next += count;
    return text;
  }

  byte[] bytes() {
    int count = count();
    byte[] content = Arrays.copyOfRange(bytes, next, next + count);
    next += count;
    return content;
  }

  AnomalyException damaged(String how) {
    return Anomaly.fault(message(how)).with("position", position).toException();
  }

  AnomalyException damaged(String how, RuntimeException cause) {
    return Anomaly.fault(message(how)).with("position", position).toException(cause);
  }

  private String message(String how) {
    return "Log record "
        + position
        + " is damaged: "
        + how
        + ". Expected a record as it was written. Restore the database from a backup.";
  }
}
