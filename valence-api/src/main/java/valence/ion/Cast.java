package valence.ion;

import clojure.lang.Keyword;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;

/// Says to whoever watches the system what happened, in data.
///
/// On a node it goes to the node's log, elsewhere to the process's error stream, one line each.
/// Keys are keywords, or strings without the colon; further keys are to have a namespace.
public final class Cast {
  private static final Keyword MSG = Keyword.intern("msg");
  private static final Keyword EX = Keyword.intern("ex");
  private static final Keyword NAME = Keyword.intern("name");
  private static final Keyword VALUE = Keyword.intern("value");
  private static final Keyword UNITS = Keyword.intern("units");
  private static final Set<String> UNIT_NAMES =
      Set.of("msec", "bytes", "kb", "mb", "gb", "sec", "count");

  private Cast() {}

  /// Something that happened in the ordinary course of things. Requires `:msg`, a string.
  public static void event(Map<?, ?> said) {
    Map<Keyword, Object> checked = keyed("event", said);
    message("event", checked);
    cast("event", checked);
  }

  /// Something that a person has to look at. Requires `:msg`, a string; may have `:ex`, a
  /// Throwable.
  public static void alert(Map<?, ?> said) {
    Map<Keyword, Object> checked = keyed("alert", said);
    message("alert", checked);
    Object ex = checked.get(EX);
    if (ex != null && !(ex instanceof Throwable)) {
      throw wrong("alert", EX, ex, "a Throwable");
    }
    cast("alert", checked);
  }

  /// A measurement. Requires `:name`, a keyword; `:value`, a number; and `:units`, one of `:msec`,
  /// `:bytes`, `:kb`, `:mb`, `:gb`, `:sec` and `:count`.
  public static void metric(Map<?, ?> said) {
    Map<Keyword, Object> checked = keyed("metric", said);
    if (!(checked.get(NAME) instanceof Keyword)) {
      throw wrong("metric", NAME, checked.get(NAME), "a keyword");
    }
    if (!(checked.get(VALUE) instanceof Number)) {
      throw wrong("metric", VALUE, checked.get(VALUE), "a number");
    }
    if (!(checked.get(UNITS) instanceof Keyword units) || !UNIT_NAMES.contains(units.getName())) {
      throw wrong(
          "metric",
          UNITS,
          checked.get(UNITS),
          "one of :msec, :bytes, :kb, :mb, :gb, :sec and :count");
    }
    cast("metric", checked);
  }

  /// Something for developers; any map.
  public static void dev(Map<?, ?> said) {
    cast("dev", keyed("dev", said));
  }

  private static void cast(String kind, Map<Keyword, Object> said) {
    Hosting.surroundings()
        .ifPresentOrElse(
            node -> node.cast(kind, said),
            () -> System.err.println("cast " + kind + " " + Edn.print(printable(said))));
  }

  private static Map<Keyword, Object> printable(Map<Keyword, Object> said) {
    Map<Keyword, Object> printable = new LinkedHashMap<>(said);
    printable.replaceAll((_, value) -> value instanceof Throwable e ? e.toString() : value);
    return printable;
  }

  private static void message(String kind, Map<Keyword, Object> said) {
    if (!(said.get(MSG) instanceof String)) {
      throw wrong(kind, MSG, said.get(MSG), "a string");
    }
  }

  private static Map<Keyword, Object> keyed(String kind, Map<?, ?> said) {
    Map<Keyword, Object> keyed = new LinkedHashMap<>();
    said.forEach((key, value) -> {
      Keyword keyword = switch (key) {
        case Keyword already -> already;
        case String name -> Keyword.intern(name);
        case null, default -> throw wrong(kind, key, value, "a keyword as key");
      };
      if (value != null) {
        keyed.put(keyword, value);
      }
    });
    return keyed;
  }

  private static AnomalyException wrong(
      String kind, @Nullable Object key, @Nullable Object found, String expected) {
    return Anomaly.incorrect(
            "ion.error/cast",
            "Cast." + kind + " was given " + Edn.print(found) + " under " + Edn.print(key) + ".",
            "Expected " + expected + ".")
        .toException();
  }
}
