package valence.api;

import clojure.lang.Keyword;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.record.Attr;
import valence.api.record.Id;
import valence.api.record.Tuple;
import valence.api.spi.Naming;

/// How a record type stands in a database: its components, and how to make one. Read from the type
/// once, and kept as long as the type.
final class RecordForm {
  private static final ClassValue<RecordForm> FORMS = new ClassValue<>() {
    @Override
    protected RecordForm computeValue(Class<?> type) {
      return new RecordForm(type);
    }
  };

  private final Class<?> type;
  private final List<Field> fields;
  private final MethodHandle constructor; // from an array of objects to an object

  private RecordForm(Class<?> type) {
    this.type = type;
    RecordComponent[] components = type.getRecordComponents();
    try {
      List<Field> all = new ArrayList<>();
      Set<Keyword> attributes = new HashSet<>();
      for (RecordComponent component : components) {
        Field field = field(type, component);
        if (!attributes.add(field.attribute())) {
          throw Mismatch.component(
              field,
              field + " has the attribute of another component.",
              "Expected one component for each attribute.",
              "Remove one, or name its attribute with @Attr.");
        }
        all.add(field);
      }
      this.fields = List.copyOf(all);
      Class<?>[] types =
          Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      Constructor<?> canonical = type.getDeclaredConstructor(types);
      open(type, canonical);
      this.constructor = MethodHandles.lookup()
          .unreflectConstructor(canonical)
          .asSpreader(Object[].class, types.length)
          .asType(MethodType.methodType(Object.class, Object[].class));
    } catch (ReflectiveOperationException e) {
      throw new AssertionError("a record has accessors and a canonical constructor", e);
    }
  }

  /// The form of a record type; fails when the type has components that no database has.
  static RecordForm of(Class<? extends Record> type) {
    return FORMS.get(type);
  }

  private static Field field(Class<?> type, RecordComponent component)
      throws IllegalAccessException {
    String place = "Component " + component.getName() + " of record " + type.getSimpleName();
    Tuple tuple = component.getAnnotation(Tuple.class);
    ValueForm form = tuple == null
        ? ValueForm.of(component.getGenericType(), place)
        : ValueForm.ofTuple(component.getGenericType(), place);
    if (tuple != null && tuple.value().length > 0) {
      checkComposite(form, tuple.value().length, place);
    }
    Attr attr = component.getAnnotation(Attr.class);
    boolean id = component.isAnnotationPresent(Id.class);
    if (id && (attr != null || !isLong(form))) {
      throw Mismatch.declaration(
          place + " has @Id" + (attr == null ? " and isn't a long." : " and @Attr."),
          "Expected a long, OptionalLong or Optional<Long> that is the entity id.",
          "Change the type or remove an annotation.");
    }
    Keyword attribute;
    if (attr != null) {
      attribute = Names.keyword(attr.value(), place);
    } else if (id || (component.getName().equals("id") && isLong(form))) {
      attribute = Field.ID;
    } else {
      attribute = Keyword.intern(Naming.namespace(type), Naming.kebab(component.getName()));
    }
    Method accessor = component.getAccessor();
    open(type, accessor);
    MethodHandle handle = MethodHandles.lookup()
        .unreflect(accessor)
        .asType(MethodType.methodType(Object.class, Object.class));
    return new Field(type, component.getName(), attribute, form, handle, component);
  }

  private static void checkComposite(ValueForm form, int attributes, String place) {
    ValueForm.Single tuple = form instanceof ValueForm.Maybe maybe
        ? maybe.form()
        : form instanceof ValueForm.Single single ? single : null;
    if (!(tuple instanceof ValueForm.Slots slots) || slots.fields().size() != attributes) {
      throw Mismatch.declaration(
          place + " is declared as a composite tuple of " + attributes + " attributes.",
          "Expected a record with as many components, or an Optional of one.",
          "Change the type of the component, or the attributes in @Tuple.");
    }
  }

  private static boolean isLong(ValueForm form) {
    return switch (form) {
      case ValueForm.One(Scalar scalar) -> scalar.type() == Long.class;
      case ValueForm.Maybe maybe -> isLong(maybe.form());
      case ValueForm.Constant _,
          ValueForm.Nested _,
          ValueForm.Slots _,
          ValueForm.Alike _,
          ValueForm.Many _ -> false;
    };
  }

  private static void open(Class<?> type, AccessibleObject member) {
    if (!member.trySetAccessible()) {
      throw Mismatch.declaration(
          "Record " + type.getName() + " can't be read from outside its module "
              + type.getModule().getName() + ".",
          "Expected a record whose package is open.",
          "Add to its module-info: opens " + type.getPackageName() + ".");
    }
  }

  Class<?> type() {
    return type;
  }

  /// In the order of their declaration.
  List<Field> fields() {
    return fields;
  }

  /// A record of the values, one for each of [#fields].
  Record make(@Nullable Object[] values) {
    try {
      return (Record) (Object) constructor.invokeExact(values);
    } catch (AnomalyException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw Mismatch.refused(type, e);
    }
  }
}
