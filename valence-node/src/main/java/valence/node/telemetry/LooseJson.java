package valence.node.telemetry;

import clojure.lang.Keyword;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.wire.json.JsonPrinter;

/// JSON of whatever is logged or exported: what JSON has no form for is its text, and nothing is
/// refused. Kept to one line.
final class LooseJson {
  private final JsonPrinter out = new JsonPrinter();

  private LooseJson() {}

  static String print(@Nullable Object value) {
    LooseJson json = new LooseJson();
    json.write(value);
    return json.out.toString();
  }

  private void write(@Nullable Object value) {
    switch (value) {
      case null -> out.word("null");
      case Map<?, ?> map -> {
        out.beginObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          out.name(entry.getKey() instanceof Keyword key ? name(key) : entry.getKey() + "");
          write(entry.getValue());
        }
        out.endObject();
      }
      case Collection<?> members -> {
        out.beginArray();
        for (Object member : members) {
          write(member);
        }
        out.endArray();
      }
      case Boolean flag -> out.word(flag.toString());
      case Double number when !Double.isFinite(number) -> out.string(number.toString());
      case Float number when !Float.isFinite(number) -> out.string(number.toString());
      case Number number -> out.word(number.toString());
      case Keyword keyword -> out.string(name(keyword));
      case Date date -> out.string(date.toInstant().toString());
      default -> out.string(value.toString());
    }
  }

  private static String name(Keyword keyword) {
    return keyword.getNamespace() == null
        ? keyword.getName()
        : keyword.getNamespace() + "/" + keyword.getName();
  }
}
