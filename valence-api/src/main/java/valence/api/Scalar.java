package valence.api;

import clojure.lang.BigInt;
import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// How the values of one Java type stand in a database.
///
/// @param type      the Java type, boxed
/// @param valueType of an attribute with such values
/// @param read      a value from what a database gives; null when that is none of the Java type
/// @param write     what a transaction takes
record Scalar(
    Class<?> type,
    Keyword valueType,
    Function<Object, @Nullable Object> read,
    UnaryOperator<Object> write) {
  private static final Map<Class<?>, Scalar> ALL = new HashMap<>();

  static {
    same(String.class, "string");
    same(Boolean.class, "boolean", boolean.class);
    same(Long.class, "long", long.class);
    whole(Integer.class, int.class, Integer.MIN_VALUE, Integer.MAX_VALUE, Long::intValue);
    whole(Short.class, short.class, Short.MIN_VALUE, Short.MAX_VALUE, Long::shortValue);
    whole(Byte.class, byte.class, Byte.MIN_VALUE, Byte.MAX_VALUE, Long::byteValue);
    same(Double.class, "double", double.class);
    same(Float.class, "float", float.class);
    same(BigDecimal.class, "bigdec");
    put(
        BigInteger.class,
        "bigint",
        found -> found instanceof BigInt number
            ? number.toBigInteger()
            : found instanceof BigInteger ? found : null,
        UnaryOperator.identity());
    put(
        Instant.class,
        "instant",
        found -> found instanceof Date date ? date.toInstant() : null,
        value -> Date.from((Instant) value));
    put( // dates and arrays can be changed, so neither side keeps the other's
        Date.class,
        "instant",
        found -> found instanceof Date date ? new Date(date.getTime()) : null,
        value -> new Date(((Date) value).getTime()));
    put(
        byte[].class,
        "bytes",
        found -> found instanceof byte[] bytes ? bytes.clone() : null,
        value -> ((byte[]) value).clone());
    same(UUID.class, "uuid");
    same(URI.class, "uri");
    same(Keyword.class, "keyword");
    same(Symbol.class, "symbol");
  }

  /// The one of a Java type, primitive or boxed; null when a database has no such values.
  static @Nullable Scalar of(Class<?> type) {
    return ALL.get(type);
  }

  /// A type whose values are the same on both sides.
  private static void same(Class<?> type, String valueType, Class<?>... primitive) {
    put(
        type,
        valueType,
        found -> type.isInstance(found) ? found : null,
        UnaryOperator.identity(),
        primitive);
  }

  /// A type of whole numbers narrower than those of a database; what doesn't fit is no value.
  private static void whole(
      Class<?> type, Class<?> primitive, long min, long max, Function<Long, Object> narrow) {
    put(
        type,
        "long",
        found -> found instanceof Long number && number >= min && number <= max
            ? narrow.apply(number)
            : null,
        value -> ((Number) value).longValue(),
        primitive);
  }

  private static void put(
      Class<?> type,
      String valueType,
      Function<Object, @Nullable Object> read,
      UnaryOperator<Object> write,
      Class<?>... primitive) {
    Scalar scalar = new Scalar(type, Keyword.intern("db.type", valueType), read, write);
    ALL.put(type, scalar);
    for (Class<?> unboxed : primitive) {
      ALL.put(unboxed, scalar);
    }
  }
}
