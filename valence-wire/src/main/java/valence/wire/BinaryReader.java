package valence.wire;

import clojure.lang.Keyword;
import clojure.lang.PersistentArrayMap;
import clojure.lang.Ratio;
import clojure.lang.Symbol;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Datom;
import valence.edn.Edn;
import valence.edn.Persistent;

/// One pass over the bytes that a [BinaryWriter] wrote.
///
/// Nothing is believed: a count can't be larger than the bytes that are left, since each item takes
/// one at least; depth, names, numbers and patterns are bounded as they are in EDN.
final class BinaryReader {
  /// Of a big number: to compute with a longer one takes too long.
  private static final int NUMBER_BYTES_MAX = 8_192;

  /// What a decimal may be shifted by, either way: to print one of a larger scale takes too long.
  private static final int SCALE_MAX = 16_384;

  /// Compiling a pattern recurses over its groups.
  private static final int PATTERN_CHARS_MAX = 1_000;

  private static final Keyword TAG = Keyword.intern(null, "tag");

  private final byte[] bytes;
  private final int depthMax;
  private final List<Object> names = new ArrayList<>();
  private int position;

  private BinaryReader(byte[] bytes, int depthMax) {
    this.bytes = bytes;
    this.depthMax = Math.min(depthMax, Edn.DEPTH_MAX);
  }

  /// The one value of a message; `incorrect` when it is none.
  static @Nullable Object read(byte[] bytes, int depthMax) {
    BinaryReader reader = new BinaryReader(bytes, depthMax);
    if (bytes.length < 3 || bytes[0] != BinaryWriter.MAGIC) {
      throw reader.wrong("it begins with other bytes than a message does");
    }
    if (bytes[1] != BinaryWriter.VERSION) {
      throw reader.wrong(
          "its version is " + bytes[1] + ", and only " + BinaryWriter.VERSION + " is known here");
    }
    reader.position = 2;
    try {
      Object value = reader.value(0);
      if (reader.position < bytes.length) {
        throw reader.wrong("there is more after the value");
      }
      return value;
    } catch (IllegalArgumentException | ClassCastException | ArithmeticException e) {
      throw reader.wrong(String.valueOf(e.getMessage()));
    }
  }

  private @Nullable Object value(int depth) {
    if (depth > depthMax) {
      throw Anomaly.incorrect(
              "db.error/too-deep",
              "The body is nested deeper than " + depthMax + " levels.",
              "Make the data flatter.")
          .toException();
    }
    int kind = one();
    if (kind >= BinaryWriter.SMALL_STRING) {
      return utf8(kind - BinaryWriter.SMALL_STRING);
    }
    if (kind >= BinaryWriter.SMALL_VECTOR) {
      return Persistent.vector(items(kind - BinaryWriter.SMALL_VECTOR, depth));
    }
    if (kind >= BinaryWriter.SMALL_NAME) {
      return name(kind - BinaryWriter.SMALL_NAME);
    }
    if (kind >= BinaryWriter.SMALL_LONG) {
      return (long) (kind - BinaryWriter.SMALL_LONG);
    }
    return switch (kind) {
      case BinaryWriter.NIL -> null;
      case BinaryWriter.TRUE -> true;
      case BinaryWriter.FALSE -> false;
      case BinaryWriter.LONG -> zigzag();
      case BinaryWriter.DOUBLE -> Double.longBitsToDouble(fixed(8));
      case BinaryWriter.FLOAT -> Float.intBitsToFloat((int) fixed(4));
      case BinaryWriter.BIG_INTEGER -> big();
      case BinaryWriter.DECIMAL -> decimal();
      case BinaryWriter.RATIO -> ratio();
      case BinaryWriter.CHAR -> (char) fixed(2);
      case BinaryWriter.STRING -> utf8(count(1));
      case BinaryWriter.CHARS -> chars();
      case BinaryWriter.INSTANT -> new Date(zigzag());
      case BinaryWriter.UUID_BITS -> new UUID(fixed(8), fixed(8));
      case BinaryWriter.BYTES -> block(count(1));
      case BinaryWriter.URI_TEXT -> URI.create(text());
      case BinaryWriter.PATTERN -> pattern(text());
      case BinaryWriter.KEYWORD -> named(Words.keyword(text()));
      case BinaryWriter.NAME -> name(varint());
      case BinaryWriter.SYMBOL -> named(Words.symbol(text()));
      case BinaryWriter.HINTED -> hinted(depth);
      case BinaryWriter.VECTOR -> Persistent.vector(items(count(1), depth));
      case BinaryWriter.LIST -> Persistent.list(items(count(1), depth));
      case BinaryWriter.SET -> set(count(1), depth);
      case BinaryWriter.MAP -> map(count(2), depth);
      case BinaryWriter.DATOM -> datom(depth);
      case BinaryWriter.LOG -> EdnBody.tagged(LogValue.TAG, text());
      case BinaryWriter.DB -> EdnBody.tagged(DbValue.TAG, value(depth + 1));
      default -> throw wrong("a value of the unknown kind " + kind + " begins there");
    };
  }

  private List<@Nullable Object> items(int count, int depth) {
    if (count > bytes.length - position) {
      throw wrong("a collection there is longer than the message");
    }
    List<@Nullable Object> items = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      items.add(value(depth + 1));
    }
    return items;
  }

  private Object set(int count, int depth) {
    List<@Nullable Object> items = items(count, depth);
    Set<@Nullable Object> distinct = new LinkedHashSet<>(items);
    if (distinct.size() < count) {
      throw wrong("a set has an item twice");
    }
    return Persistent.set(items);
  }

  private Object map(int count, int depth) {
    Map<@Nullable Object, @Nullable Object> map = LinkedHashMap.newLinkedHashMap(count);
    for (int i = 0; i < count; i++) {
      Object key = value(depth + 1);
      map.put(key, value(depth + 1));
    }
    if (map.size() < count) {
      throw wrong("a map has a key twice");
    }
    return Persistent.map(map);
  }

  private Datom datom(int depth) {
    long e = zigzag();
    long a = zigzag();
    long tx = zigzag();
    boolean added = one() != 0;
    Object v = value(depth + 1);
    if (v == null) {
      throw wrong("a datom has no value");
    }
    return new Datom(e, a, v, tx, added);
  }

  private Object hinted(int depth) {
    Object hint = value(depth + 1);
    if (value(depth + 1) instanceof Symbol symbol
        && (hint instanceof Symbol || hint instanceof String)) {
      return symbol.withMeta(new PersistentArrayMap(new Object[] {TAG, hint}));
    }
    throw wrong("a hint stands at what can't have it");
  }

  private Object named(Object name) {
    if (names.size() < BinaryWriter.NAMES_MAX) {
      names.add(name);
    }
    return name;
  }

  private Object name(int number) {
    if (number >= names.size()) {
      throw wrong("the name " + number + " isn't there");
    }
    return names.get(number);
  }

  private BigInteger big() {
    int length = count(1);
    if (length > NUMBER_BYTES_MAX) {
      throw wrong("a number takes more than " + NUMBER_BYTES_MAX + " bytes");
    }
    return new BigInteger(block(length));
  }

  private BigDecimal decimal() {
    long scale = zigzag();
    if (Math.abs(scale) > SCALE_MAX) {
      throw wrong("a decimal has a scale beyond " + SCALE_MAX);
    }
    return new BigDecimal(big(), (int) scale);
  }

  private Ratio ratio() {
    BigInteger numerator = big();
    BigInteger denominator = big();
    if (denominator.signum() <= 0) {
      throw wrong("a ratio has the denominator " + denominator);
    }
    return new Ratio(numerator, denominator);
  }

  private static Pattern pattern(String regex) {
    if (regex.length() > PATTERN_CHARS_MAX) {
      throw new IllegalArgumentException(
          "a pattern has more than " + PATTERN_CHARS_MAX + " characters");
    }
    return Pattern.compile(regex);
  }

  /// A string, and nothing that would lead deeper.
  private String text() {
    int kind = one();
    if (kind >= BinaryWriter.SMALL_STRING) {
      return utf8(kind - BinaryWriter.SMALL_STRING);
    }
    return switch (kind) {
      case BinaryWriter.STRING -> utf8(count(1));
      case BinaryWriter.CHARS -> chars();
      default -> throw wrong("a string was expected");
    };
  }

  private String utf8(int length) {
    if (length > bytes.length - position) {
      throw wrong("a string there is longer than the message");
    }
    for (int i = position; i < position + length; i++) {
      if (bytes[i] < 0) {
        return decoded(length);
      }
    }
    String ascii = new String(bytes, position, length, StandardCharsets.ISO_8859_1);
    position += length;
    return ascii;
  }

  private String decoded(int length) {
    try {
      String text = StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, position, length))
          .toString();
      position += length;
      return text;
    } catch (CharacterCodingException e) {
      throw wrong("a string isn't in UTF-8");
    }
  }

  private String chars() {
    int count = count(2);
    char[] chars = new char[count];
    for (int i = 0; i < count; i++) {
      chars[i] = (char) fixed(2);
    }
    return new String(chars);
  }

  private byte[] block(int length) {
    if (length > bytes.length - position) {
      throw wrong("something there is longer than the message");
    }
    byte[] block = java.util.Arrays.copyOfRange(bytes, position, position + length);
    position += length;
    return block;
  }

  /// A count of what takes so many bytes each, at least.
  private int count(int bytesEach) {
    int count = varint();
    if (count > (bytes.length - position) / bytesEach) {
      throw wrong("something there is longer than the message");
    }
    return count;
  }

  private int varint() {
    long number = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      int b = one();
      number |= (long) (b & 0x7f) << shift;
      if (b < 0x80) {
        if (number > Integer.MAX_VALUE) {
          break;
        }
        return (int) number;
      }
    }
    throw wrong("a length has more than 31 bits");
  }

  private long zigzag() {
    long number = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      int b = one();
      number |= (long) (b & 0x7f) << shift;
      if (b < 0x80) {
        return number >>> 1 ^ -(number & 1);
      }
    }
    throw wrong("a number has more than 64 bits");
  }

  private long fixed(int count) {
    long bits = 0;
    for (int i = 0; i < count; i++) {
      bits = bits << 8 | one();
    }
    return bits;
  }

  private int one() {
    if (position == bytes.length) {
      throw wrong("it ends in the middle of a value");
    }
    return bytes[position++] & 0xff;
  }

  private AnomalyException wrong(String what) {
    return Anomaly.incorrect(
            "db.error/invalid-binary",
            "The body isn't a message of the binary form: at byte " + position + ", " + what + ".",
            "Check that client and node are of one version.")
        .toException();
  }
}
