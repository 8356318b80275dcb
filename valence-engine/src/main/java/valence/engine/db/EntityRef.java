package valence.engine.db;

import clojure.lang.Keyword;
import clojure.lang.PersistentVector;
import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.edn.Persistent;
import valence.engine.schema.Attribute;
import valence.engine.schema.Attribute.Tuple;
import valence.engine.schema.Schema;
import valence.engine.value.ValueType;

/// What callers name entities by: an entity id, an ident, or a lookup ref `[unique-attribute
/// value]`.
///
/// Idents are those of the schema, whatever the view. Lookup refs are looked up in the view: in an
/// as-of value a key asserted later names nothing, and in a history value the oldest of all
/// entities that ever held the key is taken.
public final class EntityRef {
  /// Lookup refs whose value is a lookup ref again, at most.
  private static final int LOOKUP_DEPTH_MAX = 16;

  private static final int TUPLE_SLOTS_MAX = 8;

  private EntityRef() {}

  /// The entity that the reference names, or [Schema#NONE] when it names none. An id is not looked
  /// up.
  ///
  /// Fails with `invalid-lookup-ref` for a list without exactly two elements, `not-an-entity` when
  /// its attribute is unknown, `lookup-ref-attr-not-unique` when its attribute is not unique.
  public static long resolve(Database db, @Nullable Object ref) {
    return resolve(db, ref, LOOKUP_DEPTH_MAX);
  }

  /// The attribute that an id, ident or lookup ref names; null when it names none.
  public static @Nullable Attribute attribute(Database db, @Nullable Object ref) {
    return db.schema().attribute(resolve(db, ref));
  }

  /// The normalized value that a caller's value means for an attribute: what stands for an entity
  /// in a reference or in a reference slot of a tuple is resolved. Null when it cannot be a value
  /// of the attribute in this database.
  public static @Nullable Object value(Database db, Attribute attribute, @Nullable Object value) {
    return value(db, attribute, value, LOOKUP_DEPTH_MAX);
  }

  private static long resolve(Database db, @Nullable Object ref, int depth) {
    if (ref instanceof Keyword ident) {
      return db.schema().entity(ident);
    }
    return ref instanceof List<?> lookup
        ? holder(db, Persistent.items(lookup), depth)
        : number(ref);
  }

  private static long number(@Nullable Object ref) {
    return switch (ref) {
      case Long id -> id;
      case Integer id -> id;
      case Short id -> id;
      case Byte id -> id;
      case null, default -> Schema.NONE;
    };
  }

  private static long holder(Database db, @Nullable Object[] lookup, int depth) {
    if (lookup.length != 2 || depth == 0) {
      throw Anomaly.incorrect(
              "db.error/invalid-lookup-ref",
              depth == 0
                  ? "A lookup ref nests more than " + LOOKUP_DEPTH_MAX + " others."
                  : "A list of " + lookup.length + " elements stands for an entity.",
              "A lookup ref has two: a unique attribute and a value.",
              "Write it as [attribute value].")
          .toException();
    }
    Object named = lookup[0];
    Attribute attribute = db.schema().attribute(resolve(db, named, depth - 1));
    if (attribute == null) {
      throw UnknownName.attribute(db.schema(), named);
    }
    if (!attribute.isUnique()) {
      throw Anomaly.incorrect(
              "db.error/lookup-ref-attr-not-unique",
              "Attribute values not unique: " + named(attribute.ident()) + ".",
              "A lookup ref needs an attribute whose values each name one entity.",
              "Use a unique attribute, or give this one :db/unique.")
          .toException();
    }
    Object value = value(db, attribute, lookup[1], depth - 1);
    return value == null ? Schema.NONE : db.holder(attribute, value);
  }

  private static @Nullable Object value(
      Database db, Attribute attribute, @Nullable Object value, int depth) {
    return switch (attribute.type()) {
      case REF -> ref(db, value, depth);
      case TUPLE ->
        value instanceof List<?> slots
            ? tuple(db, attribute, Persistent.items(slots), depth)
            : null;
      default -> value == null ? null : attribute.type().normalize(value);
    };
  }

  private static @Nullable Long ref(Database db, @Nullable Object value, int depth) {
    long entity = resolve(db, value, depth);
    return entity == Schema.NONE ? null : (Long) entity;
  }

  private static @Nullable Object tuple(
      Database db, Attribute attribute, @Nullable Object[] slots, int depth) {
    if (slots.length > TUPLE_SLOTS_MAX) {
      return null;
    }
    @Nullable Object[] values = new Object[slots.length];
    for (int i = 0; i < values.length; i++) {
      Object slot = slots[i];
      if (slot == null) {
        continue;
      }
      ValueType type = slotType(db.schema(), attribute.tuple(), i);
      Object value =
          type == null ? null : type == ValueType.REF ? ref(db, slot, depth) : type.normalize(slot);
      if (value == null) {
        return null;
      }
      values[i] = value;
    }
    return PersistentVector.adopt(values);
  }

  /// The type of a slot; null when the tuple has no such slot.
  private static @Nullable ValueType slotType(Schema schema, Tuple tuple, int slot) {
    return switch (tuple) {
      case Tuple.None() -> null;
      case Tuple.Composite(List<Integer> attributes) -> {
        Attribute member = slot < attributes.size() ? schema.attribute(attributes.get(slot)) : null;
        yield member == null ? null : member.type();
      }
      case Tuple.Heterogeneous(List<ValueType> types) ->
        slot < types.size() ? types.get(slot) : null;
      case Tuple.Homogeneous(ValueType type) -> type;
    };
  }

  private static String named(@Nullable Object value) {
    return switch (value) {
      case Keyword keyword -> keyword.toString();
      case Long number -> number.toString();
      case null -> "nil";
      default -> "a " + value.getClass().getSimpleName();
    };
  }
}
