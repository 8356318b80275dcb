package valence.api.spi;

import clojure.lang.Keyword;
import java.lang.reflect.RecordComponent;
import valence.api.record.Attr;
import valence.api.record.Id;
import valence.api.record.Namespace;

/// The names that data has for those of Java.
public final class Naming {
  private static final Keyword ID = Keyword.intern("db", "id");

  private Naming() {}

  /// `firstName`, `FirstName` and `FIRST_NAME` as `first-name`; `URLPath` as `url-path`.
  public static String kebab(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2")
        .replaceAll("([A-Z])([A-Z][a-z])", "$1-$2")
        .replace('_', '-')
        .toLowerCase(java.util.Locale.ROOT);
  }

  /// The namespace of what a record or an enum declares.
  public static String namespace(Class<?> type) {
    Namespace declared = type.getAnnotation(Namespace.class);
    return declared == null ? kebab(type.getSimpleName()) : declared.value();
  }

  /// The attribute that a component of a record stands for; `:db/id` for the entity's id.
  public static Keyword attribute(RecordComponent component) {
    Attr attr = component.getAnnotation(Attr.class);
    if (attr != null) {
      return Keyword.intern(attr.value());
    }
    boolean isLong =
        component.getType() == long.class || component.getType() == java.util.OptionalLong.class;
    return component.isAnnotationPresent(Id.class) || component.getName().equals("id") && isLong
        ? ID
        : Keyword.intern(namespace(component.getDeclaringRecord()), kebab(component.getName()));
  }
}
