package valence.engine.schema;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.List;
import valence.engine.value.ValueType;

/// What the schema says of one attribute.
///
/// @param id           its entity id; attributes are in partition 0, below 2^20
/// @param ident        its newest name
/// @param many         cardinality many
/// @param component    its values, references, are owned by the entity
/// @param indexed      its definition says `:db/index true`
/// @param predicates   functions that each asserted value must pass
public record Attribute(
    int id,
    Keyword ident,
    ValueType type,
    boolean many,
    Unique unique,
    boolean component,
    boolean indexed,
    boolean noHistory,
    Tuple tuple,
    List<Symbol> predicates) {
  public Attribute {
    predicates = List.copyOf(predicates);
  }

  /// Whether and how a value names an entity.
  public enum Unique {
    NONE,
    /// A second holder is a conflict.
    VALUE,
    /// A temporary id that has the value becomes its holder.
    IDENTITY
  }

  /// What a tuple attribute's slots are.
  public sealed interface Tuple {
    /// Not a tuple attribute.
    record None() implements Tuple {}

    /// Derived from other attributes of the entity, by id.
    record Composite(List<Integer> attributes) implements Tuple {
      public Composite {
        attributes = List.copyOf(attributes);
      }
    }

    /// Fixed length, a type for each slot.
    record Heterogeneous(List<ValueType> types) implements Tuple {
      public Heterogeneous {
        types = List.copyOf(types);
      }
    }

    /// 2 to 8 slots of one type.
    record Homogeneous(ValueType type) implements Tuple {}
  }

  public boolean isRef() {
    return type == ValueType.REF;
  }

  /// Whether a slot of the tuple refers to an entity. Parts of composites are not considered.
  public boolean hasReferenceAt(int slot) {
    return switch (tuple) {
      case Tuple.None(), Tuple.Composite(var _) -> false;
      case Tuple.Heterogeneous(var types) ->
        slot < types.size() && types.get(slot) == ValueType.REF;
      case Tuple.Homogeneous(var slots) -> slots == ValueType.REF;
    };
  }

  public boolean isUnique() {
    return unique != Unique.NONE;
  }
}
