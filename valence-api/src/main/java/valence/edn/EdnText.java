package valence.edn;

import clojure.lang.Symbol;

/// What strings, characters and names are made of.
final class EdnText {
  private static final int OCTAL_MAX = 0377;

  private EdnText() {}

  /// The string that the chars between two quotes stand for.
  ///
  /// @param start where the string opens, for messages
  static String unescape(EdnReader reader, int start, String raw) {
    int escape = raw.indexOf('\\');
    if (escape < 0) {
      return raw;
    }
    var string = new StringBuilder(raw.length());
    int i = 0;
    while (i < raw.length()) {
      char c = raw.charAt(i++);
      if (c != '\\') {
        string.append(c);
        continue;
      }
      char escaped = raw.charAt(i++); // there is one: a string can't end in an open escape
      switch (escaped) {
        case 't' -> string.append('\t');
        case 'r' -> string.append('\r');
        case 'n' -> string.append('\n');
        case 'b' -> string.append('\b');
        case 'f' -> string.append('\f');
        case '"', '\\' -> string.append(escaped);
        case 'u' -> {
          int end = Math.min(i + 4, raw.length());
          string.append(unicode(reader, start, raw.substring(i, end)));
          i = end;
        }
        case '0', '1', '2', '3', '4', '5', '6', '7' -> {
          int end = i;
          while (end < raw.length() && end < i + 2 && Character.digit(raw.charAt(end), 8) >= 0) {
            end++;
          }
          string.append(octal(reader, start, raw.substring(i - 1, end)));
          i = end;
        }
        default ->
          throw reader.error(
              start,
              "The string at " + reader.place(start) + " has the unknown escape \\" + escaped + ".",
              "Known are \\t \\r \\n \\b \\f \\\" \\\\ \\uXXXX and octal \\OOO.");
      }
    }
    return string.toString();
  }

  /// The character that the chars after a backslash stand for.
  ///
  /// @param start where the backslash stands, for messages
  static Character character(EdnReader reader, int start, String name) {
    if (name.length() == 1) {
      return name.charAt(0);
    }
    return switch (name) {
      case "newline" -> '\n';
      case "space" -> ' ';
      case "tab" -> '\t';
      case "return" -> '\r';
      case "backspace" -> '\b';
      case "formfeed" -> '\f';
      default ->
        switch (name.charAt(0)) {
          case 'u' -> unicode(reader, start, name.substring(1));
          case 'o' -> octal(reader, start, name.substring(1));
          default ->
            throw reader.error(
                start,
                "The character \\" + EdnPrinter.shorten(name) + " at " + reader.place(start)
                    + " is unknown.",
                "Expected was one char, \\newline, \\space, \\tab, \\return, \\backspace,"
                    + " \\formfeed, \\uXXXX or octal \\oOOO.");
        };
    };
  }

  private static char unicode(EdnReader reader, int start, String digits) {
    if (digits.length() != 4 || !digits.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
      throw reader.error(
          start,
          "The \\u" + EdnPrinter.shorten(digits) + " at " + reader.place(start)
              + " isn't a character.",
          "Four hexadecimal digits were expected after \\u.");
    }
    return (char) Integer.parseInt(digits, 16);
  }

  private static char octal(EdnReader reader, int start, String digits) {
    if (digits.isEmpty()
        || digits.length() > 3
        || !digits.chars().allMatch(c -> c >= '0' && c <= '7')
        || Integer.parseInt(digits, 8) > OCTAL_MAX) {
      throw reader.error(
          start,
          "The octal code " + EdnPrinter.shorten(digits) + " at " + reader.place(start)
              + " isn't a character.",
          "Expected was 0 to 377.");
    }
    return (char) Integer.parseInt(digits, 8);
  }

  /// Whether the token is `name`, `namespace/name` or `/`, possibly with `/` as the name.
  static boolean isName(String token) {
    if (token.isEmpty() || token.startsWith(":") || token.endsWith(":") || token.contains("::")) {
      return false;
    }
    int slash = token.indexOf('/');
    if (slash < 0 || token.equals("/")) {
      return true;
    }
    String name = token.substring(slash + 1);
    return slash > 0 && (name.equals("/") || !name.isEmpty() && name.indexOf('/') < 0);
  }

  /// The symbol of a token that [#isName].
  static Symbol symbol(String token) {
    int slash = token.equals("/") ? -1 : token.indexOf('/');
    return slash < 0
        ? Symbol.intern(null, token)
        : Symbol.intern(token.substring(0, slash), token.substring(slash + 1));
  }
}
