package valence.engine.log;

import clojure.lang.Keyword;
import clojure.lang.PersistentVector;
import clojure.lang.Symbol;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import valence.engine.value.ValueType;

/// Reads single values, as [ValueWriter] writes them.
final class ValueReader {
  private ValueReader() {}

  static ValueType type(ByteSource in, int id) {
    ValueType type = ValueType.ofId(id).orElse(null);
    if (type == null || type == ValueType.FN) {
      throw in.damaged("values of type " + id + " can't be stored");
    }
    return type;
  }

  /// The key of a value of a type whose key says everything.
  static long key(ByteSource in, ValueType type) {
    return switch (type) {
      case LONG, INSTANT -> in.signed();
      case REF -> in.signed() + ValueWriter.REFERENCE_ZERO;
      case BOOLEAN -> in.u8() == 0 ? 0 : 1;
      case DOUBLE -> ValueType.keyOf(Double.longBitsToDouble(in.fixed()));
      case FLOAT -> ValueType.keyOf((float) Double.longBitsToDouble(in.fixed()));
      case STRING, URI, KEYWORD, SYMBOL, UUID, BYTES, BIGINT, BIGDEC, TUPLE, FN ->
        throw new IllegalStateException("the key of a " + type.tag() + " is not its value");
    };
  }

  /// A value of any other type.
  static Object object(ByteSource in, ValueType type) {
    return switch (type) {
      case STRING -> in.text();
      case URI -> uri(in);
      case KEYWORD -> {
        String namespace = in.u8() == 0 ? null : in.text();
        yield Keyword.intern(namespace, in.text());
      }
      case SYMBOL -> {
        String namespace = in.u8() == 0 ? null : in.text();
        yield Symbol.intern(namespace, in.text());
      }
      case UUID -> new UUID(in.fixed(), in.fixed());
      case BYTES -> in.bytes();
      case BIGINT -> integer(in);
      case BIGDEC -> {
        long scale = in.signed();
        if (scale != (int) scale) {
          throw in.damaged("a number has " + scale + " decimal places");
        }
        yield new BigDecimal(integer(in), (int) scale);
      }
      case TUPLE -> tuple(in);
      case LONG, REF, INSTANT, BOOLEAN, DOUBLE, FLOAT, FN ->
        throw new IllegalStateException("a " + type.tag() + " is not stored as object");
    };
  }

  private static Object tuple(ByteSource in) {
    @Nullable Object[] slots = new Object[in.count()];
    for (int i = 0; i < slots.length; i++) {
      int id = in.u8();
      if (id == ValueWriter.NIL) {
        continue;
      }
      ValueType type = type(in, id);
      if (type == ValueType.TUPLE) {
        throw in.damaged("a tuple stands in a tuple");
      }
      slots[i] = type.inline() ? type.ofKey(key(in, type)) : object(in, type);
    }
    return PersistentVector.adopt(slots);
  }

  private static BigInteger integer(ByteSource in) {
    byte[] bytes = in.bytes();
    if (bytes.length == 0) {
      throw in.damaged("a number has no digits");
    }
    return new BigInteger(bytes);
  }

  private static URI uri(ByteSource in) {
    String text = in.text();
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw in.damaged(text + " is no URI", e);
    }
  }
}
