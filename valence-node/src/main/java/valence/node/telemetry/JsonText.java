package valence.node.telemetry;

import clojure.lang.Keyword;
import java.util.Collection;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Writes JSON, for logs and exports. Text is kept to one line.
final class JsonText {
  private final StringBuilder text;
  private final UnaryOperator<String> keys;

  /// @param keys what becomes of the names of keywords
  JsonText(StringBuilder text, UnaryOperator<String> keys) {
    this.text = text;
    this.keys = keys;
  }

  JsonText(StringBuilder text) {
    this(text, UnaryOperator.identity());
  }

  void value(@Nullable Object value) {
    switch (value) {
      case null -> text.append("null");
      case Map<?, ?> map -> {
        text.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          text.append(separator);
          separator = ",";
          string(key(entry.getKey()));
          text.append(':');
          value(entry.getValue());
        }
        text.append('}');
      }
      case Collection<?> members -> {
        text.append('[');
        String separator = "";
        for (Object member : members) {
          text.append(separator);
          separator = ",";
          value(member);
        }
        text.append(']');
      }
      case Boolean flag -> text.append(flag.booleanValue());
      case Double number when !Double.isFinite(number) -> string(number.toString());
      case Float number when !Float.isFinite(number) -> string(number.toString());
      case Number number -> text.append(number);
      case Keyword keyword -> string(name(keyword));
      case java.util.Date date -> string(date.toInstant().toString());
      default -> string(value.toString());
    }
  }

  private String key(@Nullable Object key) {
    return key instanceof Keyword keyword ? keys.apply(name(keyword)) : String.valueOf(key);
  }

  private static String name(Keyword keyword) {
    return keyword.getNamespace() == null
        ? keyword.getName()
        : keyword.getNamespace() + "/" + keyword.getName();
  }

  void string(String given) {
    text.append('"');
    for (int i = 0; i < given.length(); i++) {
      char c = given.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          if (c < ' '
              || c == 0x2028
              || c == 0x2029
              || c >= 0xd800 && c < 0xe000 && lone(given, i)) {
            text.append("\\u").append(String.format("%04x", (int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }

  private static boolean lone(String given, int at) {
    return Character.isHighSurrogate(given.charAt(at))
        ? at + 1 == given.length() || !Character.isLowSurrogate(given.charAt(at + 1))
        : at == 0 || !Character.isHighSurrogate(given.charAt(at - 1));
  }
}
