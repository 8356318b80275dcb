package valence.wire.json;

import java.util.HexFormat;

/// Writes JSON text on one line, value by value; commas and colons come by themselves.
///
/// What a browser would take for the end of a line, and half a surrogate pair, which UTF-8 has no
/// form for, are escaped. That names stand in objects alone is the caller's to see to.
public final class JsonPrinter {
  private final StringBuilder out = new StringBuilder();
  private int levels;

  /// How many collections are open.
  public int levels() {
    return levels;
  }

  /// How long the text is by now, in chars.
  public int length() {
    return out.length();
  }

  @Override
  public String toString() {
    return out.toString();
  }

  public void beginObject() {
    begin('{');
  }

  public void endObject() {
    end('}');
  }

  public void beginArray() {
    begin('[');
  }

  public void endArray() {
    end(']');
  }

  private void begin(char bracket) {
    separate();
    out.append(bracket);
    levels++;
  }

  private void end(char bracket) {
    levels--;
    out.append(bracket);
  }

  /// The name of the member that comes next.
  public void name(String name) {
    string(name);
    out.append(':');
  }

  /// A whole number.
  public void number(long number) {
    separate();
    out.append(number);
  }

  /// A number in the form of JSON, `true`, `false` or `null`.
  public void word(String word) {
    separate();
    out.append(word);
  }

  /// What stands beside values: a line's end, or a part of a text that goes before this one.
  public void raw(String text) {
    out.append(text);
  }

  public void string(String string) {
    separate();
    out.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ' || c == '\u2028' || c == '\u2029' || isLone(string, i)) {
            out.append("\\u").append(HexFormat.of().toHexDigits(c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  /// Whether a char is half of a surrogate pair without the other.
  public static boolean isLone(String string, int index) {
    char c = string.charAt(index);
    if (Character.isHighSurrogate(c)) {
      return index + 1 == string.length() || !Character.isLowSurrogate(string.charAt(index + 1));
    }
    return Character.isLowSurrogate(c)
        && (index == 0 || !Character.isHighSurrogate(string.charAt(index - 1)));
  }

  /// A comma, unless a collection or a member has just begun.
  private void separate() {
    if (levels > 0 && "[{:".indexOf(out.charAt(out.length() - 1)) < 0) {
      out.append(',');
    }
  }
}
