package valence.wire.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.BitSet;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// One pass over a JSON text, value by value.
///
/// [#next] says what begins; then exactly one of [#open], [#string], [#number], [#word] or [#skip]
/// takes it. In a collection, [#more] goes to the next member or out. Not safe for many threads.
public final class JsonScanner {
  /// What a value is.
  public enum Kind {
    OBJECT,
    ARRAY,
    STRING,
    NUMBER,
    TRUE,
    FALSE,
    NULL
  }

  /// What becomes of a number that isn't whole. Whole ones are longs, or big integers beyond them.
  public enum Fractions {
    /// The nearest double.
    NEAREST,

    /// The double that prints like it, or a `BigDecimal` when none does.
    EXACT
  }

  /// How a mistake in a text is told.
  @FunctionalInterface
  public interface Complaint {
    /// @param line   where it is, from 1
    /// @param column where it is, from 1
    /// @param what   part of a sentence
    AnomalyException about(long line, long column, String what);
  }

  /// Of a number, in chars: to read a longer one takes too long.
  public static final int NUMBER_CHARS_MAX = 16_384;

  private final String text;
  private final int levelsMax;
  private final Complaint complaint;

  /// Which of the open collections are objects.
  private final BitSet objects = new BitSet();

  private int levels;
  private int position;

  /// Whether the innermost collection was just opened.
  private boolean fresh;

  /// @param levelsMax of collections in each other
  public JsonScanner(String text, int levelsMax, Complaint complaint) {
    this.text = text;
    this.levelsMax = levelsMax;
    this.complaint = complaint;
  }

  /// What the next value is.
  public Kind next() {
    space();
    return switch (peek()) {
      case '{' -> Kind.OBJECT;
      case '[' -> Kind.ARRAY;
      case '"' -> Kind.STRING;
      case 't' -> Kind.TRUE;
      case 'f' -> Kind.FALSE;
      case 'n' -> Kind.NULL;
      default -> Kind.NUMBER;
    };
  }

  /// Goes into an object or an array.
  public void open() {
    if (levels == levelsMax) {
      throw Anomaly.incorrect(
              "db.error/too-deep",
              "The JSON is nested deeper than " + levelsMax + " levels.",
              "Make the data flatter.")
          .toException();
    }
    objects.set(levels++, peek() == '{');
    position++;
    fresh = true;
  }

  /// Whether another member follows; goes out of the collection when none does.
  public boolean more() {
    space();
    boolean object = objects.get(levels - 1);
    if (peek() == (object ? '}' : ']')) {
      position++;
      levels--;
      fresh = false;
      return false;
    }
    if (!fresh) {
      expect(',');
    }
    fresh = false;
    return true;
  }

  /// How many collections are open.
  public int levels() {
    return levels;
  }

  /// The name of a member, and the colon after it.
  public String name() {
    beginName();
    String name = string();
    endName();
    return name;
  }

  private void beginName() {
    space();
    if (peek() != '"') {
      throw wrong("a key was expected, in double quotes");
    }
  }

  private void endName() {
    space();
    expect(':');
  }

  /// The text of a string.
  public String string() {
    int start = position + 1;
    boolean plain = skipString();
    return plain ? text.substring(start, position - 1) : unescaped(start, position - 1);
  }

  /// Takes a string; true when it says itself, without escapes.
  private boolean skipString() {
    boolean plain = true;
    position++;
    while (position < text.length()) {
      char c = text.charAt(position);
      if (c < ' ') {
        throw wrong("a string can't hold a line break or another control character as it is");
      }
      position++;
      if (c == '"') {
        return plain;
      }
      if (c == '\\') {
        skipEscape();
        plain = false;
      }
    }
    throw wrong("a string has no end");
  }

  private void skipEscape() {
    char c = peek();
    if (c != 'u' && (c == 0 || "\"\\/bfnrt".indexOf(c) < 0)) {
      throw wrong("a backslash stands before what needs none");
    }
    position++;
    for (int i = 0; c == 'u' && i < 4; i++) {
      if (digit(peek()) < 0) {
        throw wrong("after \\u four hexadecimal digits were expected");
      }
      position++;
    }
  }

  private static int digit(char c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }

  private String unescaped(int start, int end) {
    StringBuilder string = new StringBuilder(end - start);
    for (int at = start; at < end; at++) {
      char c = text.charAt(at);
      if (c != '\\') {
        string.append(c);
        continue;
      }
      char escaped = text.charAt(++at);
      string.append(
          switch (escaped) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
              at += 4;
              yield (char) Integer.parseInt(text, at - 3, at + 1, 16);
            }
            default -> escaped;
          });
    }
    return string.toString();
  }

  /// A number: a `Long`, a `BigInteger`, a `Double`, or a `BigDecimal`.
  public Number number(Fractions fractions) {
    int start = position;
    boolean whole = skipNumber();
    String digits = text.substring(start, position);
    if (digits.length() > NUMBER_CHARS_MAX) {
      throw wrong(start, "a number has at most " + NUMBER_CHARS_MAX + " digits");
    }
    if (whole) {
      return whole(digits);
    }
    return switch (fractions) {
      case NEAREST -> Double.valueOf(digits);
      case EXACT -> {
        try {
          yield exact(digits);
        } catch (NumberFormatException e) { // of a decimal an exponent has to be an int
          throw wrong(start, "a number is out of range");
        }
      }
    };
  }

  private static Number whole(String digits) {
    try {
      return Long.valueOf(digits);
    } catch (NumberFormatException beyond) {
      return new BigInteger(digits);
    }
  }

  private static Number exact(String digits) {
    BigDecimal exact = new BigDecimal(digits);
    double real = exact.doubleValue();
    return Double.isFinite(real) && BigDecimal.valueOf(real).compareTo(exact) == 0
        ? (Number) real
        : exact;
  }

  /// Takes a number; true when it has neither point nor exponent.
  private boolean skipNumber() {
    boolean whole = true;
    if (peek() == '-') {
      position++;
    }
    if (peek() == '0') {
      position++;
      if (peek() >= '0' && peek() <= '9') {
        throw wrong(position - 1, "a number can't begin with 0");
      }
    } else {
      skipDigits();
    }
    if (peek() == '.') {
      whole = false;
      position++;
      skipDigits();
    }
    if (peek() == 'e' || peek() == 'E') {
      whole = false;
      position++;
      if (peek() == '+' || peek() == '-') {
        position++;
      }
      skipDigits();
    }
    return whole;
  }

  private void skipDigits() {
    int start = position;
    while (peek() >= '0' && peek() <= '9') {
      position++;
    }
    if (position == start) {
      throw wrong("a value was expected");
    }
  }

  /// Takes `true`, `false` or `null`.
  public void word(Kind kind) {
    String word = switch (kind) {
      case TRUE -> "true";
      case FALSE -> "false";
      case NULL -> "null";
      case OBJECT, ARRAY, STRING, NUMBER -> throw new IllegalArgumentException(kind + "");
    };
    if (!text.startsWith(word, position)) {
      throw wrong("a value was expected");
    }
    position += word.length();
  }

  /// Takes a value whatever it is, and makes nothing of it.
  public void skip() {
    Kind kind = next();
    switch (kind) {
      case OBJECT -> {
        open();
        while (more()) {
          beginName();
          skipString();
          endName();
          skip();
        }
      }
      case ARRAY -> {
        open();
        while (more()) {
          skip();
        }
      }
      case STRING -> skipString();
      case NUMBER -> skipNumber();
      case TRUE, FALSE, NULL -> word(kind);
    }
  }

  /// Sees that nothing follows.
  public void end() {
    space();
    if (position < text.length()) {
      throw wrong("there is more after the value");
    }
  }

  /// Where the scanner stands, in chars, for [#wrong(int, String)].
  public int position() {
    space();
    return position;
  }

  private void expect(char c) {
    if (peek() != c) {
      throw wrong("'" + c + "' was expected");
    }
    position++;
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

  private AnomalyException wrong(String what) {
    return wrong(position, what);
  }

  /// The complaint about a place.
  public AnomalyException wrong(int where, String what) {
    int place = Math.min(where, text.length());
    long line = 1 + text.substring(0, place).chars().filter(c -> c == '\n').count();
    return complaint.about(line, place - text.lastIndexOf('\n', place - 1), what);
  }
}
