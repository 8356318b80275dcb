package valence.api;

import clojure.lang.Keyword;

/// Names in annotations.
final class Names {
  private Names() {}

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
