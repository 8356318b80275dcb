package valence.node.browser;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// JSON as the browser writes it, which is well formed: maps, lists, strings, doubles, booleans.
final class Json {
  private final String text;
  private int position;

  private Json(String text) {
    this.text = text;
  }

  static @Nullable Object read(String text) {
    return new Json(text).value();
  }

  private char next() {
    while (Character.isWhitespace(text.charAt(position))
        || text.charAt(position) == ','
        || text.charAt(position) == ':') {
      position++;
    }
    return text.charAt(position);
  }

  private @Nullable Object value() {
    switch (next()) {
      case '{' -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        position++;
        while (next() != '}') {
          String key = string();
          map.put(key, value());
        }
        position++;
        return map;
      }
      case '[' -> {
        List<@Nullable Object> list = new ArrayList<>();
        position++;
        while (next() != ']') {
          list.add(value());
        }
        position++;
        return list;
      }
      case '"' -> {
        return string();
      }
      default -> {
        int start = position;
        while (position < text.length() && ",]} \n\r\t".indexOf(text.charAt(position)) < 0) {
          position++;
        }
        String word = text.substring(start, position);
        return switch (word) {
          case "null" -> null;
          case "true" -> true;
          case "false" -> false;
          default -> Double.valueOf(word);
        };
      }
    }
  }

  private String string() {
    next();
    StringBuilder string = new StringBuilder();
    for (position++; text.charAt(position) != '"'; position++) {
      char c = text.charAt(position);
      if (c != '\\') {
        string.append(c);
        continue;
      }
      char escaped = text.charAt(++position);
      if (escaped == 'u') {
        string.append((char) Integer.parseInt(text.substring(position + 1, position + 5), 16));
        position += 4;
      } else {
        int plain = "nrtbf".indexOf(escaped);
        string.append(plain < 0 ? escaped : "\n\r\t\b\f".charAt(plain));
      }
    }
    position++;
    return string.toString();
  }

  static String print(@Nullable Object value) {
    StringBuilder out = new StringBuilder();
    print(value, out);
    return out.toString();
  }

  private static void print(@Nullable Object value, StringBuilder out) {
    String between = "";
    switch (value) {
      case Map<?, ?> map -> {
        out.append('{');
        for (var entry : map.entrySet()) {
          out.append(between);
          between = ",";
          print(String.valueOf(entry.getKey()), out);
          out.append(':');
          print(entry.getValue(), out);
        }
        out.append('}');
      }
      case Collection<?> list -> {
        out.append('[');
        for (Object each : list) {
          out.append(between);
          between = ",";
          print(each, out);
        }
        out.append(']');
      }
      case String string -> {
        out.append('"');
        for (int i = 0; i < string.length(); i++) {
          char c = string.charAt(i);
          if (c == '"' || c == '\\') {
            out.append('\\').append(c);
          } else if (c < ' ' || c > '~') {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
        out.append('"');
      }
      case null, default -> out.append(value);
    }
  }
}
