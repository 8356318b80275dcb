package valence.node.telemetry;

import static valence.api.Valence.kw;

import clojure.lang.IExceptionInfo;
import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import valence.api.AnomalyException;

/// Brings what an application says down to data of the JDK and of EDN, of bounded size, that holds
/// nothing of the application.
///
/// A Throwable becomes `{:cause message, :via [{:type :message :data}…], :trace [frame…]}`, the
/// outermost first; NaN and infinities become strings; what is no data becomes its text.
final class Plain {
  static final int TEXT_CHARACTERS_MAX = 4 << 10;
  private static final int DEPTH_MAX = 8;
  private static final int MEMBERS_MAX = 100;
  private static final int CAUSES_MAX = 8;
  private static final int FRAMES_MAX = 32;

  private Plain() {}

  static @Nullable Object of(@Nullable Object value) {
    return of(value, 0);
  }

  static Map<Keyword, Object> map(Map<Keyword, Object> said) {
    Map<Keyword, Object> plain = new LinkedHashMap<>();
    for (Map.Entry<Keyword, Object> entry : said.entrySet()) {
      if (plain.size() == MEMBERS_MAX) {
        break;
      }
      Object value = of(entry.getValue(), 0);
      if (value != null) {
        plain.put(entry.getKey(), value);
      }
    }
    return plain;
  }

  private static @Nullable Object of(@Nullable Object value, int depth) {
    return switch (value) {
      case null -> null;
      case String text -> bounded(text);
      case Double number -> number.isNaN() || number.isInfinite() ? number.toString() : number;
      case Float number -> number.isNaN() || number.isInfinite() ? number.toString() : number;
      case Long _, Integer _, Short _, Byte _, Boolean _, Keyword _, Symbol _, UUID _, Instant _ ->
        value;
      case java.math.BigDecimal number
      when number.getClass() == java.math.BigDecimal.class -> bounded(number);
      case java.math.BigInteger number
      when number.getClass() == java.math.BigInteger.class -> bounded(number);
      case Date date -> new Date(date.getTime());
      case Throwable thrown -> thrown(thrown, depth);
      case Map<?, ?> map -> depth == DEPTH_MAX ? "…" : members(map, depth);
      case Set<?> set -> depth == DEPTH_MAX ? "…" : members(set, depth);
      case Iterable<?> list
      when list instanceof java.util.Collection<?> ->
        depth == DEPTH_MAX ? "…" : members(list, depth);
      default -> text(value);
    };
  }

  private static Object bounded(Number number) {
    String text = number.toString();
    return text.length() <= TEXT_CHARACTERS_MAX ? number : bounded(text);
  }

  private static Object members(Map<?, ?> map, int depth) {
    Map<Object, @Nullable Object> plain = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (plain.size() == MEMBERS_MAX) {
        plain.put("…", map.size());
        break;
      }
      Object key = of(entry.getKey(), depth + 1);
      plain.put(key == null ? "nil" : key, of(entry.getValue(), depth + 1));
    }
    return plain;
  }

  private static Object members(Iterable<?> members, int depth) {
    List<@Nullable Object> plain = new ArrayList<>();
    for (Object member : members) {
      if (plain.size() == MEMBERS_MAX) {
        plain.add("…");
        break;
      }
      plain.add(of(member, depth + 1));
    }
    return plain;
  }

  /// A Throwable as data.
  static Map<Keyword, Object> thrown(Throwable thrown, int depth) {
    List<Object> via = new ArrayList<>();
    Throwable root = thrown;
    for (Throwable at = thrown; at != null && via.size() < CAUSES_MAX; at = at.getCause()) {
      via.add(one(at, depth));
      root = at;
    }
    Map<Keyword, Object> data = new LinkedHashMap<>();
    String message = message(root);
    if (message != null) {
      data.put(kw("cause"), message);
    }
    data.put(kw("via"), via);
    List<Object> frames = new ArrayList<>();
    for (StackTraceElement frame : root.getStackTrace()) {
      if (frames.size() == FRAMES_MAX) {
        break;
      }
      frames.add(frame.toString());
    }
    data.put(kw("trace"), frames);
    return data;
  }

  private static Map<Keyword, Object> one(Throwable thrown, int depth) {
    Map<Keyword, Object> one = new LinkedHashMap<>();
    one.put(kw("type"), thrown.getClass().getName());
    String message = message(thrown);
    if (message != null) {
      one.put(kw("message"), message);
    }
    Object data = switch (thrown) {
      case AnomalyException anomaly -> anomaly.anomaly().toMap();
      case IExceptionInfo info -> info.getData();
      default -> null;
    };
    if (data != null) {
      Object plain = of(data, depth + 1);
      if (plain != null) {
        one.put(kw("data"), plain);
      }
    }
    return one;
  }

  private static @Nullable String message(Throwable thrown) {
    try {
      String message = thrown.getMessage();
      return message == null ? null : bounded(message);
    } catch (RuntimeException | StackOverflowError | LinkageError e) { // the application's code
      return "(its message failed with " + e.getClass().getName() + ")";
    }
  }

  private static String text(Object value) {
    try {
      return bounded(String.valueOf(value.toString()));
    } catch (RuntimeException | StackOverflowError | LinkageError e) { // the application's code
      return "(the text of a " + value.getClass().getName() + " failed with "
          + e.getClass().getName() + ")";
    }
  }

  static String bounded(String text) {
    return text.length() <= TEXT_CHARACTERS_MAX
        ? text
        : text.substring(0, TEXT_CHARACTERS_MAX) + "…";
  }
}
