package valence.engine.log;

import java.util.Arrays;

/// The attributes of some rows, numbered as they come: each has a column of values. A hash table
/// with open addressing, at most half full.
final class AttributeColumns {
  private int count;
  private int[] attributes = new int[4];
  private int[] slots = new int[8]; // a column plus one; 0 is empty

  int count() {
    return count;
  }

  int attribute(int column) {
    return attributes[column];
  }

  /// The column of an attribute, a new one for a new attribute.
  int column(int attribute) {
    int slot = slot(attribute);
    if (slots[slot] == 0) {
      if (count == attributes.length) {
        grow();
        slot = slot(attribute);
      }
      attributes[count++] = attribute;
      slots[slot] = count;
    }
    return slots[slot] - 1;
  }

  private int slot(int attribute) {
    int mask = slots.length - 1;
    int slot = (attribute * 0x9E3779B9 >>> 16) & mask;
    while (slots[slot] != 0 && attributes[slots[slot] - 1] != attribute) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    attributes = Arrays.copyOf(attributes, count * 2);
    slots = new int[count * 4];
    for (int i = 0; i < count; i++) {
      slots[slot(attributes[i])] = i + 1;
    }
  }
}
