package valence.tools.cli;

import clojure.lang.Keyword;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import valence.tools.terminal.Terminal;
import valence.wire.EdnBody;

/// A map as one line per key, the values aligned.
final class Fieldwise {
  private Fieldwise() {}

  static void print(Terminal terminal, @Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      terminal.line(EdnBody.text(value));
      return;
    }
    int width = map.keySet().stream().mapToInt(key -> name(key).length()).max().orElse(0);
    map.entrySet().stream()
        .sorted(Comparator.comparing((Map.Entry<?, ?> entry) -> name(entry.getKey())))
        .forEach(entry -> {
          String name = name(entry.getKey());
          String padding = " ".repeat(width - name.length());
          terminal.line(terminal.bold(name) + padding + "  " + shown(entry.getValue()));
        });
  }

  private static String name(@Nullable Object key) {
    return key instanceof Keyword keyword ? keyword.toString().substring(1) : EdnBody.text(key);
  }

  private static String shown(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case String text -> text;
      case Keyword keyword -> name(keyword);
      case java.util.Date instant -> instant.toInstant().toString();
      case Map<?, ?> map ->
        map.entrySet().stream()
            .map(entry -> name(entry.getKey()) + " " + shown(entry.getValue()))
            .collect(Collectors.joining(", "));
      case List<?> list ->
        list.stream()
            .map(Fieldwise::shown)
            .collect(
                Collectors.joining(list.stream().anyMatch(Map.class::isInstance) ? "; " : ", "));
      default -> EdnBody.text(value);
    };
  }
}
