package valence.engine.query.exec;

import java.util.Date;
import org.jspecify.annotations.Nullable;
import valence.engine.value.ValueType;

/// What the values of a column are: keys of one type, or objects of any.
public enum Kind {
  /// Entity ids and longs, which are equal when their numbers are.
  LONG(ValueType.LONG),
  INSTANT(ValueType.INSTANT),
  BOOLEAN(ValueType.BOOLEAN),
  DOUBLE(ValueType.DOUBLE),
  FLOAT(ValueType.FLOAT),
  OBJECT(null);

  private final @Nullable ValueType type;
  private final long salt;

  Kind(@Nullable ValueType type) {
    this.type = type;
    this.salt = ordinal() * 0x9E3779B97F4A7C15L;
  }

  static Kind of(ValueType type) {
    return switch (type) {
      case REF, LONG -> LONG;
      case INSTANT -> INSTANT;
      case BOOLEAN -> BOOLEAN;
      case DOUBLE -> DOUBLE;
      case FLOAT -> FLOAT;
      case KEYWORD, STRING, FN, BYTES, UUID, URI, BIGINT, BIGDEC, TUPLE, SYMBOL -> OBJECT;
    };
  }

  /// The kind of a normalized value.
  static Kind of(@Nullable Object value) {
    return switch (value) {
      case Long number -> LONG;
      case Date instant -> INSTANT;
      case Boolean bool -> BOOLEAN;
      case Double number -> DOUBLE;
      case Float number -> FLOAT;
      case null, default -> OBJECT;
    };
  }

  private ValueType type() {
    if (type == null) {
      throw new AssertionError("objects have no key");
    }
    return type;
  }

  /// The key of a normalized value of this kind.
  long key(Object value) {
    return type().key(value);
  }

  /// The value of a key of this kind.
  Object value(long key) {
    return type().ofKey(key);
  }

  /// The hash of a key of this kind, which is the hash of its value too.
  long hash(long key) {
    long h = (key + salt) * 0xBF58476D1CE4E5B9L;
    return h ^ (h >>> 32);
  }
}
