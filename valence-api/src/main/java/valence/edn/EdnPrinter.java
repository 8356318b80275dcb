package valence.edn;

import clojure.lang.BigInt;
import clojure.lang.IPersistentVector;
import clojure.lang.ISeq;
import clojure.lang.Keyword;
import clojure.lang.Seqable;
import clojure.lang.Sequential;
import clojure.lang.Symbol;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Datom;

/// One text being written. Not for many threads.
///
/// Pretty printing tries each value on one line first, and gives up at the width, so a value of
/// depth d costs at most d tries of one line each.
final class EdnPrinter {
  /// The longest text shown in a message, in chars.
  private static final int SHORT_CHARS_MAX = 60;

  private static final Keyword TAG = Keyword.intern(null, "tag");
  private static final Instant DATE_MIN = Instant.ofEpochMilli(Long.MIN_VALUE);
  private static final Instant DATE_MAX = Instant.ofEpochMilli(Long.MAX_VALUE);

  private final StringBuilder out = new StringBuilder();
  private int charsMax; // the text is of no use beyond it, so writing stops soon after

  private EdnPrinter(int charsMax) {
    this.charsMax = charsMax;
  }

  static String print(@Nullable Object value) {
    var printer = new EdnPrinter(Edn.TEXT_CHARS_MAX);
    printer.flat(value, 0);
    return printer.text();
  }

  static String printPretty(@Nullable Object value, int width) {
    var printer = new EdnPrinter(Edn.TEXT_CHARS_MAX);
    printer.pretty(value, 0, 0, width);
    return printer.text();
  }

  /// The beginning of the value's text, for a message.
  static String printShort(@Nullable Object value) {
    var printer = new EdnPrinter(SHORT_CHARS_MAX);
    printer.flat(value, 0);
    return shorten(printer.out.toString());
  }

  /// The beginning of a text, for a message.
  static String shorten(String text) {
    return text.length() <= SHORT_CHARS_MAX ? text : text.substring(0, SHORT_CHARS_MAX) + "…";
  }

  private String text() {
    if (full()) {
      throw Anomaly.incorrect(
              "db.error/invalid-edn",
              "The value's text is longer than " + Edn.TEXT_CHARS_MAX + " chars.",
              "Print less of it, or print it in parts.")
          .toException();
    }
    return out.toString();
  }

  private boolean full() {
    return out.length() > charsMax;
  }

  private void flat(@Nullable Object value, int depth) {
    if (depth > Edn.DEPTH_MAX) {
      throw tooDeep();
    }
    switch (value) {
      case null -> out.append("nil");
      case String string -> string(string);
      case Keyword keyword -> name(":", keyword.getNamespace(), keyword.getName());
      case Symbol symbol -> {
        Object hint = symbol.meta() == null ? null : symbol.meta().valAt(TAG);
        if (hint instanceof Symbol || hint instanceof String) {
          out.append('^');
          flat(hint, depth + 1);
          out.append(' ');
        }
        name("", symbol.getNamespace(), symbol.getName());
      }
      case Boolean truth -> out.append(truth.booleanValue());
      case Long number -> out.append(number.longValue());
      case Integer number -> out.append(number.intValue());
      case Short number -> out.append(number.intValue());
      case Byte number -> out.append(number.intValue());
      case Double number -> decimal(number);
      case Float number -> out.append("#float \"").append(number.floatValue()).append('"');
      case BigInteger number -> out.append(number).append('N');
      case BigInt number -> out.append(number.toBigInteger()).append('N');
      case BigDecimal number -> out.append(number).append('M');
      case Character character -> character(character);
      case Date date -> instant(Instant.ofEpochMilli(date.getTime()));
      case Instant instant
      when instant.isBefore(DATE_MIN) || instant.isAfter(DATE_MAX) -> opaque(instant);
      case Instant instant -> instant(instant);
      case UUID uuid -> out.append("#uuid \"").append(uuid).append('"');
      case URI uri -> {
        out.append("#uri ");
        string(uri.toString());
      }
      case Pattern pattern -> pattern(pattern.pattern());
      case byte[] bytes ->
        out.append("#bytes \"").append(HexFormat.of().formatHex(bytes)).append('"');
      case EdnTagged tagged -> {
        out.append('#').append(tagged.ednTag()).append(' ');
        flat(tagged.ednValue(), depth + 1);
      }
      case Datom datom -> {
        out.append("#datom ");
        flat(components(datom), depth + 1);
      }
      case Map<?, ?> map -> {
        out.append('{');
        String between = "";
        for (var entry : map.entrySet()) {
          if (full()) {
            return;
          }
          out.append(between);
          between = ", ";
          flat(entry.getKey(), depth + 1);
          out.append(' ');
          flat(entry.getValue(), depth + 1);
        }
        out.append('}');
      }
      default -> {
        var items = items(value);
        if (items == null) {
          opaque(value);
          return;
        }
        out.append(open(value));
        String between = "";
        while (!full() && items.hasNext()) {
          out.append(between);
          between = " ";
          flat(items.next(), depth + 1);
        }
        out.append(close(value));
      }
    }
  }

  /// Writes the value from a column on, on one line if it fits and else with an entry a line.
  private void pretty(@Nullable Object value, int depth, int column, int width) {
    int start = out.length();
    int outer = charsMax;
    charsMax = (int) Math.min(outer, (long) start + Math.max(0, width - column));
    flat(value, depth);
    boolean fits = !full();
    charsMax = outer;
    if (fits || full()) {
      return;
    }
    out.setLength(start);
    switch (value) {
      case EdnTagged tagged ->
        prettyTagged(tagged.ednTag(), tagged.ednValue(), depth, column, width);
      case Datom datom -> prettyTagged("datom", components(datom), depth, column, width);
      case Map<?, ?> map -> {
        out.append('{');
        String between = "";
        for (var entry : map.entrySet()) {
          if (full()) {
            return;
          }
          out.append(between);
          between = ",\n" + " ".repeat(column + 1);
          pretty(entry.getKey(), depth + 1, column + 1, width);
          out.append(' ');
          pretty(entry.getValue(), depth + 1, out.length() - lineStart(), width);
        }
        out.append('}');
      }
      case null -> flat(null, depth);
      default -> {
        var items = items(value);
        if (items == null) {
          flat(value, depth);
          return;
        }
        String open = open(value);
        out.append(open);
        String between = "";
        while (!full() && items.hasNext()) {
          out.append(between);
          between = "\n" + " ".repeat(column + open.length());
          pretty(items.next(), depth + 1, column + open.length(), width);
        }
        out.append(close(value));
      }
    }
  }

  private void prettyTagged(String tag, @Nullable Object value, int depth, int column, int width) {
    out.append('#').append(tag).append(' ');
    pretty(value, depth + 1, column + tag.length() + 2, width);
  }

  private int lineStart() {
    return out.lastIndexOf("\n") + 1;
  }

  private static Object[] components(Datom datom) {
    return new Object[] {datom.e(), datom.a(), datom.v(), datom.tx(), datom.added()};
  }

  /// The items of a collection or an array; null for anything else.
  private static @Nullable Iterator<? extends @Nullable Object> items(Object value) {
    if (isList(value)) {
      // Not by the iterator of a Clojure sequence, which starts clojure.core.
      return new SeqItems(((Seqable) value).seq());
    }
    if (value instanceof Collection<?> collection) {
      return collection.iterator();
    }
    return value.getClass().isArray() ? new ArrayItems(value) : null;
  }

  /// Whether the value is what Clojure shows in round brackets.
  private static boolean isList(Object value) {
    return value instanceof ISeq
        || value instanceof Sequential
            && value instanceof Seqable
            && !(value instanceof IPersistentVector);
  }

  private static String open(Object value) {
    return isList(value) ? "(" : value instanceof Set ? "#{" : "[";
  }

  private static char close(Object value) {
    return isList(value) ? ')' : value instanceof Set ? '}' : ']';
  }

  private void name(String before, @Nullable String namespace, String name) {
    out.append(before);
    if (namespace != null) {
      out.append(namespace).append('/');
    }
    out.append(name);
  }

  private void decimal(double number) {
    if (Double.isNaN(number)) {
      out.append("##NaN");
    } else if (Double.isInfinite(number)) {
      out.append(number > 0 ? "##Inf" : "##-Inf");
    } else {
      out.append(number);
    }
  }

  private void string(String string) {
    out.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        case '\r' -> out.append("\\r");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (Character.isISOControl(c) || isLoneSurrogate(string, i)) {
            out.append("\\u").append(HexFormat.of().toHexDigits(c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  /// Whether the char is half of a pair that isn't there: no encoding could carry it.
  private static boolean isLoneSurrogate(String string, int i) {
    char c = string.charAt(i);
    if (Character.isHighSurrogate(c)) {
      return i + 1 == string.length() || !Character.isLowSurrogate(string.charAt(i + 1));
    }
    return Character.isLowSurrogate(c)
        && (i == 0 || !Character.isHighSurrogate(string.charAt(i - 1)));
  }

  private void character(char c) {
    out.append('\\');
    switch (c) {
      case '\n' -> out.append("newline");
      case ' ' -> out.append("space");
      case '\t' -> out.append("tab");
      case '\r' -> out.append("return");
      case '\b' -> out.append("backspace");
      case '\f' -> out.append("formfeed");
      default -> {
        if (c > ' ' && c < 0x7f || Character.isLetterOrDigit(c)) {
          out.append(c);
        } else {
          out.append('u').append(HexFormat.of().toHexDigits(c));
        }
      }
    }
  }

  /// The pattern without its flags. A quote gets a backslash, and leaves a `\Q…\E` for that.
  private void pattern(String regex) {
    out.append("#\"");
    boolean quoted = false;
    for (int i = 0; i < regex.length(); i++) {
      char c = regex.charAt(i);
      if (c == '"') {
        out.append(quoted ? "\\E\\\"\\Q" : "\\\"");
      } else if (c == '\\' && i + 1 < regex.length() && (!quoted || regex.charAt(i + 1) == 'E')) {
        quoted = regex.charAt(i + 1) == 'Q';
        out.append(c).append(regex.charAt(++i));
      } else {
        out.append(c);
      }
    }
    out.append(quoted ? "\\E\"" : "\"");
  }

  private void instant(Instant instant) {
    out.append("#inst \"").append(EdnTags.print(instant)).append('"');
  }

  private void opaque(Object value) {
    out.append("#object ");
    string(value.getClass().getName());
  }

  private static AnomalyException tooDeep() {
    return Anomaly.incorrect(
            "db.error/invalid-edn",
            "The value is nested deeper than " + Edn.DEPTH_MAX + " levels, or holds itself.",
            "Make the data flatter before printing it.")
        .toException();
  }

  private static final class SeqItems implements Iterator<@Nullable Object> {
    private @Nullable ISeq rest;

    SeqItems(@Nullable ISeq seq) {
      this.rest = seq;
    }

    @Override
    public boolean hasNext() {
      return rest != null;
    }

    @Override
    public @Nullable Object next() {
      if (rest == null) {
        throw new NoSuchElementException();
      }
      Object item = rest.first();
      rest = rest.next();
      return item;
    }
  }

  private static final class ArrayItems implements Iterator<@Nullable Object> {
    private final Object array;
    private int position;

    ArrayItems(Object array) {
      this.array = array;
    }

    @Override
    public boolean hasNext() {
      return position < Array.getLength(array);
    }

    @Override
    public @Nullable Object next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return Array.get(array, position++);
    }
  }
}
