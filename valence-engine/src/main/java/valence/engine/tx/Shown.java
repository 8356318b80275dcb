package valence.engine.tx;

import org.jspecify.annotations.Nullable;
import valence.edn.Edn;

/// How messages show what the caller wrote.
final class Shown {
  private Shown() {}

  /// As short EDN text.
  static String value(@Nullable Object value) {
    return Edn.printShort(value);
  }

  /// Where in tx-data something stood, to begin a sentence with.
  static String form(int index) {
    return index == Facts.NO_FORM ? "" : "Form " + index + " of tx-data: ";
  }
}
