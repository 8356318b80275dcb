package valence.wire.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.wire.json.JsonScanner.Complaint;
import valence.wire.json.JsonScanner.Fractions;

/// The plain data of JSON text: maps with texts as keys, in their order, lists, texts, booleans,
/// null; whole numbers as long, or `BigInteger` beyond. Of two members of one name the last counts.
public final class PlainJson {
  /// Of collections in each other.
  public static final int LEVELS_MAX = 1_000;

  private final JsonScanner scanner;
  private final Fractions fractions;

  private PlainJson(JsonScanner scanner, Fractions fractions) {
    this.scanner = scanner;
    this.fractions = fractions;
  }

  /// The one value of a text, with numbers as exact as they are written; `incorrect` when it has
  /// none or more, or more than [#LEVELS_MAX] levels.
  public static @Nullable Object read(String text) {
    return read(text, LEVELS_MAX, Fractions.EXACT, PlainJson::wrong);
  }

  /// As [#read(String)], to one's own bound and with one's own words for mistakes.
  public static @Nullable Object read(
      String text, int levelsMax, Fractions fractions, Complaint complaint) {
    JsonScanner scanner = new JsonScanner(text, Math.min(levelsMax, LEVELS_MAX), complaint);
    Object value = new PlainJson(scanner, fractions).value();
    scanner.end();
    return value;
  }

  /// Whether a text is JSON of so many levels at most.
  public static boolean isJson(String text, int levelsMax) {
    JsonScanner scanner = new JsonScanner(text, Math.min(levelsMax, LEVELS_MAX), PlainJson::wrong);
    try {
      scanner.skip();
      scanner.end();
      return true;
    } catch (AnomalyException wrong) { // which is the answer
      return false;
    }
  }

  private @Nullable Object value() {
    JsonScanner.Kind kind = scanner.next();
    return switch (kind) {
      case OBJECT -> {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        scanner.open();
        while (scanner.more()) {
          object.put(scanner.name(), value());
        }
        yield object;
      }
      case ARRAY -> {
        List<@Nullable Object> array = new ArrayList<>();
        scanner.open();
        while (scanner.more()) {
          array.add(value());
        }
        yield array;
      }
      case STRING -> scanner.string();
      case NUMBER -> scanner.number(fractions);
      case TRUE, FALSE, NULL -> {
        scanner.word(kind);
        yield kind == JsonScanner.Kind.NULL ? null : (Object) (kind == JsonScanner.Kind.TRUE);
      }
    };
  }

  private static AnomalyException wrong(long line, long column, String what) {
    return Anomaly.incorrect(
            "db.error/invalid-json",
            "The text isn't JSON: in line " + line + ", column " + column + ", " + what + ".",
            "Expected one value as RFC 8259 has it.")
        .with("line", line)
        .with("column", column)
        .toException();
  }
}
