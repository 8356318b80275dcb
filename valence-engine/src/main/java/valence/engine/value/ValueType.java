package valence.engine.value;

import clojure.lang.BigInt;
import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The types that an attribute's values can have: ident, tag in messages, accepted Java values,
/// key.
public enum ValueType {
  REF("ref", 20, "ref", true),
  KEYWORD("keyword", 21, "key", false),
  LONG("long", 22, "int", true),
  STRING("string", 23, "string", false),
  BOOLEAN("boolean", 24, "bool", true),
  INSTANT("instant", 25, "inst", true),
  FN("fn", 26, "fn", false),
  BYTES("bytes", 27, "bytes", false),
  UUID("uuid", 54, "uuid", false),
  DOUBLE("double", 58, "double", true),
  FLOAT("float", 59, "float", true),
  URI("uri", 60, "uri", false),
  BIGINT("bigint", 61, "bigint", false),
  BIGDEC("bigdec", 62, "bigdec", false),
  TUPLE("tuple", 64, "list", false),
  SYMBOL("symbol", 65, "sym", false);

  private static final ValueType[] BY_ID = new ValueType[66];

  static {
    for (ValueType type : values()) {
      BY_ID[type.id] = type;
    }
  }

  private final Keyword ident;
  private final int id;
  private final String tag;
  private final boolean inline;

  ValueType(String name, int id, String tag, boolean inline) {
    this.ident = Keyword.intern("db.type", name);
    this.id = id;
    this.tag = tag;
    this.inline = inline;
  }

  /// The type whose entity in the bootstrap schema has the id.
  public static Optional<ValueType> ofId(long id) {
    return id >= 0 && id < BY_ID.length ? Optional.ofNullable(BY_ID[(int) id]) : Optional.empty();
  }

  /// Such as `:db.type/long`.
  public Keyword ident() {
    return ident;
  }

  /// The entity id of the type in the bootstrap schema.
  public int id() {
    return id;
  }

  /// The name of the type in messages, such as `int` for `:db.type/long`.
  public String tag() {
    return tag;
  }

  /// Whether the key is the whole value.
  public boolean inline() {
    return inline;
  }

  /// The value in the one form that is stored, or null when it is not a value of this type.
  ///
  /// Lossless Java conversions are accepted (`Integer` for long, `Instant` for instant, `BigInt`
  /// for bigint). Negative zero becomes zero, so that numbers which are equal are one value.
  /// References and tuples are checked only for being a number and a list: what stands in them
  /// needs a database.
  public @Nullable Object normalize(Object value) {
    boolean isUsual = this == STRING
        ? value instanceof String
        : this == KEYWORD ? value instanceof Keyword : this == LONG && value instanceof Long;
    return isUsual ? value : converted(value);
  }

  /// Apart, because the code that every transaction runs is to be small: it is compiled sooner.
  private @Nullable Object converted(Object value) {
    return switch (this) {
      case REF, LONG ->
        switch (value) {
          case Long number -> number;
          case Integer number -> number.longValue();
          case Short number -> number.longValue();
          case Byte number -> number.longValue();
          default -> null;
        };
      case KEYWORD -> value instanceof Keyword ? value : null;
      case SYMBOL -> value instanceof Symbol ? value : null;
      case STRING -> value instanceof String ? value : null;
      case BOOLEAN -> value instanceof Boolean ? value : null;
      case INSTANT ->
        switch (value) {
          case Date date -> date.getClass() == Date.class ? date : new Date(date.getTime());
          case Instant instant -> Date.from(instant);
          default -> null;
        };
      case FN -> null;
      case BYTES -> value instanceof byte[] ? value : null;
      case UUID -> value instanceof UUID ? value : null;
      case DOUBLE -> value instanceof Double number ? (Double) (number + 0.0) : null; // one zero
      case FLOAT ->
        switch (value) {
          case Float number -> number + 0.0f;
          case Double number -> {
            float narrow = number.floatValue();
            boolean overflow = Float.isInfinite(narrow) && !Double.isInfinite(number);
            yield overflow ? null : narrow + 0.0f;
          }
          default -> null;
        };
      case URI -> value instanceof URI ? value : null;
      case BIGINT ->
        switch (value) {
          case BigInteger number -> number;
          case BigInt number -> number.toBigInteger();
          default -> null;
        };
      case BIGDEC -> value instanceof BigDecimal ? value : null;
      case TUPLE -> value instanceof List ? value : null;
    };
  }

  /// The order-preserving key of a normalized value.
  public long key(Object value) {
    if (this == LONG || this == REF) {
      return (Long) value;
    }
    return this == STRING ? keyOf((String) value, 0, 0) : otherKey(value);
  }

  private long otherKey(Object value) {
    return switch (this) {
      case REF, LONG -> (Long) value;
      case BOOLEAN -> (Boolean) value ? 1 : 0;
      case INSTANT -> ((Date) value).getTime();
      case DOUBLE -> keyOf((Double) value);
      case FLOAT -> keyOf(((Float) value).doubleValue());
      case STRING -> keyOf((String) value, 0, 0);
      case KEYWORD -> keyOf(((Keyword) value).getNamespace(), ((Keyword) value).getName());
      case SYMBOL -> keyOf(((Symbol) value).getNamespace(), ((Symbol) value).getName());
      case UUID -> ((UUID) value).getMostSignificantBits();
      case BYTES -> keyOf((byte[]) value);
      case BIGINT -> keyOf((BigInteger) value);
      case BIGDEC -> keyOf(((BigDecimal) value).doubleValue());
      case URI, TUPLE, FN -> 0;
    };
  }

  /// The value of a key of an inline type.
  public Object ofKey(long key) {
    return switch (this) {
      case REF, LONG -> key;
      case BOOLEAN -> key != 0;
      case INSTANT -> new Date(key);
      case DOUBLE -> doubleOf(key);
      case FLOAT -> (float) doubleOf(key);
      default -> throw new AssertionError(this + " is not inline");
    };
  }

  /// The order of doubles is that of `Double.compare`: -∞ … -0.0, 0.0 … ∞, NaN.
  public static long keyOf(double value) {
    long bits = Double.doubleToLongBits(value);
    return bits ^ ((bits >> 63) & Long.MAX_VALUE);
  }

  /// Whether the key is that of a number that compares with none: neither less, equal nor greater.
  public boolean isNaN(long key) {
    return (this == DOUBLE || this == FLOAT) && Double.isNaN(doubleOf(key));
  }

  /// The double of a key.
  public static double doubleOf(long key) {
    return Double.longBitsToDouble(key ^ ((key >> 63) & Long.MAX_VALUE));
  }

  /// Packs the first UTF-16 units, biased so that signed comparison of keys is unsigned comparison
  /// of units.
  private static long keyOf(String text, int unitsBefore, long before) {
    long key = before;
    int room = 4 - unitsBefore;
    for (int i = 0; i < room; i++) {
      key = (key << 16) | (i < text.length() ? text.charAt(i) : 0);
    }
    return key ^ Long.MIN_VALUE;
  }

  private static long keyOf(@Nullable String namespace, String name) {
    return namespace == null ? keyOf(name, 1, 0) : keyOf(namespace, 1, 1);
  }

  private static long keyOf(byte[] bytes) {
    long key = 0;
    for (int i = 0; i < 8; i++) {
      key = (key << 8) | (i < bytes.length ? bytes[i] & 0xff : 0);
    }
    return key ^ Long.MIN_VALUE;
  }

  private static long keyOf(BigInteger number) {
    if (number.bitLength() < Long.SIZE) {
      return number.longValue();
    }
    return number.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
  }
}
