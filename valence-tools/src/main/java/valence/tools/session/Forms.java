package valence.tools.session;

/// Where forms end in EDN text, without reading them: for text that comes in pieces.
public final class Forms {
  /// The text ends within a form.
  public static final int OPEN = -1;

  /// Nothing but white space and comments is left.
  public static final int NONE = -2;

  private Forms() {}

  /// The position behind the first form at or behind a position, or [#OPEN], or [#NONE].
  ///
  /// A form that isn't EDN has an end, too: whoever reads it finds out what is wrong. A bare word
  /// at the end of the text counts as ended.
  public static int end(CharSequence text, int from) {
    int at = from;
    int depth = 0;
    boolean tagged = false;
    int length = text.length();
    while (at < length) {
      char c = text.charAt(at);
      if (Character.isWhitespace(c) || c == ',') {
        at++;
        continue;
      }
      switch (c) {
        case ';' -> {
          while (at < length && text.charAt(at) != '\n') {
            at++;
          }
          continue;
        }
        case '"' -> {
          at = endOfString(text, at);
          if (at == OPEN) {
            return OPEN;
          }
        }
        case '(', '[', '{' -> {
          depth++;
          at++;
          continue;
        }
        case ')', ']', '}' -> {
          depth--;
          at++;
        }
        case '#' -> {
          if (at + 1 >= length) {
            return OPEN;
          }
          char next = text.charAt(at + 1);
          if (next == '{') {
            depth++;
            at += 2;
            continue;
          }
          if (next == '_') {
            int discarded = end(text, at + 2);
            if (discarded < 0) {
              return OPEN;
            }
            at = discarded;
            continue;
          }
          at = endOfWord(text, at + 1); // a tag: what it is for follows
          tagged = true;
          continue;
        }
        // What follows a backslash belongs to it, whatever it is.
        case '\\' -> at = at + 2 >= length ? length : wordGoesOn(text, at + 2);
        default -> at = endOfWord(text, at);
      }
      if (depth <= 0) {
        return at;
      }
    }
    return depth > 0 || tagged ? OPEN : NONE;
  }

  private static int endOfString(CharSequence text, int from) {
    for (int at = from + 1; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '\\') {
        at++;
      } else if (c == '"') {
        return at + 1;
      }
    }
    return OPEN;
  }

  /// The position of the first form at or behind a position, behind space, comments and what is
  /// discarded; the text's length without one.
  public static int begin(CharSequence text, int from) {
    int at = from;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (Character.isWhitespace(c) || c == ',') {
        at++;
      } else if (c == ';') {
        while (at < text.length() && text.charAt(at) != '\n') {
          at++;
        }
      } else if (c == '#' && at + 1 < text.length() && text.charAt(at + 1) == '_') {
        int end = end(text, at + 2);
        if (end < 0) {
          return at;
        }
        at = end;
      } else {
        return at;
      }
    }
    return at;
  }

  private static int endOfWord(CharSequence text, int from) {
    return Math.max(wordGoesOn(text, from), Math.min(from + 1, text.length()));
  }

  private static int wordGoesOn(CharSequence text, int from) {
    int at = from;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (Character.isWhitespace(c) || ",;\"()[]{}".indexOf(c) >= 0) {
        break;
      }
      at++;
    }
    return at;
  }
}
