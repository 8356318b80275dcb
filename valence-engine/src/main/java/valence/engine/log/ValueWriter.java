package valence.engine.log;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import valence.engine.schema.Partition;
import valence.engine.value.ValueType;

/// Writes single values.
final class ValueWriter {
  /// What references are counted from: the first entity of users.
  static final long REFERENCE_ZERO = Partition.entity(Partition.USER, 0);

  static final int NIL = 0;

  private ValueWriter() {}

  /// A value of a type whose key says everything.
  static void key(ByteSink out, ValueType type, long key) {
    switch (type) {
      case LONG, INSTANT -> out.signed(key);
      case REF -> out.signed(key - REFERENCE_ZERO);
      case BOOLEAN -> out.u8((int) key);
      case DOUBLE, FLOAT -> out.fixed(Double.doubleToLongBits(ValueType.doubleOf(key)));
      case STRING, URI, KEYWORD, SYMBOL, UUID, BYTES, BIGINT, BIGDEC, TUPLE, FN ->
        throw new IllegalStateException("the key of a " + type.tag() + " is not its value");
    }
  }

  /// A value of any other type.
  static void object(ByteSink out, ValueType type, Object value) {
    switch (type) {
      case STRING -> out.text((String) value);
      case URI -> out.text(((URI) value).toString());
      case KEYWORD -> name(out, ((Keyword) value).getNamespace(), ((Keyword) value).getName());
      case SYMBOL -> name(out, ((Symbol) value).getNamespace(), ((Symbol) value).getName());
      case UUID -> {
        out.fixed(((UUID) value).getMostSignificantBits());
        out.fixed(((UUID) value).getLeastSignificantBits());
      }
      case BYTES -> out.bytes((byte[]) value);
      case BIGINT -> out.bytes(((BigInteger) value).toByteArray());
      case BIGDEC -> {
        out.signed(((BigDecimal) value).scale());
        out.bytes(((BigDecimal) value).unscaledValue().toByteArray());
      }
      case TUPLE -> tuple(out, (List<?>) value);
      case LONG, REF, INSTANT, BOOLEAN, DOUBLE, FLOAT, FN ->
        throw new IllegalStateException("a " + type.tag() + " is not stored as object");
    }
  }

  private static void tuple(ByteSink out, List<?> slots) {
    out.unsigned(slots.size());
    for (Object slot : slots) {
      if (slot == null) {
        out.u8(NIL);
      } else {
        ValueType type = typeOf(slot);
        out.u8(type.id());
        if (type.inline()) {
          key(out, type, type.key(slot));
        } else {
          object(out, type, slot);
        }
      }
    }
  }

  /// Slots are normalized, so the class tells the type; a reference reads back as the same number.
  private static ValueType typeOf(Object slot) {
    return switch (slot) {
      case Long number -> number >= REFERENCE_ZERO / 2 ? ValueType.REF : ValueType.LONG;
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

  private static void name(ByteSink out, @Nullable String namespace, String name) {
    out.u8(namespace == null ? 0 : 1);
    if (namespace != null) {
      out.text(namespace);
    }
    out.text(name);
  }
}
