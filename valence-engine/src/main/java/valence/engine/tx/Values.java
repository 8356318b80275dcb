package valence.engine.tx;

import clojure.lang.PersistentVector;
import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.edn.Persistent;
import valence.engine.schema.Attribute;
import valence.engine.schema.Attribute.Tuple;
import valence.engine.value.ValueType;

/// Checks values against the types of their attributes and brings them into the stored form.
final class Values {
  /// The longest string that an attribute can have as value, in UTF-16 units.
  static final int STRING_UNITS_MAX = 4096;
  /// The longest string in a tuple that is given as such, in UTF-16 units.
  static final int SLOT_STRING_UNITS_MAX = 256;
  static final int SLOTS_MIN = 2;
  static final int SLOTS_MAX = 8;

  private final Names names;

  Values(Names names) {
    this.names = names;
  }

  /// The stored form of a value of an attribute that isn't a reference.
  Object normalize(Attribute attribute, @Nullable Object value, int form) {
    if (value == null) {
      throw nil(attribute, form);
    }
    if (attribute.type() == ValueType.TUPLE) {
      return tuple(attribute, value, form);
    }
    Object normal = attribute.type().normalize(value);
    if (normal == null) {
      throw wrongType(attribute, value, form);
    }
    if (normal instanceof String text && text.length() > STRING_UNITS_MAX) {
      throw Refused.of(
              form,
              Anomaly.Category.INCORRECT,
              "Item too large: a string for " + attribute.ident() + ".",
              "It has " + text.length() + " UTF-16 units; a string may have " + STRING_UNITS_MAX
                  + ".",
              "Store long text elsewhere and keep a reference to it.")
          .with("count", (long) text.length())
          .with("limit", (long) STRING_UNITS_MAX)
          .with("attribute", attribute.ident())
          .toException();
    }
    return normal;
  }

  /// A reference, perhaps to a temporary id.
  long reference(Attribute attribute, @Nullable Object value, int form) {
    if (value == null) {
      throw nil(attribute, form);
    }
    return names.value(value, form);
  }

  private Object tuple(Attribute attribute, Object value, int form) {
    if (!(value instanceof List<?> list)) {
      throw invalidTuple(attribute, value, form, "A tuple is written as a vector.");
    }
    @Nullable Object[] slots = Persistent.items(list);
    switch (attribute.tuple()) {
      case Tuple.None() -> throw wrongType(attribute, value, form);
      case Tuple.Composite(List<Integer> members) -> {
        int given = slots.length;
        if (given != members.size()) {
          throw invalidTuple(attribute, value, form, members.size() + " slots are expected.");
        }
        for (int i = 0; i < given; i++) {
          slots[i] = slot(
              attribute, value, slots[i], names.attribute(members.get(i), form).type(), form);
        }
      }
      case Tuple.Heterogeneous(List<ValueType> types) -> {
        if (slots.length != types.size()) {
          throw invalidTuple(attribute, value, form, types.size() + " slots are expected.");
        }
        for (int i = 0; i < slots.length; i++) {
          slots[i] = slot(attribute, value, slots[i], types.get(i), form);
        }
      }
      case Tuple.Homogeneous(ValueType type) -> {
        if (slots.length < SLOTS_MIN || slots.length > SLOTS_MAX) {
          throw invalidTuple(
              attribute, value, form, SLOTS_MIN + " to " + SLOTS_MAX + " slots are expected.");
        }
        for (int i = 0; i < slots.length; i++) {
          slots[i] = slot(attribute, value, slots[i], type, form);
        }
      }
    }
    return PersistentVector.adopt(slots);
  }

  private @Nullable Object slot(
      Attribute attribute, Object tuple, @Nullable Object slot, ValueType type, int form) {
    if (slot == null) {
      return null;
    }
    if (type == ValueType.REF) {
      return names.value(slot, form);
    }
    Object normal = type.normalize(slot);
    if (normal == null) {
      throw invalidTuple(
          attribute, tuple, form, Shown.value(slot) + " is no valid :" + type.tag() + ".");
    }
    boolean composite = attribute.tuple() instanceof Tuple.Composite;
    if (normal instanceof String text && text.length() > SLOT_STRING_UNITS_MAX && !composite) {
      throw invalidTuple(
          attribute,
          tuple,
          form,
          "A string in a tuple may have " + SLOT_STRING_UNITS_MAX + " UTF-16 units.");
    }
    return normal;
  }

  private static RuntimeException nil(Attribute attribute, int form) {
    return Refused.incorrect(
            form,
            "db.error/nil-value",
            "nil is not a legal value for " + attribute.ident() + ".",
            "A fact has a value.",
            "Leave it out, or retract the current value.")
        .with("attribute", attribute.ident())
        .toException();
  }

  static RuntimeException wrongType(Attribute attribute, Object value, int form) {
    return Refused.incorrect(
            form,
            "db.error/wrong-type-for-attribute",
            "Value "
                + Shown.value(value)
                + " is not a valid :"
                + attribute.type().tag()
                + " for attribute "
                + attribute.ident()
                + ".",
            "Its type is "
                + attribute.type().ident()
                + ", cardinality "
                + (attribute.many() ? "many." : "one."),
            "Send a value of that type.")
        .with("value", value)
        .with("attribute", attribute.ident())
        .toException();
  }

  private static RuntimeException invalidTuple(
      Attribute attribute, Object value, int form, String why) {
    return Refused.incorrect(
            form,
            "db.error/invalid-tuple-value",
            "Invalid tuple value for " + attribute.ident() + ": " + Shown.value(value) + ".",
            why,
            "Send a tuple that its definition allows.")
        .with("value", value)
        .with("attribute", attribute.ident())
        .toException();
  }
}
