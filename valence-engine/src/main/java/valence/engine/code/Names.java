package valence.engine.code;

import clojure.lang.Symbol;

/// How functions are named in messages; a symbol's own text starts clojure.core in some versions.
final class Names {
  private Names() {}

  static String text(Symbol name) {
    return name.getNamespace() == null
        ? name.getName()
        : name.getNamespace() + "/" + name.getName();
  }
}
