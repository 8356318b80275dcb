package valence.node.lambda;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// JSON text (RFC 8259) as plain data: maps with strings as keys, lists, strings, longs, decimals,
/// booleans and null. Of two members of one name the last counts.
public final class JsonTree {
  /// Of a number, in chars: to read a longer one takes too long.
  private static final int NUMBER_CHARS_MAX = 1_000;

  private final String text;
  private int position;

  private JsonTree(String text) {
    this.text = text;
  }

  /// Whether a text is JSON, and not nested too deeply.
  public static boolean isJson(String text) {
    return JsonText.isJson(text, JsonText.DEPTH_MAX);
  }

  /// The value of a text; `incorrect` when it is no JSON, or nested too deeply.
  public static @Nullable Object read(String text) {
    if (!isJson(text)) {
      throw wrong("It isn't JSON, or is nested too deeply.");
    }
    return new JsonTree(text).value(); // which may rely on its being JSON
  }

  private @Nullable Object value() {
    space();
    Object value = switch (text.charAt(position)) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
    space();
    return value;
  }

  private Map<String, @Nullable Object> object() {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    position++;
    space();
    while (text.charAt(position) != '}') {
      space();
      String name = string();
      space();
      position++; // the colon
      members.put(name, value());
      comma();
    }
    position++;
    return members;
  }

  private List<@Nullable Object> array() {
    List<@Nullable Object> items = new ArrayList<>();
    position++;
    space();
    while (text.charAt(position) != ']') {
      items.add(value());
      comma();
    }
    position++;
    return items;
  }

  private void comma() {
    if (text.charAt(position) == ',') {
      position++;
    }
  }

  private String string() {
    position++;
    StringBuilder string = new StringBuilder();
    while (text.charAt(position) != '"') {
      char c = text.charAt(position++);
      if (c != '\\') {
        string.append(c);
        continue;
      }
      char escaped = text.charAt(position++);
      switch (escaped) {
        case 'b' -> string.append('\b');
        case 'f' -> string.append('\f');
        case 'n' -> string.append('\n');
        case 'r' -> string.append('\r');
        case 't' -> string.append('\t');
        case 'u' -> {
          string.append((char) Integer.parseInt(text, position, position + 4, 16));
          position += 4;
        }
        default -> string.append(escaped);
      }
    }
    position++;
    return string.toString();
  }

  private @Nullable Object word(String word, @Nullable Object value) {
    position += word.length();
    return value;
  }

  private Object number() {
    int start = position;
    boolean whole = true;
    while (position < text.length() && "+-.eE0123456789".indexOf(text.charAt(position)) >= 0) {
      whole &= text.charAt(position) == '-' || Character.isDigit(text.charAt(position));
      position++;
    }
    if (position - start > NUMBER_CHARS_MAX) {
      throw wrong("It has a number of more than " + NUMBER_CHARS_MAX + " characters.");
    }
    String digits = text.substring(start, position);
    if (whole && digits.length() < 19) {
      return Long.parseLong(digits);
    }
    try {
      return new BigDecimal(digits);
    } catch (NumberFormatException e) { // its exponent is out of range
      throw wrong("It has a number that is out of range.");
    }
  }

  private void space() {
    while (position < text.length() && " \n\r\t".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
  }

  private static AnomalyException wrong(String why) {
    return Anomaly.incorrect("db.error/invalid-request", "A text can't be read as JSON.", why)
        .toException();
  }
}
