package valence.engine.query.exec;

import java.util.Arrays;
import valence.engine.value.ValueType;

/// Distinct values of one attribute, each under a code from 0 in the order in which they came. Not
/// changed any more once a column of a relation has codes of it. For one thread until then.
final class ValueCodes {
  private static final int CAPACITY_MIN = 16; // a power of two

  private Object[] values = new Object[CAPACITY_MIN];
  private long[] hashes = new long[CAPACITY_MIN];
  private int[] slots = new int[CAPACITY_MIN * 2]; // code + 1; 0 is free
  private int count;

  /// Whether two values of the type are one to a database exactly when they are to a query, so that
  /// codes tell what is equal.
  static boolean fit(ValueType type) {
    return switch (type) {
      case KEYWORD, STRING, SYMBOL, UUID -> true;
      case REF, LONG, BOOLEAN, INSTANT, DOUBLE, FLOAT -> false; // their keys do
      case FN, BYTES, URI, BIGINT, BIGDEC, TUPLE -> false;
    };
  }

  int count() {
    return count;
  }

  Object value(int code) {
    return values[code];
  }

  /// That of the value.
  long hash(int code) {
    return hashes[code];
  }

  /// The code of a value, a new one if it has none.
  int code(Object value) {
    long hash = Kind.OBJECT.hash(value.hashCode());
    assert hash == Values.hash(value) : "only types of which the value is an object have codes";
    int mask = slots.length - 1;
    int slot = (int) (hash ^ (hash >>> 32)) & mask;
    while (slots[slot] != 0) {
      int code = slots[slot] - 1;
      if (hashes[code] == hash && (values[code] == value || values[code].equals(value))) {
        return code;
      }
      slot = (slot + 1) & mask;
    }
    if (count == values.length) {
      grow();
      return code(value);
    }
    values[count] = value;
    hashes[count] = hash;
    slots[slot] = ++count;
    return count - 1;
  }

  private void grow() {
    values = Arrays.copyOf(values, count * 2);
    hashes = Arrays.copyOf(hashes, count * 2);
    slots = new int[count * 4];
    int mask = slots.length - 1;
    for (int code = 0; code < count; code++) {
      int slot = (int) (hashes[code] ^ (hashes[code] >>> 32)) & mask;
      while (slots[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = code + 1;
    }
  }
}
