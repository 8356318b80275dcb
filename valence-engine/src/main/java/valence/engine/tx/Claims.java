package valence.engine.tx;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import valence.engine.value.ValueOrder;

/// Which entity of a transaction said first that it has a value of a unique attribute: a hash table
/// with open addressing, at most half full.
final class Claims {
  /// No entity, nor a temporary id.
  static final long NOBODY = Long.MIN_VALUE;

  private static final int EMPTY = -1;

  private int count;
  private int[] attribute = new int[4];
  private long[] key = new long[4];
  private @Nullable Object[] object = new Object[4];
  private long[] entity = new long[4];
  private int[] slots = empty(8);

  private static int[] empty(int capacity) {
    int[] slots = new int[capacity];
    Arrays.fill(slots, EMPTY);
    return slots;
  }

  int count() {
    return count;
  }

  /// The entity that claimed the value before; [#NOBODY] when none did, and it is claimed now.
  ///
  /// @param o the value itself when the key doesn't say everything
  long claim(int a, long k, @Nullable Object o, long claimant) {
    int slot = slot(a, k, o);
    if (slots[slot] != EMPTY) {
      return entity[slots[slot]];
    }
    if (count == attribute.length) {
      grow();
      slot = slot(a, k, o);
    }
    attribute[count] = a;
    key[count] = k;
    object[count] = o;
    entity[count] = claimant;
    slots[slot] = count++;
    return NOBODY;
  }

  private int slot(int a, long k, @Nullable Object o) {
    int mask = slots.length - 1;
    int slot = hash(a, k, o) & mask;
    while (slots[slot] != EMPTY && !isOf(slots[slot], a, k, o)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private boolean isOf(int claim, int a, long k, @Nullable Object o) {
    return attribute[claim] == a && ValueOrder.compare(key[claim], object[claim], k, o) == 0;
  }

  private static int hash(int a, long k, @Nullable Object o) {
    long hash = (a ^ k) * 0x9E3779B97F4A7C15L;
    if (o != null) {
      hash = (hash ^ (o instanceof byte[] bytes ? Arrays.hashCode(bytes) : o.hashCode()))
          * 0x9E3779B97F4A7C15L;
    }
    return (int) (hash >>> 32);
  }

  private void grow() {
    int capacity = count * 2;
    attribute = Arrays.copyOf(attribute, capacity);
    key = Arrays.copyOf(key, capacity);
    object = Arrays.copyOf(object, capacity);
    entity = Arrays.copyOf(entity, capacity);
    slots = empty(capacity * 2);
    for (int i = 0; i < count; i++) {
      slots[slot(attribute[i], key[i], object[i])] = i;
    }
  }
}
