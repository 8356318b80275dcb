package valence.engine.value;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Writes values as bytes, in the form that the package describes. For one thread.
public final class ValueWriter {
  /// Stands for nil in a tuple, where a type's id would stand.
  static final int NIL = 0;

  private final ByteArrayOutputStream out;

  public ValueWriter(ByteArrayOutputStream out) {
    this.out = out;
  }

  /// The type, then the content.
  private void value(ValueType type, Object value) {
    out.write(type.id());
    content(type, value);
  }

  /// A normalized value of a type that the reader will know.
  public void content(ValueType type, Object value) {
    switch (type) {
      case LONG, REF -> signed((Long) value);
      case INSTANT -> signed(((Date) value).getTime());
      case BOOLEAN -> out.write((Boolean) value ? 1 : 0);
      case DOUBLE -> fixed(Double.doubleToLongBits((Double) value));
      case FLOAT -> fixed(Double.doubleToLongBits(((Float) value).doubleValue()));
      case STRING -> text((String) value);
      case URI -> text(((URI) value).toString());
      case KEYWORD -> name(((Keyword) value).getNamespace(), ((Keyword) value).getName());
      case SYMBOL -> name(((Symbol) value).getNamespace(), ((Symbol) value).getName());
      case UUID -> {
        fixed(((UUID) value).getMostSignificantBits());
        fixed(((UUID) value).getLeastSignificantBits());
      }
      case BYTES -> bytes((byte[]) value);
      case BIGINT -> bytes(((BigInteger) value).toByteArray());
      case BIGDEC -> {
        signed(((BigDecimal) value).scale());
        bytes(((BigDecimal) value).unscaledValue().toByteArray());
      }
      case TUPLE -> tuple((List<?>) value);
      case FN -> throw new IllegalStateException("no attribute can have values of type fn");
    }
  }

  /// The type of a normalized value, as its class tells it; a reference is a long here.
  public static ValueType typeOf(Object value) {
    return switch (value) {
      case Long number -> ValueType.LONG;
      case String text -> ValueType.STRING;
      case Keyword keyword -> ValueType.KEYWORD;
      case Symbol symbol -> ValueType.SYMBOL;
      case Boolean truth -> ValueType.BOOLEAN;
      case Date instant -> ValueType.INSTANT;
      case UUID uuid -> ValueType.UUID;
      case Double number -> ValueType.DOUBLE;
      case Float number -> ValueType.FLOAT;
      case URI uri -> ValueType.URI;
      case BigInteger number -> ValueType.BIGINT;
      case BigDecimal number -> ValueType.BIGDEC;
      case byte[] bytes -> ValueType.BYTES;
      case List<?> tuple -> ValueType.TUPLE;
      default -> throw new IllegalStateException("no value is a " + value.getClass());
    };
  }

  /// Slots are normalized, so the class tells the type; a reference reads back as the same number.
  private void tuple(List<?> slots) {
    unsigned(slots.size());
    for (Object slot : slots) {
      if (slot == null) {
        out.write(NIL);
      } else {
        value(typeOf(slot), slot);
      }
    }
  }

  private void name(@Nullable String namespace, String name) {
    out.write(namespace == null ? 0 : 1);
    if (namespace != null) {
      text(namespace);
    }
    text(name);
  }

  /// The count of bytes, then the text in UTF-8. A surrogate that stands alone is written as three
  /// bytes, as UTF-8 would were it allowed, so that each Java string reads back as itself.
  private void text(String text) {
    bytes(Texts.encode(text));
  }

  private void bytes(byte[] bytes) {
    unsigned(bytes.length);
    out.write(bytes, 0, bytes.length);
  }

  private void fixed(long bits) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      out.write((int) (bits >>> shift));
    }
  }

  /// A signed number, zigzag, as a varint.
  private void signed(long value) {
    unsigned((value << 1) ^ (value >> 63));
  }

  /// A number as a varint (LEB128).
  private void unsigned(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
