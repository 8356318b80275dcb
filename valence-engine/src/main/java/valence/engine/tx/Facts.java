package valence.engine.tx;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.engine.schema.Attribute;
import valence.engine.value.ValueOrder;

/// What the forms come down to, as columns: assertions and retractions with every name resolved, in
/// the order of the forms. Entities and references below zero are temporary ids. For one
/// transaction.
final class Facts {
  /// Assertions and retractions that one transaction can hold.
  static final int FACTS_MAX = 1_000_000;

  static final byte ADD = 0;
  static final byte RETRACT = 1;
  /// Of whatever value there is; key and value are not given.
  static final byte RETRACT_ALL = 2;

  int count;
  long[] e = new long[8];
  Attribute[] a = new Attribute[8];
  long[] key = new long[8];
  /// Where the key doesn't say everything.
  @Nullable Object[] value = new Object[8];

  byte[] op = new byte[8];
  /// The index of the form of tx-data that each came from, or [#NO_FORM].
  int[] form = new int[8];

  static final int NO_FORM = -1;

  /// Positions of assertions of an identity on a temporary id.
  int[] identities = new int[4];
  int identityCount;

  boolean hasTuples;
  boolean hasRetract;
  boolean hasRetractAll;
  boolean hasComposites;
  boolean hasSchema;
  boolean hasExcision;

  void add(long entity, Attribute attribute, long k, @Nullable Object v, byte what, int from) {
    if (count == e.length) {
      grow();
    }
    e[count] = entity;
    a[count] = attribute;
    key[count] = k;
    value[count] = v;
    op[count] = what;
    hasRetract |= what == RETRACT;
    form[count] = from;
    if (entity < 0 && what == ADD && attribute.unique() == Attribute.Unique.IDENTITY) {
      if (identityCount == identities.length) {
        identities = Arrays.copyOf(identities, identityCount * 2);
      }
      identities[identityCount++] = count;
    }
    count++;
  }

  private void grow() {
    if (count >= FACTS_MAX) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "The transaction comes to more than " + FACTS_MAX + " assertions and retractions.",
              "That is the most that one transaction can hold.",
              "Send it in parts.")
          .with("limit", (long) FACTS_MAX)
          .toException();
    }
    resize(Math.min(e.length * 2, FACTS_MAX));
  }

  private void resize(int capacity) {
    e = Arrays.copyOf(e, capacity);
    a = Arrays.copyOf(a, capacity);
    key = Arrays.copyOf(key, capacity);
    value = Arrays.copyOf(value, capacity);
    op = Arrays.copyOf(op, capacity);
    form = Arrays.copyOf(form, capacity);
  }

  /// Makes room for so many facts.
  void expect(int facts) {
    if (facts > e.length) {
      resize(Math.min(facts, FACTS_MAX));
    }
  }

  boolean isSameValue(int fact1, int fact2) {
    return ValueOrder.compare(key[fact1], value[fact1], key[fact2], value[fact2]) == 0;
  }

  /// The value as callers see it.
  Object valueAt(int i) {
    Object object = value[i];
    return object != null ? object : a[i].type().ofKey(key[i]);
  }
}
