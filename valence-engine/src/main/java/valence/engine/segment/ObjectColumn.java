package valence.engine.segment;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import valence.engine.index.Dictionary;
import valence.engine.value.Texts;
import valence.engine.value.ValueOrder;
import valence.engine.value.ValueReader;
import valence.engine.value.ValueType;

/// Values that a key doesn't say fully: each distinct one once, in the order of first appearance,
/// and a code for each row. Where all differ, codes count from zero and take no room.
///
/// A key is made from the content. Few distinct values are kept once they are decoded.
final class ObjectColumn implements ValueColumn, Dictionary {
  /// Up to so many decoded values are kept.
  private static final int KEPT_VALUES_MAX = 256;

  /// Where the last seven bits of a text's length may stand that is read in place.
  private static final int LENGTH_SHIFT_MAX = 21;

  private final Input in;
  private final ValueType type;
  private final LongColumn codes;
  private final LongColumn ends;
  private final int start;
  private final @Nullable AtomicReferenceArray<Object> kept;
  private volatile long @Nullable [] keptKeys;

  private ObjectColumn(Input in, ValueType type, LongColumn codes, LongColumn ends, int start) {
    this.in = in;
    this.type = type;
    this.codes = codes;
    this.ends = ends;
    this.start = start;
    this.kept = ends.count() <= KEPT_VALUES_MAX ? new AtomicReferenceArray<>(ends.count()) : null;
  }

  static ObjectColumn read(int typeId, Input in, int count) {
    ValueType type = ValueType.ofId(typeId)
        .orElseThrow(() -> in.damaged("value type " + typeId + " doesn't exist"));
    if (type.inline() || type == ValueType.FN) {
      throw in.damaged("values of type " + type + " stand in a dictionary");
    }
    int distinct = in.count(count);
    LongColumn codes = LongColumn.readBelow(in, count, distinct);
    LongColumn ends = PackedColumn.readSimple(in, distinct);
    int size = in.count(Integer.MAX_VALUE);
    int start = in.skip(size);
    long before = 0;
    for (int i = 0; i < distinct; i++) {
      long end = ends.at(i);
      if (end <= before || end > size) {
        throw in.damaged("a value ends at byte " + end + " of " + size);
      }
      before = end;
    }
    if (before != size) {
      throw in.damaged("values take " + before + " of " + size + " bytes");
    }
    return new ObjectColumn(in, type, codes, ends, start);
  }

  @Override
  public long key(int row) {
    return keyOf((int) codes.at(row));
  }

  @Override
  public Object object(int row) {
    return objectOf((int) codes.at(row));
  }

  @Override
  public void read(int from, int to, long[] keys, int[] targetCodes, int at) {
    long[] known = keys();
    codes.read(from, to, keys, at);
    int end = at + to - from;
    for (int i = at; i < end; i++) {
      int code = (int) keys[i];
      targetCodes[i] = code;
      keys[i] = known == null ? keyOf(code) : known[code];
    }
  }

  @Override
  public void readCodes(int from, int to, long[] scratch, int[] targetCodes) {
    codes.read(from, to, scratch, 0);
    for (int i = 0; i < to - from; i++) {
      targetCodes[i] = (int) scratch[i];
    }
  }

  /// The values by code, if they are few.
  @Nullable Dictionary dictionary() {
    return kept == null ? null : this;
  }

  @Override
  public int size() {
    return ends.count();
  }

  @Override
  public Object value(int code) {
    return objectOf(code);
  }

  /// The keys of all values, if they are few.
  private long @Nullable [] keys() {
    if (kept == null) {
      return null;
    }
    long[] known = keptKeys;
    if (known == null) {
      known = new long[ends.count()];
      for (int i = 0; i < known.length; i++) {
        known[i] = keyOf(i);
      }
      keptKeys = known;
    }
    return known;
  }

  private int startOf(int code) {
    return start + (code == 0 ? 0 : (int) ends.at(code - 1));
  }

  private int endOf(int code) {
    return start + (int) ends.at(code);
  }

  private long keyOf(int code) {
    if (type == ValueType.STRING) {
      int from = textStart(code);
      int end = endOf(code);
      ByteBuffer bytes = in.bytes();
      long key = 0;
      int i = 0;
      while (i < 4) {
        int unit = from + i < end ? bytes.get(from + i) : 0;
        if (unit < 0) {
          return type.key(objectOf(code));
        }
        key = key << 16 | unit;
        i++;
      }
      return key ^ Long.MIN_VALUE;
    }
    return type.key(objectOf(code));
  }

  /// Where a text begins, behind its length.
  private int textStart(int code) {
    int position = startOf(code);
    int end = endOf(code);
    while (position < end && in.bytes().get(position) < 0) {
      position++;
    }
    return position + 1;
  }

  @Override
  public Object objectOf(int code) {
    if (kept == null) {
      return decode(code);
    }
    Object object = kept.getAcquire(code);
    if (object == null) {
      object = decode(code);
      kept.setRelease(code, object);
    }
    return object;
  }

  private Object decode(int code) {
    int from = startOf(code);
    int end = endOf(code);
    if (type == ValueType.STRING) {
      String text = plainText(from, end);
      if (text != null) {
        return text;
      }
    }
    ByteBuffer content = in.bytes().slice(from, end - from);
    Object value = new ValueReader(content, in::damaged).content(type);
    if (content.hasRemaining()) {
      throw in.damaged("a value is longer than its content");
    }
    return value;
  }

  /// The text that stands there, read in place; null when that can't be done, or it is damaged.
  private @Nullable String plainText(int from, int end) {
    ByteBuffer bytes = in.bytes();
    if (!bytes.hasArray()) {
      return null;
    }
    byte[] array = bytes.array();
    int offset = bytes.arrayOffset();
    int position = from;
    int length = 0;
    for (int shift = 0; position < end && shift <= LENGTH_SHIFT_MAX; shift += 7) {
      byte part = array[offset + position++];
      length |= (part & 0x7f) << shift;
      if (part >= 0) {
        return length == end - position ? Texts.decode(array, offset + position, length) : null;
      }
    }
    return null;
  }

  @Override
  public int compare(int row, long key, @Nullable Object object) {
    int code = (int) codes.at(row);
    if (type == ValueType.STRING && object instanceof String text) {
      return compareText(code, text);
    }
    long own = keyOf(code);
    return own != key
        ? Long.compare(own, key)
        : object == null ? 0 : ValueOrder.compare(objectOf(code), object);
  }

  /// Compares without making a string, as long as the stored text is ASCII.
  private int compareText(int code, String text) {
    ByteBuffer bytes = in.bytes();
    int from = textStart(code);
    int length = endOf(code) - from;
    int shared = Math.min(length, text.length());
    for (int i = 0; i < shared; i++) {
      int unit = bytes.get(from + i);
      if (unit < 0) {
        return ((String) objectOf(code)).compareTo(text);
      }
      if (unit != text.charAt(i)) {
        return unit - text.charAt(i);
      }
    }
    if (length > shared && bytes.get(from + shared) < 0) {
      return 1;
    }
    return Integer.compare(length, text.length());
  }

  @Override
  public long heapBytes() {
    long known = kept == null ? 0 : 64L * ends.count();
    return 64 + 2 * LongColumn.HEAP_BYTES + known;
  }

  @Override
  public String describe() {
    return ends.count() + " distinct of type " + type.ident().getName() + ": codes "
        + codes.describe();
  }
}
