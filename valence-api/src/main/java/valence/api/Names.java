package valence.api;

import clojure.lang.Keyword;
import valence.api.record.Namespace;

/// The names that a database has for those of Java.
final class Names {
  private Names() {}

  /// `firstName`, `FirstName` and `FIRST_NAME` as `first-name`; `URLPath` as `url-path`.
  static String kebab(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2")
        .replaceAll("([A-Z])([A-Z][a-z])", "$1-$2")
        .replace('_', '-')
        .toLowerCase(java.util.Locale.ROOT);
  }

  /// The namespace of what a record or an enum declares.
  static String namespace(Class<?> type) {
    Namespace declared = type.getAnnotation(Namespace.class);
    return declared == null ? kebab(type.getSimpleName()) : declared.value();
  }

  /// The keyword of a name in an annotation, written as [Valence#kw] takes it.
  ///
  /// @param place where the annotation stands
  static Keyword keyword(String name, String place) {
    if (name.isBlank() || name.startsWith(":")) {
      throw Mismatch.declaration(
          place + " is named \"" + name + "\".",
          "Expected the text of a keyword without its colon.",
          "Write it as \"person/name\".");
    }
    return Keyword.intern(name);
  }
}
