package valence.engine.tx;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import valence.engine.value.ValueOrder;

/// Finds facts of one transaction by entity and attribute, or by entity, attribute and value: a
/// hash table of positions in [Facts], open addressing, at most half full.
final class FactTable {
  static final int NONE = -1;

  private final Facts facts;
  private final boolean byValue;
  private int[] slots;
  private int count;

  FactTable(Facts facts, boolean byValue, int expectedFacts) {
    this.facts = facts;
    this.byValue = byValue;
    slots = empty(Math.max(8, Integer.highestOneBit(expectedFacts) * 4));
  }

  private static int[] empty(int capacity) {
    int[] slots = new int[capacity];
    Arrays.fill(slots, NONE);
    return slots;
  }

  /// Puts a fact in unless an equal one is in; returns that one's position, else [#NONE].
  int put(int fact) {
    if (count * 2 >= slots.length) {
      int[] old = slots;
      slots = empty(old.length * 2);
      count = 0;
      for (int position : old) {
        if (position != NONE) {
          put(position);
        }
      }
    }
    long e = facts.e[fact];
    int a = facts.a[fact].id();
    int slot = slot(e, a, facts.key[fact], facts.value[fact]);
    if (slots[slot] != NONE) {
      return slots[slot];
    }
    slots[slot] = fact;
    count++;
    return NONE;
  }

  /// The position of a fact, or [#NONE]. Key and value don't matter in a table without them.
  int find(long e, int a, long key, @Nullable Object value) {
    return slots[slot(e, a, key, value)];
  }

  private int slot(long e, int a, long key, @Nullable Object value) {
    int mask = slots.length - 1;
    int slot = hash(e, a, key, value) & mask;
    while (slots[slot] != NONE && !equal(slots[slot], e, a, key, value)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private boolean equal(int fact, long e, int a, long key, @Nullable Object value) {
    return facts.e[fact] == e
        && facts.a[fact].id() == a
        && (!byValue || ValueOrder.compare(facts.key[fact], facts.value[fact], key, value) == 0);
  }

  private int hash(long e, int a, long key, @Nullable Object value) {
    long hash = (e * 31 + a) * 0x9E3779B97F4A7C15L;
    if (byValue) {
      hash = (hash ^ key) * 0x9E3779B97F4A7C15L;
      if (value != null) {
        hash = (hash ^ (value instanceof byte[] bytes ? Arrays.hashCode(bytes) : value.hashCode()))
            * 0x9E3779B97F4A7C15L;
      }
    }
    return (int) (hash >>> 32);
  }
}
