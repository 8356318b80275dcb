package valence.engine.log;

import clojure.lang.Keyword;
import clojure.lang.PersistentVector;
import clojure.lang.Symbol;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.db.Novelty;
import valence.engine.index.RowBuffer;
import valence.engine.value.ValueType;

/// Reads records in the format that the package describes. Each count is checked against what is
/// left, so that a damaged record is a `fault` and never more.
final class RecordReader {
  private static final int ROW_BYTES_MIN = 4;
  private static final int TUPLE_DEPTH_MAX = 1;

  private final ByteBuffer in;
  private final long position;

  private RecordReader(long position, byte[] bytes) {
    this.position = position;
    this.in = ByteBuffer.wrap(bytes);
  }

  /// @param position of the record, for messages
  static List<LogTransaction> read(long position, byte[] bytes) {
    return new RecordReader(position, bytes).record();
  }

  private List<LogTransaction> record() {
    int version = u8();
    if (version != RecordWriter.VERSION) {
      throw damaged("its version is " + version + ", not " + RecordWriter.VERSION);
    }
    int count = count(1);
    if (count == 0) {
      throw damaged("it holds no transaction");
    }
    List<LogTransaction> transactions = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      transactions.add(transaction());
    }
    if (in.hasRemaining()) {
      throw damaged(in.remaining() + " bytes are left over");
    }
    return transactions;
  }

  private LogTransaction transaction() {
    long t = unsigned();
    RowBuffer opened = rows(t, false);
    RowBuffer closed = rows(t, true);
    int tempidCount = count(2);
    Map<String, Long> tempids = new HashMap<>();
    for (int i = 0; i < tempidCount; i++) {
      String tempid = text();
      tempids.put(tempid, signed());
    }
    return new LogTransaction(new Novelty(t, opened, closed), tempids);
  }

  private RowBuffer rows(long t, boolean closed) {
    int count = count(ROW_BYTES_MIN);
    RowBuffer rows = new RowBuffer(count);
    for (int i = 0; i < count; i++) {
      long entity = signed();
      long attribute = unsigned();
      if (attribute >= 1 << 20) {
        throw damaged("attribute " + attribute + " is out of range");
      }
      ValueType type = type(u8());
      Object value = content(type, 0);
      rows.add(
          entity,
          (int) attribute,
          type.key(value),
          type.inline() ? null : value,
          closed ? unsigned() : t,
          closed ? t : RowBuffer.OPEN);
    }
    return rows;
  }

  private ValueType type(int id) {
    return ValueType.ofId(id).orElseThrow(() -> damaged("value type " + id + " doesn't exist"));
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
        int scale = (int) signed();
        yield new BigDecimal(integer(), scale);
      }
      case TUPLE -> tuple(depth);
      case FN -> throw damaged("a value of type fn can't be stored");
    };
  }

  private Object tuple(int depth) {
    if (depth >= TUPLE_DEPTH_MAX) {
      throw damaged("a tuple stands in a tuple");
    }
    int count = count(1);
    @Nullable Object[] slots = new Object[count];
    for (int i = 0; i < count; i++) {
      int id = u8();
      slots[i] = id == RecordWriter.NIL ? null : content(type(id), depth + 1);
    }
    return PersistentVector.adopt(slots);
  }

  private BigInteger integer() {
    byte[] bytes = bytes();
    if (bytes.length == 0) {
      throw damaged("a number has no digits");
    }
    return new BigInteger(bytes);
  }

  private URI uri(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw Anomaly.fault(message(text + " is no URI")).toException(e);
    }
  }

  private String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
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
      throw damaged("a count of " + count + " exceeds what is left");
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
    throw damaged("a number is longer than 64 bits");
  }

  private void need(int bytes) {
    if (in.remaining() < bytes) {
      throw damaged("it ends too early");
    }
  }

  private AnomalyException damaged(String how) {
    return Anomaly.fault(message(how)).with("position", position).toException();
  }

  private String message(String how) {
    return "Log record "
        + position
        + " is damaged: "
        + how
        + ". Expected a record as it was written. Restore the database from a backup.";
  }
}
