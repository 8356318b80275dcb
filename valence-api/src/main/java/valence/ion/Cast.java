package valence.ion;

import clojure.lang.Keyword;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;
import valence.ion.spi.Surroundings;

/// Says to whoever watches the system what happened, in data.
///
/// On a node it goes to those who watch the node. Elsewhere it goes to the process's error stream,
/// one line each, or where [#redirect] says. Keys are keywords, or strings without the colon; keys
/// beside those that are named here have a namespace. Saying something never fails for those who
/// listen, and never waits for them.
public final class Cast {
  private static final Keyword MSG = Keyword.intern("msg");
  private static final Keyword EX = Keyword.intern("ex");
  private static final Keyword NAME = Keyword.intern("name");
  private static final Keyword VALUE = Keyword.intern("value");
  private static final Keyword UNITS = Keyword.intern("units");
  private static final Set<String> UNIT_NAMES =
      Set.of("msec", "bytes", "kb", "mb", "gb", "sec", "count");

  /// Takes what is said where no node does.
  @FunctionalInterface
  public interface Target {
    /// @param kind `event`, `alert` or `dev`
    void take(String kind, Map<Keyword, Object> said);
  }

  private static final int CAUSES_MAX = 8;
  private static final AtomicReference<@Nullable Target> REDIRECT = new AtomicReference<>();

  private Cast() {}

  /// Sends what this process says from now on to `stdout`, `stderr` or the end of a file, one line
  /// of EDN each; metrics go nowhere then. Has effect once in a process, and none on a node, so
  /// that it may stay in the code.
  ///
  /// @return whether it had effect
  public static boolean redirect(String target) {
    return redirect(
        switch (target) {
          case "stdout" -> (kind, said) -> print(System.out, line(kind, said));
          case "stderr" -> (kind, said) -> System.err.println(line(kind, said));
          default -> {
            Path file = Path.of(target);
            yield (kind, said) -> append(file, line(kind, said));
          }
        });
  }

  /// As [#redirect(String)], to a program's own code, such as a test's.
  public static boolean redirect(Target target) {
    return Hosting.surroundings().isEmpty() && REDIRECT.compareAndSet(null, target);
  }

  private static void print(PrintStream to, String line) {
    to.println(line);
  }

  private static synchronized void append(Path file, String line) {
    try {
      Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) { // what is said must not stop who says it
      System.err.println(line + " (not written to " + file + ": " + e + ")");
    }
  }

  /// Something that happened in the ordinary course of things. Requires `:msg`, a string.
  public static void event(Map<?, ?> said) {
    Map<Keyword, Object> checked = keyed("event", said);
    message("event", checked);
    qualified("event", checked, MSG);
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
    qualified("alert", checked, MSG, EX);
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
    qualified("metric", checked, NAME, VALUE, UNITS);
    cast("metric", checked);
  }

  /// Something for developers; any map. A node drops it, unless it was told to let such through.
  public static void dev(Map<?, ?> said) {
    cast("dev", keyed("dev", said));
  }

  private static void cast(String kind, Map<Keyword, Object> said) {
    Surroundings node = Hosting.surroundings().orElse(null);
    if (node != null) {
      node.cast(kind, said);
      return;
    }
    Target target = REDIRECT.get();
    if (target == null) {
      System.err.println(line(kind, said));
    } else if (!kind.equals("metric")) {
      target.take(kind, said);
    }
  }

  private static String line(String kind, Map<Keyword, Object> said) {
    return "cast " + kind + " " + Edn.print(printable(said));
  }

  private static Map<Keyword, Object> printable(Map<Keyword, Object> said) {
    Map<Keyword, Object> printable = new LinkedHashMap<>(said);
    printable.replaceAll((_, value) -> value instanceof Throwable e ? data(e) : value);
    return printable;
  }

  /// A Throwable as data: its message, and each of its causes.
  private static Map<Keyword, Object> data(Throwable thrown) {
    List<Object> via = new ArrayList<>();
    for (Throwable at = thrown; at != null && via.size() < CAUSES_MAX; at = at.getCause()) {
      Map<Keyword, Object> one = new LinkedHashMap<>();
      one.put(Keyword.intern("type"), at.getClass().getName());
      one.put(Keyword.intern("message"), String.valueOf(at.getMessage()));
      if (at.getStackTrace().length > 0) {
        one.put(Keyword.intern("at"), at.getStackTrace()[0].toString());
      }
      via.add(one);
    }
    return Map.of(Keyword.intern("via"), via);
  }

  /// Refuses a key without a namespace that isn't one of these.
  private static void qualified(String kind, Map<Keyword, Object> said, Keyword... known) {
    for (Map.Entry<Keyword, Object> entry : said.entrySet()) {
      Keyword key = entry.getKey();
      if (key.getNamespace() == null && !List.of(known).contains(key)) {
        throw Anomaly.incorrect(
                "ion.error/cast",
                "Cast." + kind + " was given the key " + Edn.print(key) + ".",
                "Expected keys of your own to have a namespace, such as :my.app/" + key.getName()
                    + ".")
            .toException();
      }
    }
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
