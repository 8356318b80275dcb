package valence.wire;

import clojure.lang.Keyword;
import clojure.lang.Symbol;

/// The names of keywords and symbols, checked where others sent them.
final class Words {
  /// Of a keyword or symbol, in chars.
  static final int CHARS_MAX = 16_384;

  private static final String DELIMITERS = "\"()[]{};@^`~\\,";

  private Words() {}

  /// The keyword of its text without the colon; `IllegalArgumentException` when it is none.
  static Keyword keyword(String text) {
    check(text);
    return Keyword.intern(text);
  }

  /// The symbol of its text; `IllegalArgumentException` when it is none.
  static Symbol symbol(String text) {
    check(text);
    return Symbol.intern(text);
  }

  private static void check(String text) {
    if (text.isEmpty() || text.length() > CHARS_MAX) {
      throw new IllegalArgumentException("a name has 1 to " + CHARS_MAX + " characters");
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isWhitespace(c) || Character.isISOControl(c) || DELIMITERS.indexOf(c) >= 0) {
        throw new IllegalArgumentException("a name can't hold the character '" + c + "'");
      }
    }
  }

  static String text(Keyword keyword) {
    return qualified(keyword.getNamespace(), keyword.getName());
  }

  static String text(Symbol symbol) {
    return qualified(symbol.getNamespace(), symbol.getName());
  }

  private static String qualified(
      @org.jspecify.annotations.Nullable String namespace, String name) {
    return namespace == null ? name : namespace + "/" + name;
  }
}
