package valence.edn;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Reading and printing of EDN text.
///
/// Text that isn't EDN is an `incorrect` anomaly with `:db/error` `:db.error/invalid-edn`, `:line`
/// and `:column`, both counted from 1.
public final class Edn {
  /// The deepest nesting that is read or printed, in collections, tags and quotes.
  public static final int DEPTH_MAX = 256;

  /// The longest text that is read or printed, in chars.
  public static final int TEXT_CHARS_MAX = 64 << 20;

  private Edn() {}

  /// The one value that the text holds; `incorrect` when it holds none or more.
  public static @Nullable Object read(String text) {
    return read(text, Map.of());
  }

  /// The one value that the text holds, with readers for further tags (by name, without `#`).
  ///
  /// The tags `inst`, `uuid`, `bytes`, `uri`, `float`, `double` and `datom` are known; a reader
  /// given here goes before the known one. A reader refuses a value with an `AnomalyException`, or
  /// with an `IllegalArgumentException` or `ClassCastException`, which become an anomaly with the
  /// position.
  public static @Nullable Object read(
      String text, Map<String, UnaryOperator<@Nullable Object>> tags) {
    return new EdnReader(text, tags).readOnly();
  }

  /// Every value that the text holds, in order.
  public static List<@Nullable Object> readAll(
      String text, Map<String, UnaryOperator<@Nullable Object>> tags) {
    return new EdnReader(text, tags).readAll();
  }

  /// The value as EDN text on one line. Takes `java.util` collections, arrays and [EdnTagged] as
  /// well.
  ///
  /// A value that EDN has no form for prints as `#object "its class"`, which no reader takes for
  /// something else. A value too deep or too long is an `incorrect` anomaly.
  public static String print(@Nullable Object value) {
    return EdnPrinter.print(value);
  }

  /// The beginning of the value's text on one line, short enough for a message.
  public static String printShort(@Nullable Object value) {
    return EdnPrinter.printShort(value);
  }

  /// The value as EDN text, broken into indented lines where it is longer than the width.
  ///
  /// @param width in chars; a single number, word or string may pass it
  public static String printPretty(@Nullable Object value, int width) {
    return EdnPrinter.printPretty(value, width);
  }
}
