package valence.ion;

import clojure.lang.Keyword;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.edn.Edn;

/// The environment: a small map that tells code where it runs, set by operators for each group with
/// `valence params env set '{:env :staging}'`.
///
/// `:env` names the environment, and [Params] goes by it; all other keys are the application's.
public final class Env {
  /// Names the system property that stands in for the node elsewhere: an EDN map such as
  /// `{:env :dev}`.
  public static final String PROPERTY = "valence.env";

  /// Names the environment variable that stands in for the node where [#PROPERTY] isn't set.
  public static final String VARIABLE = "VALENCE_ENV";

  private Env() {}

  /// The environment of the code that calls: from the node that hosts it, else from [#PROPERTY] or
  /// [#VARIABLE]; empty where nobody set one.
  public static Map<Keyword, Object> current() {
    return Hosting.surroundings().flatMap(node -> node.environment()).orElseGet(Env::fromOutside);
  }

  private static Map<Keyword, Object> fromOutside() {
    String text = System.getProperty(PROPERTY, System.getenv(VARIABLE));
    return text == null ? Map.of() : parse(text, PROPERTY + " (or " + VARIABLE + ")");
  }

  /// The environment in EDN text; `incorrect` when it holds something else than a map with keywords
  /// as keys.
  ///
  /// @param where the text stands, for people
  public static Map<Keyword, Object> parse(String text, String where) {
    return of(Edn.read(text), where);
  }

  private static Map<Keyword, Object> of(@Nullable Object value, String where) {
    Map<Keyword, Object> environment = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, held) -> {
        if (key instanceof Keyword keyword && held != null) {
          environment.put(keyword, held);
        }
      });
      if (environment.size() == map.size()) {
        return Collections.unmodifiableMap(environment);
      }
    }
    throw Anomaly.incorrect(
            "ion.error/env",
            where + " is " + Edn.print(value) + ".",
            "Expected a map with keywords as keys and no nil, such as {:env :staging}.")
        .toException();
  }
}
