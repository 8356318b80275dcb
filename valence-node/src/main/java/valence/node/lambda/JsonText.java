package valence.node.lambda;

/// Whether a text is JSON (RFC 8259), without reading it into anything.
final class JsonText {
  static final int DEPTH_MAX = 1_000;

  private final String text;
  private final int depthMax;
  private int position;

  private JsonText(String text, int depthMax) {
    this.text = text;
    this.depthMax = depthMax;
  }

  /// @param levelsMax of nesting, [#DEPTH_MAX] of them at most
  static boolean isJson(String text, int levelsMax) {
    var json = new JsonText(text, Math.min(levelsMax, DEPTH_MAX));
    return json.value(0) && json.position == text.length();
  }

  /// Skips one value and the space around it; false when there is none.
  private boolean value(int depth) {
    space();
    boolean found = switch (peek()) {
      case '{' -> depth < depthMax && members('}', depth, true);
      case '[' -> depth < depthMax && members(']', depth, false);
      case '"' -> string();
      case 't' -> word("true");
      case 'f' -> word("false");
      case 'n' -> word("null");
      default -> number();
    };
    space();
    return found;
  }

  private boolean members(char end, int depth, boolean named) {
    position++;
    space();
    if (peek() == end) {
      position++;
      return true;
    }
    while (true) {
      if (named) {
        space();
        if (!string()) {
          return false;
        }
        space();
        if (!word(":")) {
          return false;
        }
      }
      if (!value(depth + 1)) {
        return false;
      }
      if (peek() == end) {
        position++;
        return true;
      }
      if (!word(",")) {
        return false;
      }
    }
  }

  private boolean string() {
    if (!word("\"")) {
      return false;
    }
    while (position < text.length()) {
      char c = text.charAt(position++);
      if (c == '"') {
        return true;
      }
      if (c < ' ' || c == '\\' && !escape()) {
        return false;
      }
    }
    return false;
  }

  private boolean escape() {
    char c = peek();
    position++;
    if (c != 'u') {
      return c != 0 && "\"\\/bfnrt".indexOf(c) >= 0;
    }
    for (int i = 0; i < 4; i++) {
      if (Character.digit(peek(), 16) < 0) {
        return false;
      }
      position++;
    }
    return true;
  }

  private boolean number() {
    if (peek() == '-') {
      position++;
    }
    if (peek() == '0') {
      position++;
    } else if (!digits()) {
      return false;
    }
    if (peek() == '.') {
      position++;
      if (!digits()) {
        return false;
      }
    }
    if (peek() == 'e' || peek() == 'E') {
      position++;
      if (peek() == '+' || peek() == '-') {
        position++;
      }
      return digits();
    }
    return true;
  }

  private boolean digits() {
    int start = position;
    while (peek() >= '0' && peek() <= '9') {
      position++;
    }
    return position > start;
  }

  private boolean word(String word) {
    if (text.startsWith(word, position)) {
      position += word.length();
      return true;
    }
    return false;
  }

  private void space() {
    while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') {
      position++;
    }
  }

  /// The next character, or 0 at the end.
  private char peek() {
    return position < text.length() ? text.charAt(position) : 0;
  }
}
