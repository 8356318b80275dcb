package valence.api;

import clojure.lang.Keyword;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.RecordComponent;
import valence.api.record.Tuple;

/// A component of a record, as it stands in a database.
///
/// @param attribute as a pull names it: `:db/id`, or an attribute, which may be reversed
/// @param accessor  from the record, as an object, to what the component holds
/// @param declared  with its annotations
record Field(
    Class<?> record,
    String name,
    Keyword attribute,
    ValueForm form,
    MethodHandle accessor,
    RecordComponent declared) {
  static final Keyword ID = Keyword.intern("db", "id");

  boolean isId() {
    return attribute == ID;
  }

  /// Whether the component holds who refers to the entity, not what the entity refers to.
  boolean isReverse() {
    return attribute.getName().startsWith("_");
  }

  /// Whether the database makes the value of others: a composite tuple.
  boolean isComposite() {
    Tuple tuple = declared.getAnnotation(Tuple.class);
    return tuple != null && tuple.value().length > 0;
  }

  /// The attribute itself, forwards.
  Keyword forward() {
    return isReverse()
        ? Keyword.intern(attribute.getNamespace(), attribute.getName().substring(1))
        : attribute;
  }

  /// What each value of the component is.
  ValueForm.Single single() {
    return switch (form) {
      case ValueForm.Single single -> single;
      case ValueForm.Maybe maybe -> maybe.form();
      case ValueForm.Many(var element, _) -> element;
    };
  }

  /// What the component holds in a record.
  Object value(Record holder) {
    try {
      return (Object) accessor.invokeExact((Object) holder);
    } catch (Throwable e) {
      throw Mismatch.component(
          this,
          this + " can't be read: " + e + ".",
          "Expected an accessor that answers.",
          "Mend the accessor.");
    }
  }

  @Override
  public String toString() {
    return "Component " + name + " of record " + record.getSimpleName() + " (" + attribute + ")";
  }
}
