package valence.engine.tx;

import java.util.Arrays;
import valence.engine.db.Database;
import valence.engine.schema.Attribute;

/// The greatest value of attributes before the transaction: numbers that are given in ascending
/// order, as imports most often do, need no search each. For one transaction.
final class ValueEnds {
  /// With fewer values to be looked for, an end costs more than it saves.
  private static final int VALUES_MIN = 16;

  private final Database before;
  private final boolean pays;
  private int count;
  private int[] attributes = new int[2];
  private long[] greatest = new long[2];

  /// @param values how many there are to be looked for
  ValueEnds(Database before, int values) {
    this.before = before;
    this.pays = values >= VALUES_MIN;
  }

  /// True when the key of a value is above those of all values; else there may be an equal one.
  boolean isBeyond(Attribute attribute, long key) {
    if (!pays) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (attributes[i] == attribute.id()) {
        return key > greatest[i];
      }
    }
    if (count == attributes.length) {
      attributes = Arrays.copyOf(attributes, count * 2);
      greatest = Arrays.copyOf(greatest, count * 2);
    }
    attributes[count] = attribute.id();
    greatest[count] = before.greatestKey(attribute);
    return key > greatest[count++];
  }
}
