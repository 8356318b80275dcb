package valence.node.dev;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import valence.edn.Edn;

/// What the process tells who started it: one event a line. Safe for many threads.
public final class Feed {
  private static final int TEXT_CHARACTERS_MAX = 64 << 10;

  private final PrintStream out;

  /// @param out where nothing else is written
  public Feed(PrintStream out) {
    this.out = out;
  }

  /// Tells an event.
  ///
  /// @param fields texts, numbers, keywords, and collections of them
  public void tell(String event, Map<String, ?> fields) {
    Map<Keyword, Object> line = new LinkedHashMap<>();
    line.put(kw("event"), kw(event));
    fields.forEach(
        (name, value) -> line.put(kw(name), value instanceof String text ? cut(text) : value));
    String text = Edn.print(line);
    synchronized (out) {
      out.println(text);
    }
  }

  private static String cut(String text) {
    return text.length() <= TEXT_CHARACTERS_MAX
        ? text
        : text.substring(0, TEXT_CHARACTERS_MAX) + "…";
  }
}
