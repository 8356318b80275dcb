package valence.conformance;

import clojure.lang.BigInt;
import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Values as the corpus would write them, so that expected and actual can be laid side by side.
///
/// Takes whatever a database may answer, values that EDN has no form for included; entity ids that
/// the session has a name for are shown by it.
final class Shown {
  private static final int CHARS_MAX = 2_000;
  private static final int DEPTH_MAX = 64;

  /// Ids below are those of schema, which a plain number can be mistaken for.
  private static final long NAMED_EID_MIN = 1L << 42;

  private final StringBuilder out = new StringBuilder();
  private final @Nullable Session session;

  private Shown(@Nullable Session session) {
    this.session = session;
  }

  /// The value on one line, cut off where it gets too long.
  static String text(@Nullable Object value) {
    return text(value, null);
  }

  static String text(@Nullable Object value, @Nullable Session session) {
    Shown shown = new Shown(session);
    shown.add(value, 0);
    return shown.out.length() <= CHARS_MAX
        ? shown.out.toString()
        : shown.out.substring(0, CHARS_MAX) + " …";
  }

  private void add(@Nullable Object value, int depth) {
    if (out.length() > CHARS_MAX || depth > DEPTH_MAX) {
      out.append('…');
      return;
    }
    switch (value) {
      case null -> out.append("nil");
      case Tagged(var tag, var form) -> {
        out.append('#').append(tag).append(' ');
        add(form, depth + 1);
      }
      case Expected expected -> addExpected(expected, depth);
      case String text -> out.append('"').append(text.replace("\"", "\\\"")).append('"');
      case Keyword keyword ->
        out.append(':').append(name(keyword.getNamespace(), keyword.getName()));
      case Symbol symbol -> out.append(name(symbol.getNamespace(), symbol.getName()));
      case Long number -> addLong(number);
      case Float number -> out.append("#float \"").append(number).append('"');
      case BigDecimal number -> out.append(number).append('M');
      case BigInteger number -> out.append(number).append('N');
      case BigInt number -> out.append(number.toBigInteger()).append('N');
      case Date date -> out.append("#inst \"").append(date.toInstant()).append('"');
      case UUID uuid -> out.append("#uuid \"").append(uuid).append('"');
      case URI uri -> out.append("#uri \"").append(uri).append('"');
      case Character character -> out.append('\\').append(character);
      case Number number -> out.append(number);
      case Boolean flag -> out.append(flag);
      case byte[] bytes ->
        out.append("#bytes \"").append(HexFormat.of().formatHex(bytes)).append('"');
      case Map<?, ?> map -> addMap(map, depth);
      case Set<?> set -> addAll("#{", set, "}", depth);
      default -> {
        List<? extends @Nullable Object> elements = Matcher.elements(value);
        if (elements == null) {
          out.append('<').append(value.getClass().getName()).append('>');
        } else {
          addAll("[", elements, "]", depth);
        }
      }
    }
  }

  private void addExpected(Expected expected, int depth) {
    switch (expected) {
      case Expected.Bag(var items) -> addAll("#bag [", items, "]", depth);
      case Expected.SetOf(var items) -> addAll("#{", items, "}", depth);
      case Expected.Subbag(var count, var of, _) ->
        addAll("#subbag " + count + " of [", of, "]", depth);
      case Expected.OneOf(var alternatives) -> addAll("#one-of [", alternatives, "]", depth);
      case Expected.Approx(var number) -> out.append("#approx ").append(number);
      case Expected.ApproxDouble(var number) -> out.append("#approx ").append(number);
    }
  }

  private void addLong(long number) {
    String name = session != null && number >= NAMED_EID_MIN ? session.nameOf(number) : null;
    out.append(name == null ? Long.toString(number) : name);
  }

  private void addMap(Map<?, ?> map, int depth) {
    out.append('{');
    String separator = "";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (out.length() > CHARS_MAX) {
        break;
      }
      out.append(separator);
      add(entry.getKey(), depth + 1);
      out.append(' ');
      add(entry.getValue(), depth + 1);
      separator = ", ";
    }
    out.append('}');
  }

  private void addAll(
      String open, Iterable<? extends @Nullable Object> items, String close, int depth) {
    out.append(open);
    String separator = "";
    for (Object item : items) {
      if (out.length() > CHARS_MAX) {
        break;
      }
      out.append(separator);
      add(item, depth + 1);
      separator = " ";
    }
    out.append(close);
  }

  private static String name(@Nullable String namespace, String name) {
    return namespace == null ? name : namespace + "/" + name;
  }
}
