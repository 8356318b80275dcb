package valence.engine.log;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import valence.engine.index.RowBuffer;
import valence.engine.schema.Bootstrap;
import valence.engine.schema.Schema;
import valence.engine.value.ValueType;

/// Writes records in the format that the package describes.
final class RecordWriter {
  static final int VERSION = 1;
  static final int NIL = 0;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);
  private final Schema schema;

  private RecordWriter(Schema schema) {
    this.schema = schema;
  }

  /// One transaction, as a record holds it.
  ///
  /// @param schema knows every attribute of the transaction
  static byte[] transaction(LogTransaction transaction, Schema schema) {
    RecordWriter writer = new RecordWriter(schema);
    writer.transaction(transaction);
    return writer.out.toByteArray();
  }

  /// A record of transactions.
  static byte[] record(List<byte[]> transactions) {
    RecordWriter writer = new RecordWriter(Bootstrap.schema());
    writer.out.write(VERSION);
    writer.count(transactions.size());
    transactions.forEach(writer.out::writeBytes);
    return writer.out.toByteArray();
  }

  private void transaction(LogTransaction transaction) {
    unsigned(transaction.novelty().t());
    RowBuffer opened = transaction.novelty().opened();
    count(opened.count());
    for (int i = 0; i < opened.count(); i++) {
      row(opened, i);
    }
    RowBuffer closed = transaction.novelty().closed();
    count(closed.count());
    for (int i = 0; i < closed.count(); i++) {
      row(closed, i);
      unsigned(closed.from(i));
    }
    count(transaction.tempids().size());
    for (Map.Entry<String, Long> tempid : transaction.tempids().entrySet()) {
      text(tempid.getKey());
      signed(tempid.getValue());
    }
  }

  private void row(RowBuffer rows, int row) {
    signed(rows.e(row));
    unsigned(rows.a(row));
    Object object = rows.o(row);
    var attribute = schema.attribute(rows.a(row));
    if (attribute == null) {
      throw new IllegalStateException("no attribute has id " + rows.a(row));
    }
    value(attribute.type(), object != null ? object : attribute.type().ofKey(rows.v(row)));
  }

  private void value(ValueType type, Object value) {
    out.write(type.id());
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

  private void tuple(List<?> slots) {
    count(slots.size());
    for (Object slot : slots) {
      if (slot == null) {
        out.write(NIL);
      } else {
        value(typeOf(slot), slot);
      }
    }
  }

  /// Slots are normalized, so the class tells the type; a reference reads back as the same number.
  private static ValueType typeOf(Object slot) {
    return switch (slot) {
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
      default -> throw new IllegalStateException("a tuple holds " + slot.getClass());
    };
  }

  private void name(@Nullable String namespace, String name) {
    out.write(namespace == null ? 0 : 1);
    if (namespace != null) {
      text(namespace);
    }
    text(name);
  }

  private void text(String text) {
    bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  private void bytes(byte[] bytes) {
    count(bytes.length);
    out.write(bytes, 0, bytes.length);
  }

  private void fixed(long bits) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      out.write((int) (bits >>> shift));
    }
  }

  private void count(int count) {
    unsigned(count);
  }

  private void signed(long value) {
    unsigned((value << 1) ^ (value >> 63));
  }

  private void unsigned(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
