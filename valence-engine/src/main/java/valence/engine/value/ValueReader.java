package valence.engine.value;

import clojure.lang.Keyword;
import clojure.lang.PersistentVector;
import clojure.lang.Symbol;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Date;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import valence.api.AnomalyException;

/// Reads what [ValueWriter] wrote. Each count is checked against what is left, so that damaged
/// bytes are a `fault` and never more. For one thread.
public final class ValueReader {
  private static final int TUPLE_DEPTH_MAX = 1;

  private final ByteBuffer in;
  private final Function<String, AnomalyException> damaged;

  /// @param in      big-endian, read from its position to its limit
  /// @param damaged what to throw, given what is wrong
  public ValueReader(ByteBuffer in, Function<String, AnomalyException> damaged) {
    this.in = in;
    this.damaged = damaged;
  }

  private ValueType type(int id) {
    return ValueType.ofId(id)
        .orElseThrow(() -> damaged.apply("value type " + id + " doesn't exist"));
  }

  /// The content of a value of a type.
  public Object content(ValueType type) {
    return content(type, 0);
  }

  private Object content(ValueType type, int depth) {
    return switch (type) {
      case LONG, REF -> signed();
      case INSTANT -> new Date(signed());
      case BOOLEAN -> u8() != 0;
      case DOUBLE -> Double.longBitsToDouble(fixed());
      case FLOAT -> (float) Double.longBitsToDouble(fixed());
      case STRING -> text();
      case URI -> uri(text());
      case KEYWORD -> {
        String namespace = u8() == 0 ? null : text();
        yield Keyword.intern(namespace, text());
      }
      case SYMBOL -> {
        String namespace = u8() == 0 ? null : text();
        yield Symbol.intern(namespace, text());
      }
      case UUID -> new UUID(fixed(), fixed());
      case BYTES -> bytes();
      case BIGINT -> integer();
      case BIGDEC -> {
        long scale = signed();
        if (scale != (int) scale) {
          throw damaged.apply("a number has " + scale + " decimal places");
        }
        yield new BigDecimal(integer(), (int) scale);
      }
      case TUPLE -> tuple(depth);
      case FN -> throw damaged.apply("a value of type fn can't be stored");
    };
  }

  private Object tuple(int depth) {
    if (depth >= TUPLE_DEPTH_MAX) {
      throw damaged.apply("a tuple stands in a tuple");
    }
    int count = count(1);
    @Nullable Object[] slots = new Object[count];
    for (int i = 0; i < count; i++) {
      int id = u8();
      slots[i] = id == ValueWriter.NIL ? null : content(type(id), depth + 1);
    }
    return PersistentVector.adopt(slots);
  }

  private BigInteger integer() {
    byte[] bytes = bytes();
    if (bytes.length == 0) {
      throw damaged.apply("a number has no digits");
    }
    return new BigInteger(bytes);
  }

  private URI uri(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      AnomalyException fault = damaged.apply(text + " is no URI");
      fault.initCause(e);
      throw fault;
    }
  }

  private String text() {
    int length = count(1);
    if (in.hasArray()) {
      int start = in.arrayOffset() + in.position();
      in.position(in.position() + length);
      return Texts.decode(in.array(), start, length);
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return Texts.decode(bytes, 0, length);
  }

  private byte[] bytes() {
    byte[] bytes = new byte[count(1)];
    in.get(bytes);
    return bytes;
  }

  /// A count of things of at least so many bytes each.
  private int count(int bytesMin) {
    long count = unsigned();
    if (count < 0 || count > in.remaining() / bytesMin) {
      throw damaged.apply("a count of " + count + " exceeds what is left");
    }
    return (int) count;
  }

  private long fixed() {
    need(Long.BYTES);
    return in.getLong();
  }

  private int u8() {
    need(1);
    return in.get() & 0xff;
  }

  private long signed() {
    long value = unsigned();
    return (value >>> 1) ^ -(value & 1);
  }

  private long unsigned() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int b = u8();
      value |= (long) (b & 0x7f) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    throw damaged.apply("a number is longer than 64 bits");
  }

  private void need(int bytes) {
    if (in.remaining() < bytes) {
      throw damaged.apply("it ends too early");
    }
  }
}
