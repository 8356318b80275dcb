package valence.edn;

import clojure.lang.IObj;
import clojure.lang.Keyword;
import clojure.lang.PersistentArrayMap;
import clojure.lang.PersistentVector;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// One pass over one text, by recursive descent; [#position] is all its state. Not for many
/// threads.
///
/// Each nesting, also that of tags, quotes and discards, counts towards [Edn#DEPTH_MAX], so that no
/// text exhausts the stack.
final class EdnReader {
  /// The longest symbol, keyword or number, in chars.
  static final int TOKEN_CHARS_MAX = 16_384;

  /// The longest `#"…"`, in chars: compiling a pattern recurses over its groups.
  static final int PATTERN_CHARS_MAX = 1_000;

  private static final Symbol QUOTE = Symbol.intern(null, "quote");
  private static final Keyword TAG = Keyword.intern(null, "tag");

  private final String text;
  private final Map<String, UnaryOperator<@Nullable Object>> tags;
  private int position;
  private int discards; // how many #_ we are within; there, unknown tags are no mistake

  EdnReader(String text, Map<String, UnaryOperator<@Nullable Object>> tags) {
    if (text.length() > Edn.TEXT_CHARS_MAX) {
      throw Anomaly.incorrect(
              "db.error/invalid-edn",
              "The EDN text has " + text.length() + " chars.",
              "At most " + Edn.TEXT_CHARS_MAX + " are read. Send it in parts.")
          .toException();
    }
    this.text = text;
    this.tags = tags;
  }

  @Nullable Object readOnly() {
    Object value = read(0);
    skip(0);
    if (position < text.length()) {
      throw error(
          position,
          "After the value there is more text, " + place(position) + ".",
          "One value was expected. Remove the rest, or wrap all in [ ].");
    }
    return value;
  }

  List<@Nullable Object> readAll() {
    List<@Nullable Object> values = new ArrayList<>();
    skip(0);
    while (position < text.length()) {
      values.add(read(0));
      skip(0);
    }
    return values;
  }

  /// The next value, which must be there.
  private @Nullable Object read(int depth) {
    if (depth > Edn.DEPTH_MAX) {
      throw tooDeep();
    }
    skip(depth);
    if (position == text.length()) {
      throw endsEarly();
    }
    char c = text.charAt(position);
    return switch (c) {
      case '(' -> EdnList.of(readItems(depth, "list", ')'));
      case '[' -> PersistentVector.create(readItems(depth, "vector", ']'));
      case '{' -> map(position, readItems(depth, "map", '}'));
      case ')', ']', '}' ->
        throw unmatched(c, "A value was expected. Remove it, or open it before.");
      case '"' -> EdnText.unescape(this, position, readQuoted("string"));
      case '\\' -> readCharacter();
      case '\'' -> {
        position++;
        yield EdnList.of(Arrays.asList(QUOTE, read(depth + 1)));
      }
      case '^' -> readWithMeta(depth);
      case '#' -> readDispatch(depth);
      case '@', '`', '~' -> throw meaningless(c);
      default -> readToken();
    };
  }

  /// Passes white space, commas, comments and discarded values.
  private void skip(int depth) {
    while (position < text.length()) {
      char c = text.charAt(position);
      if (isBlank(c)) {
        position++;
      } else if (c == ';') {
        while (position < text.length() && text.charAt(position) != '\n') {
          position++;
        }
      } else if (c == '#' && text.startsWith("#_", position)) {
        position += 2;
        discards++;
        read(depth + 1);
        discards--;
      } else {
        return;
      }
    }
  }

  private List<@Nullable Object> readItems(int depth, String kind, char close) {
    int start = position++;
    List<@Nullable Object> items = new ArrayList<>();
    while (true) {
      skip(depth);
      if (position == text.length()) {
        throw unclosed(start, kind, close);
      }
      char c = text.charAt(position);
      if (c == close) {
        position++;
        return items;
      }
      if (c == ')' || c == ']' || c == '}') {
        throw unmatched(c, closing(start, kind, close));
      }
      items.add(read(depth + 1));
    }
  }

  private Object map(int start, List<@Nullable Object> items) {
    if (items.size() % 2 != 0) {
      throw error(
          start,
          "The map at " + place(start) + " has a key without a value.",
          "A map is pairs of key and value; this one has " + items.size() + " items.");
    }
    var entries = new LinkedHashMap<@Nullable Object, @Nullable Object>();
    for (int i = 0; i < items.size(); i += 2) {
      Object key = items.get(i);
      entries.put(key, items.get(i + 1));
      if (entries.size() != i / 2 + 1) {
        throw duplicate(start, "map", "key", key);
      }
    }
    return Persistent.owning(entries);
  }

  private Object set(int start, List<@Nullable Object> items) {
    var entries = new LinkedHashMap<@Nullable Object, @Nullable Object>();
    for (Object item : items) {
      int count = entries.size();
      entries.put(item, item);
      if (entries.size() == count) {
        throw duplicate(start, "set", "item", item);
      }
    }
    return EdnSet.owning(entries);
  }

  // The anomalies of the methods that call each other are made apart, to keep those methods' frames
  // small: every level that is allowed must fit half the stack of a common thread.

  private AnomalyException tooDeep() {
    return error(
        position,
        "The value at " + place(position) + " is nested too deeply.",
        "At most " + Edn.DEPTH_MAX + " levels are read. Make the data flatter.");
  }

  private AnomalyException endsEarly() {
    return error(position, "The text ends at " + place(position) + " where a value was expected.");
  }

  private AnomalyException unmatched(char c, String expected) {
    return error(position, "Unmatched " + c + " at " + place(position) + ".", expected);
  }

  private String closing(int start, String kind, char close) {
    return "The " + kind + " that opens at " + place(start) + " was expected to close with " + close
        + ".";
  }

  private AnomalyException meaningless(char c) {
    return error(
        position,
        "The char " + c + " at " + place(position) + " has no meaning in EDN.",
        "Remove it, or put it in a string.");
  }

  private AnomalyException unclosed(int start, String kind, char close) {
    return error(
        start,
        "The text ends within the " + kind + " that opens at " + place(start) + ".",
        "Close it with " + close + ".");
  }

  private AnomalyException startsNothing(int start) {
    return error(
        start,
        "The # at " + place(start) + " starts nothing.",
        "Expected were #{set}, #tag value, #_ignored, #\"pattern\" or #:namespace{map}.");
  }

  private AnomalyException noNamespacedMap(int start) {
    return error(
        start,
        "The #: at " + place(start) + " isn't followed by a namespace and a map.",
        "Expected was a form such as #:person{:name \"Ada\"}.");
  }

  private AnomalyException duplicate(
      int start, String kind, String part, @Nullable Object repeated) {
    return error(
        start,
        "The " + kind + " at " + place(start) + " has the " + part + " "
            + EdnPrinter.printShort(repeated) + " twice.",
        "Each " + part + " may stand in it once.");
  }

  /// What stands between the quote at the position and the next, escapes untouched.
  private String readQuoted(String kind) {
    int start = position;
    int end = start + 1;
    while (end < text.length() && text.charAt(end) != '"') {
      end += text.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= text.length()) {
      throw unclosed(start, kind, '"');
    }
    position = end + 1;
    return text.substring(start + 1, end);
  }

  private Object readCharacter() {
    int start = position++;
    if (position == text.length()
        || isBlank(text.charAt(position)) && text.charAt(position) != ',') {
      throw error(
          start,
          "The \\ at " + place(start) + " has no char after it.",
          "Write one, such as \\a, \\space or \\u0041.");
    }
    int from = position++;
    passToken();
    return EdnText.character(this, start, text.substring(from, position));
  }

  private @Nullable Object readWithMeta(int depth) {
    position++;
    Object meta = read(depth + 1);
    Object value = read(depth + 1);
    // Only a symbol's type hint has a meaning for queries.
    Object hint = meta instanceof Map<?, ?> map ? map.get(TAG) : meta;
    return value instanceof Symbol symbol && (hint instanceof Symbol || hint instanceof String)
        ? ((IObj) symbol).withMeta(new PersistentArrayMap(new Object[] {TAG, hint}))
        : value;
  }

  private @Nullable Object readDispatch(int depth) {
    int start = position++;
    char c = position < text.length() ? text.charAt(position) : ' ';
    return switch (c) {
      case '{' -> set(start, readItems(depth, "set", '}'));
      case '"' -> pattern(start, readQuoted("pattern"));
      case '#' -> {
        position++;
        yield symbolicDouble(start, readRawToken());
      }
      case ':' -> readNamespacedMap(depth, start);
      default -> {
        if (!Character.isLetter(c)) {
          throw startsNothing(start);
        }
        String tag = readRawToken();
        yield tagged(start, tag, read(depth + 1));
      }
    };
  }

  private Pattern pattern(int start, String regex) {
    if (regex.length() > PATTERN_CHARS_MAX) {
      throw error(
          start,
          "The pattern at " + place(start) + " has " + regex.length() + " chars.",
          "At most " + PATTERN_CHARS_MAX + " are read.");
    }
    try {
      return Pattern.compile(regex);
    } catch (PatternSyntaxException refused) {
      throw error(
          start,
          refused,
          "The pattern at " + place(start) + " isn't a regular expression of Java:",
          refused.getDescription() + ".");
    }
  }

  private Double symbolicDouble(int start, String name) {
    return switch (name) {
      case "NaN" -> Double.NaN;
      case "Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default ->
        throw error(
            start,
            "##" + name + " at " + place(start) + " is unknown.",
            "Expected was ##NaN, ##Inf or ##-Inf.");
    };
  }

  private Object readNamespacedMap(int depth, int start) {
    position++;
    String namespace = readRawToken();
    skip(depth);
    if (!EdnText.isName(namespace) || position == text.length() || text.charAt(position) != '{') {
      throw noNamespacedMap(start);
    }
    List<@Nullable Object> items = readItems(depth, "map", '}');
    for (int i = 0; i < items.size(); i += 2) {
      items.set(i, inNamespace(namespace, items.get(i)));
    }
    return map(start, items);
  }

  private static @Nullable Object inNamespace(String namespace, @Nullable Object key) {
    return switch (key) {
      case Keyword keyword
      when keyword.getNamespace() == null -> Keyword.intern(namespace, keyword.getName());
      case Keyword keyword
      when keyword.getNamespace().equals("_") -> Keyword.intern(null, keyword.getName());
      case Symbol symbol
      when symbol.getNamespace() == null -> Symbol.intern(namespace, symbol.getName());
      case Symbol symbol
      when symbol.getNamespace().equals("_") -> Symbol.intern(null, symbol.getName());
      case null, default -> key;
    };
  }

  private @Nullable Object tagged(int start, String tag, @Nullable Object value) {
    var reader = tags.get(tag);
    if (reader == null) {
      reader = EdnTags.KNOWN.get(tag);
    }
    if (discards > 0) {
      return value;
    }
    if (reader == null) {
      throw error(
          start,
          "The tag #" + EdnPrinter.shorten(tag) + " at " + place(start) + " is unknown.",
          "Remove it, or read the text with a reader for this tag.");
    }
    try {
      return reader.apply(value);
    } catch (IllegalArgumentException | ClassCastException refused) {
      throw error(
          start,
          refused,
          "The value " + EdnPrinter.printShort(value) + " after #" + tag + " at " + place(start)
              + " can't be read:",
          refused.getMessage() + ".");
    }
  }

  private @Nullable Object readToken() {
    int start = position;
    String token = readRawToken();
    char c = token.charAt(0);
    char next = token.length() > 1 ? token.charAt(1) : ' ';
    if (isDigit(c) || (c == '+' || c == '-') && isDigit(next)) {
      return EdnNumber.of(this, start, token);
    }
    return switch (token) {
      case "nil" -> null;
      case "true" -> true;
      case "false" -> false;
      default -> c == ':' ? keyword(start, token) : symbol(start, token);
    };
  }

  private Keyword keyword(int start, String token) {
    String name = token.substring(1);
    if (!EdnText.isName(name)) {
      throw error(
          start,
          "The keyword " + EdnPrinter.shorten(token) + " at " + place(start)
              + " isn't well formed.",
          "Expected was :name or :namespace/name.");
    }
    return Keyword.intern(EdnText.symbol(name));
  }

  private Symbol symbol(int start, String token) {
    if (!EdnText.isName(token)) {
      throw error(
          start,
          "The symbol " + EdnPrinter.shorten(token) + " at " + place(start) + " isn't well formed.",
          "Expected was name or namespace/name.");
    }
    return EdnText.symbol(token);
  }

  private String readRawToken() {
    int start = position;
    passToken();
    return text.substring(start, position);
  }

  private void passToken() {
    int start = position;
    while (position < text.length() && !endsToken(text.charAt(position))) {
      char c = text.charAt(position);
      if (Character.isISOControl(c) || Character.isSpaceChar(c)) {
        throw error(
            position,
            "The char U+" + HexFormat.of().toHexDigits(c) + " at " + place(position)
                + " is invisible.",
            "Remove it, or put it in a string.");
      }
      position++;
    }
    if (position - start > TOKEN_CHARS_MAX) {
      throw error(
          start,
          "The word at " + place(start) + " has " + (position - start) + " chars.",
          "At most " + TOKEN_CHARS_MAX + " are read.");
    }
  }

  private static boolean endsToken(char c) {
    return switch (c) {
      case '(', ')', '[', ']', '{', '}', '"', ';', '\\', '^', '@', '`', '~' -> true;
      default -> isBlank(c);
    };
  }

  private static boolean isBlank(char c) {
    return c == ',' || Character.isWhitespace(c);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /// Where the char at an index of the text stands, for a message.
  String place(int index) {
    return "line " + line(index) + ", column " + column(index);
  }

  AnomalyException error(int index, String... sentences) {
    return anomaly(index, sentences).toException();
  }

  AnomalyException error(int index, RuntimeException cause, String... sentences) {
    return anomaly(index, sentences).toException(cause);
  }

  private Anomaly anomaly(int index, String... sentences) {
    return Anomaly.incorrect("db.error/invalid-edn", sentences)
        .with("line", line(index))
        .with("column", column(index));
  }

  private long line(int index) {
    return 1 + text.substring(0, index).chars().filter(c -> c == '\n').count();
  }

  private long column(int index) {
    return index - text.lastIndexOf('\n', index - 1);
  }
}
