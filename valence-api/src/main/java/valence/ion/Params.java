package valence.ion;

import clojure.lang.Keyword;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;

/// What operators set and code reads, changed without a deployment: `valence params set`.
///
/// A parameter is a text under a path. Of a *key*, such as `mail/host`, the most specific parameter
/// counts, for code of application A on group G, with `{:env E}` in its environment ([Env]):
///
///     /group/G/mail/host
///     /env/E/app/A/mail/host
///     /app/A/mail/host
///     /env/E/mail/host
///     /default/mail/host
///
/// A key that begins with a slash is the path itself. Any other paths are the operators' own;
/// [#at] reads them. A change is seen by the next call; ask when a value is needed, and don't keep
/// it. Secrets are read like the rest, and nothing of Valence prints them.
///
/// Elsewhere than on a node parameters come from [#PROPERTY] or [#VARIABLE]: the path of an EDN
/// file, or its text, a map such as `{"mail/host" "localhost", "/env/test/mail/port" 2525}`. There,
/// a key without a slash at its begin is one of `/default/`, keywords are keys too, and maps can be
/// nested.
public final class Params {
  public static final String PROPERTY = "valence.params";
  public static final String VARIABLE = "VALENCE_PARAMS";

  private static final Keyword ENV = Keyword.intern("env");
  private static final int NESTING_MAX = 16;

  private Params() {}

  /// Every parameter below a path, by the rest of its path: of `/shop/mail/host` at `/shop/` it is
  /// `mail/host`. Empty when there is none.
  public static Map<String, String> at(String path) {
    if (!path.startsWith("/")) {
      throw wrong("Params.at was given \"" + path + "\".", "Expected a path that begins with '/'.");
    }
    String prefix = path.endsWith("/") ? path : path + "/";
    Map<String, String> below = new TreeMap<>();
    for (Map.Entry<String, String> each : all().tailMap(prefix).entrySet()) {
      if (!each.getKey().startsWith(prefix)) {
        break;
      }
      below.put(each.getKey().substring(prefix.length()), each.getValue());
    }
    return Collections.unmodifiableMap(below);
  }

  /// The text of a key; empty when no parameter gives it one.
  public static Optional<String> find(String key) {
    SortedMap<String, String> all = all();
    for (String path : paths(key)) {
      String value = all.get(path);
      if (value != null) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  /// The text of a key; `not-found` when no parameter gives it one.
  public static String text(String key) {
    return find(key).orElseThrow(() -> missing(key));
  }

  public static String text(String key, String missing) {
    return find(key).orElse(missing);
  }

  /// The text of a key in a wrapper that doesn't print it.
  public static Secret secret(String key) {
    return new Secret(text(key));
  }

  /// A whole number; `incorrect` when the text is none.
  public static long number(String key) {
    return number(key, text(key));
  }

  public static long number(String key, long missing) {
    return find(key).map(text -> number(key, text)).orElse(missing);
  }

  /// `true` or `false`; `incorrect` when the text is neither.
  public static boolean bool(String key) {
    return bool(key, text(key));
  }

  public static boolean bool(String key, boolean missing) {
    return find(key).map(text -> bool(key, text)).orElse(missing);
  }

  /// The value that the text is as EDN; `incorrect` when it is none.
  public static @Nullable Object edn(String key) {
    String text = text(key);
    try {
      return Edn.read(text);
    } catch (AnomalyException e) {
      throw unfit(key, "EDN");
    }
  }

  /// Where a key is looked for, in this order.
  static List<String> paths(String key) {
    if (key.startsWith("/")) {
      return List.of(key);
    }
    List<String> paths = new ArrayList<>();
    Optional<AppInfo> code = AppInfo.find();
    Optional<String> env = env();
    code.ifPresent(info -> paths.add("/group/" + info.group() + "/" + key));
    code.ifPresent(info ->
        env.ifPresent(name -> paths.add("/env/" + name + "/app/" + info.appName() + "/" + key)));
    code.ifPresent(info -> paths.add("/app/" + info.appName() + "/" + key));
    env.ifPresent(name -> paths.add("/env/" + name + "/" + key));
    paths.add("/default/" + key);
    return paths;
  }

  private static Optional<String> env() {
    return switch (Env.current().get(ENV)) {
      case Keyword name -> Optional.of(name.getName());
      case String name -> Optional.of(name);
      case null, default -> Optional.empty();
    };
  }

  private static SortedMap<String, String> all() {
    return Hosting.surroundings().flatMap(node -> node.parameters()).orElseGet(Params::fromOutside);
  }

  private static SortedMap<String, String> fromOutside() {
    SortedMap<String, String> all = new TreeMap<>();
    String given = System.getProperty(PROPERTY, System.getenv(VARIABLE));
    if (given != null) {
      flatten("", Edn.read(given.strip().startsWith("{") ? given : read(given)), 0, all);
    }
    return all;
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              "The file of parameters " + file + " can't be read: " + e.getMessage() + ".",
              "Correct " + PROPERTY + " or " + VARIABLE + ".")
          .withError("ion.error/params")
          .toException(e);
    }
  }

  private static void flatten(
      String prefix, @Nullable Object value, int nesting, Map<String, String> all) {
    if (value instanceof Map<?, ?> map && nesting < NESTING_MAX) {
      map.forEach((key, held) -> {
        String name = switch (key) {
          case Keyword keyword ->
            (keyword.getNamespace() == null ? "" : keyword.getNamespace() + "/")
                + keyword.getName();
          case String text -> text;
          case null, default ->
            throw wrong(
                "A parameter is called " + Edn.print(key) + ".", "Expected a string or a keyword.");
        };
        flatten(prefix.isEmpty() ? name : prefix + "/" + name, held, nesting + 1, all);
      });
    } else if (prefix.isEmpty()) {
      throw wrong(PROPERTY + " (or " + VARIABLE + ") holds no map.", "Expected an EDN map.");
    } else if (value != null) {
      all.put(
          prefix.startsWith("/") ? prefix : "/default/" + prefix,
          value instanceof String text ? text : Edn.print(value));
    }
  }

  private static long number(String key, String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw unfit(key, "a whole number");
    }
  }

  private static boolean bool(String key, String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw unfit(key, "true or false");
    };
  }

  private static AnomalyException missing(String key) {
    return Anomaly.of(
            Anomaly.Category.NOT_FOUND,
            "No parameter gives " + key + " a value.",
            "Looked for it at " + String.join(", ", paths(key)) + ".",
            "Set one with `valence params set " + key + " VALUE`, or outside of a node with "
                + VARIABLE + ".")
        .withError("ion.error/params")
        .toException();
  }

  /// Without the value, which may be a secret.
  private static AnomalyException unfit(String key, String expected) {
    return wrong(
        "The parameter " + key + " isn't " + expected + ".",
        "Set it to " + expected + ", or read it as text.");
  }

  private static AnomalyException wrong(String... sentences) {
    return Anomaly.incorrect("ion.error/params", sentences).toException();
  }
}
