package valence.tools.transfer;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.wire.json.JsonScanner.Fractions;
import valence.wire.json.PlainJson;

/// JSON objects, one a line.
final class JsonItems implements Items {
  private static final int LEVELS_MAX = 64;

  private final BufferedReader in;
  private long line;

  JsonItems(BufferedReader in) {
    this.in = in;
  }

  @Override
  public @Nullable Item next() throws IOException {
    while (true) {
      String text = in.readLine();
      if (text == null) {
        return null;
      }
      line++;
      if (text.isBlank()) {
        continue;
      }
      if (text.length() > ITEM_CHARS_MAX) {
        return new Item.Bad(line, "it is longer than " + ITEM_CHARS_MAX + " characters");
      }
      try {
        if (PlainJson.read(text, LEVELS_MAX, Fractions.NEAREST, JsonItems::wrong)
            instanceof Map<?, ?> object) {
          Map<String, Object> row = new LinkedHashMap<>();
          object.forEach((key, value) -> {
            if (value != null) {
              row.put(String.valueOf(key), value);
            }
          });
          return new Item.Row(line, row);
        }
        return new Item.Bad(line, "it is no object");
      } catch (AnomalyException e) {
        return new Item.Bad(line, e.anomaly().message());
      }
    }
  }

  private static AnomalyException wrong(long line, long column, String what) {
    return Anomaly.incorrect("db.error/invalid-json", what + " (column " + column + ")")
        .toException();
  }
}
