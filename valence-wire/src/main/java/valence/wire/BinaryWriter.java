package valence.wire;

import clojure.lang.BigInt;
import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import valence.api.Datom;
import valence.edn.Edn;
import valence.edn.Persistent;
import valence.wire.json.JsonPrinter;

/// Values as bytes: the compact form for programs. [BinaryReader] reads it back to equal ones.
///
/// A message is the magic [#MAGIC], the version [#VERSION], and one value. A value is a byte that
/// says its kind, and what that kind needs:
///
///     00 nil   01 true   02 false
///     03 long, zigzag varint          04 double, 8 bytes        05 float, 4 bytes
///     06 big integer, bytes           07 decimal: zigzag scale, bytes of the unscaled
///     08 char, 2 bytes                09 string: length, UTF-8  0a string: count, chars of 2 bytes
///     0b instant, zigzag ms           0c uuid, 16 bytes         0d bytes: length, bytes
///     0e uri, string                  0f pattern, string
///     10 keyword, string; it gets the next number of the message's names
///     11 keyword or symbol by number  12 symbol, string; it gets the next number, too
///     13 symbol with a hint: the hint, the symbol
///     14 vector: count, items         15 list                   16 set
///     17 map: count, keys and values in turns
///     18 datom: e, a, tx as zigzag varints, added as a byte, v
///     19 database value: its map      1a ratio: two big integers
///     1b log: the name of its database, string
///     40-7f the longs 0 to 63         80-bf the names 0 to 63
///     c0-df a vector of 0 to 31       e0-ff a string of 0 to 31 bytes of UTF-8
///
/// Lengths, counts and numbers of names are varints of at most 31 bits, whole numbers big-endian
/// where they have a fixed size. A name is interned up to [#NAMES_MAX] per message, and written out
/// each time after that.
final class BinaryWriter {
  static final byte MAGIC = (byte) 0xD7;
  static final byte VERSION = 1;
  static final int NAMES_MAX = 1 << 16;

  static final int NIL = 0x00;
  static final int TRUE = 0x01;
  static final int FALSE = 0x02;
  static final int LONG = 0x03;
  static final int DOUBLE = 0x04;
  static final int FLOAT = 0x05;
  static final int BIG_INTEGER = 0x06;
  static final int DECIMAL = 0x07;
  static final int CHAR = 0x08;
  static final int STRING = 0x09;
  static final int CHARS = 0x0a;
  static final int INSTANT = 0x0b;
  static final int UUID_BITS = 0x0c;
  static final int BYTES = 0x0d;
  static final int URI_TEXT = 0x0e;
  static final int PATTERN = 0x0f;
  static final int KEYWORD = 0x10;
  static final int NAME = 0x11;
  static final int SYMBOL = 0x12;
  static final int HINTED = 0x13;
  static final int VECTOR = 0x14;
  static final int LIST = 0x15;
  static final int SET = 0x16;
  static final int MAP = 0x17;
  static final int DATOM = 0x18;
  static final int DB = 0x19;
  static final int RATIO = 0x1a;
  static final int LOG = 0x1b;
  static final int SMALL_LONG = 0x40;
  static final int SMALL_NAME = 0x80;
  static final int SMALL_VECTOR = 0xc0;
  static final int SMALL_STRING = 0xe0;
  static final int SMALL_MAX = 63;
  static final int SHORT_MAX = 31;

  private static final Keyword TAG = Keyword.intern(null, "tag");

  private final int bytesMax;
  private final Map<Object, Integer> names = new IdentityHashMap<>();
  private byte[] bytes = new byte[256];
  private int length;

  BinaryWriter(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  int length() {
    return length;
  }

  void header() {
    put(MAGIC);
    put(VERSION);
  }

  void write(@Nullable Object value) {
    write(value, 0);
  }

  private void write(@Nullable Object value, int depth) {
    if (depth > Edn.DEPTH_MAX) {
      throw JsonWriter.tooDeep();
    }
    switch (value) {
      case null -> put(NIL);
      case Long number -> number(number);
      case String text -> string(text);
      case Keyword keyword -> name(keyword, KEYWORD, Words.text(keyword));
      case Boolean truth -> put(truth ? TRUE : FALSE);
      case Double number -> {
        put(DOUBLE);
        eight(Double.doubleToRawLongBits(number));
      }
      case Date date -> {
        put(INSTANT);
        zigzag(date.getTime());
      }
      case Datom datom -> {
        put(DATOM);
        zigzag(datom.e());
        zigzag(datom.a());
        zigzag(datom.tx());
        put(datom.added() ? 1 : 0);
        write(datom.v(), depth + 1);
      }
      case UUID uuid -> {
        put(UUID_BITS);
        eight(uuid.getMostSignificantBits());
        eight(uuid.getLeastSignificantBits());
      }
      case Symbol symbol -> symbol(symbol, depth);
      case Integer number -> number(number);
      case Short number -> number(number);
      case Byte number -> number(number);
      case Float number -> {
        put(FLOAT);
        four(Float.floatToRawIntBits(number));
      }
      case BigInteger number -> {
        put(BIG_INTEGER);
        block(number.toByteArray());
      }
      case BigInt number -> {
        put(BIG_INTEGER);
        block(number.toBigInteger().toByteArray());
      }
      case BigDecimal number -> {
        put(DECIMAL);
        zigzag(number.scale());
        block(number.unscaledValue().toByteArray());
      }
      case clojure.lang.Ratio ratio -> {
        put(RATIO);
        block(ratio.numerator.toByteArray());
        block(ratio.denominator.toByteArray());
      }
      case Character character -> {
        put(CHAR);
        two(character);
      }
      case Instant instant -> {
        put(INSTANT);
        zigzag(Date.from(instant).getTime());
      }
      case byte[] block -> {
        put(BYTES);
        block(block);
      }
      case URI uri -> {
        put(URI_TEXT);
        string(uri.toString());
      }
      case Pattern pattern -> {
        put(PATTERN);
        string(pattern.pattern());
      }
      case DbValue db -> {
        put(DB);
        write(db.ednValue(), depth + 1);
      }
      case LogValue log -> {
        put(LOG);
        string(log.dbName());
      }
      case Map<?, ?> map -> {
        put(MAP);
        varint(map.size());
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          write(entry.getKey(), depth + 1);
          write(entry.getValue(), depth + 1);
        }
      }
      case Set<?> set -> {
        put(SET);
        varint(set.size());
        for (Object item : set) {
          write(item, depth + 1);
        }
      }
      case Collection<?> list -> {
        boolean isList = JsonWriter.isList(list);
        Collection<?> items = isList ? Arrays.asList(Persistent.items(list)) : list;
        int count = items.size();
        if (isList) {
          put(LIST);
          varint(count);
        } else {
          vector(count);
        }
        for (Object item : items) {
          write(item, depth + 1);
        }
      }
      default -> {
        if (!value.getClass().isArray()) {
          throw Format.noForm(value);
        }
        int count = Array.getLength(value);
        vector(count);
        for (int i = 0; i < count; i++) {
          write(Array.get(value, i), depth + 1);
        }
      }
    }
  }

  /// Begins a vector, whose items are to be written next.
  void vector(int count) {
    if (count <= SHORT_MAX) {
      put(SMALL_VECTOR + count);
    } else {
      put(VECTOR);
      varint(count);
    }
  }

  private void symbol(Symbol symbol, int depth) {
    Object hint = symbol.meta() == null ? null : symbol.meta().valAt(TAG);
    String text = Words.text(symbol);
    if (hint instanceof Symbol || hint instanceof String) {
      put(HINTED);
      write(hint, depth + 1);
      put(SYMBOL); // written out, as its number would mean the one with the hint
      string(text);
      if (names.size() < NAMES_MAX) {
        names.put(new Object(), names.size()); // as the reader gives it a number
      }
    } else {
      name(symbol, SYMBOL, text);
    }
  }

  /// Symbols of one name may be different objects; then both are written out.
  private void name(Object name, int kind, String text) {
    Integer known = names.get(name);
    if (known == null) {
      put(kind);
      string(text);
      if (names.size() < NAMES_MAX) {
        names.put(name, names.size());
      }
    } else if (known <= SMALL_MAX) {
      put(SMALL_NAME + known);
    } else {
      put(NAME);
      varint(known);
    }
  }

  private void number(long number) {
    if (number >= 0 && number <= SMALL_MAX) {
      put(SMALL_LONG + (int) number);
    } else {
      put(LONG);
      zigzag(number);
    }
  }

  private void string(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (JsonPrinter.isLone(text, i)) {
        put(CHARS);
        varint(text.length());
        for (int j = 0; j < text.length(); j++) {
          two(text.charAt(j));
        }
        return;
      }
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length <= SHORT_MAX) {
      put(SMALL_STRING + utf8.length);
    } else {
      put(STRING);
      varint(utf8.length);
    }
    block(utf8, utf8.length);
  }

  private void block(byte[] block) {
    varint(block.length);
    block(block, block.length);
  }

  /// Appends bytes as they are.
  void block(byte[] block, int count) {
    room(count);
    System.arraycopy(block, 0, bytes, length, count);
    length += count;
  }

  private void zigzag(long number) {
    long rest = number << 1 ^ number >> 63;
    while ((rest & ~0x7fL) != 0) {
      put((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    put((int) rest);
  }

  private void varint(int number) {
    int rest = number;
    while ((rest & ~0x7f) != 0) {
      put(rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    put(rest);
  }

  private void two(char c) {
    put(c >> 8);
    put(c);
  }

  private void four(int bits) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      put(bits >> shift);
    }
  }

  private void eight(long bits) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      put((int) (bits >> shift));
    }
  }

  private void put(int b) {
    room(1);
    bytes[length++] = (byte) b;
  }

  private void room(int count) {
    if (count > bytesMax - length) {
      throw Format.tooLong((long) length + count);
    }
    if (length + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int)
          Math.min(bytesMax, Math.max(2L * bytes.length, (long) length + count)));
    }
  }
}
