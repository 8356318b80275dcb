package valence.wire;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;

/// The map that somebody sent, read key by key and checked while it is read.
///
/// Keys are given without the colon. A key that is missing or holds something else is an
/// `incorrect` anomaly that says where, what was found and what was expected.
public final class Fields {
  private static final String ERROR = "db.error/invalid-request";
  private static final int SHOWN_CHARACTERS_MAX = 100;

  private final String where;
  private final Map<?, ?> map;

  private Fields(String where, Map<?, ?> map) {
    this.where = where;
    this.map = map;
  }

  /// The fields of a value that ought to be a map.
  ///
  /// @param where what the map is, as the messages name it, such as `deploy` or `ion-config.edn`
  public static Fields of(String where, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return new Fields(where, map);
    }
    throw Anomaly.incorrect(ERROR, where + " was given " + shown(value) + ".", "Expected a map.")
        .toException();
  }

  public String where() {
    return where;
  }

  /// The map itself, unchecked.
  public Map<?, ?> whole() {
    return map;
  }

  public boolean contains(String key) {
    return value(key) != null;
  }

  /// Whatever the key holds; null when it is missing.
  public @Nullable Object value(String key) {
    return map.get(Keyword.intern(key));
  }

  /// Whatever the key holds, which mustn't be missing.
  public Object required(String key) {
    Object value = value(key);
    if (value == null) {
      throw Anomaly.incorrect(
              ERROR, where + " has no :" + key + ".", "The key is required.", "Add it.")
          .toException();
    }
    return value;
  }

  /// A text that isn't empty.
  public String text(String key) {
    if (required(key) instanceof String text && !text.isEmpty()) {
      return text;
    }
    throw wrong(key, "a string that isn't empty");
  }

  /// A text, which may be empty, or the default where the key is missing.
  public String text(String key, String missing) {
    return switch (value(key)) {
      case null -> missing;
      case String text -> text;
      default -> throw wrong(key, "a string");
    };
  }

  /// A whole number between two bounds, both included.
  public long number(String key, long min, long max) {
    required(key);
    return number(key, min, max, min);
  }

  /// A whole number between two bounds, both included, or the default where the key is missing.
  public long number(String key, long min, long max, long missing) {
    return switch (value(key)) {
      case null -> missing;
      case Long number when number >= min && number <= max -> number;
      case Integer number when number >= min && number <= max -> number;
      default -> throw wrong(key, "a whole number from " + min + " to " + max);
    };
  }

  public boolean flag(String key, boolean missing) {
    return switch (value(key)) {
      case null -> missing;
      case Boolean flag -> flag;
      default -> throw wrong(key, "true or false");
    };
  }

  public UUID uuid(String key) {
    if (required(key) instanceof UUID uuid) {
      return uuid;
    }
    throw wrong(key, "a #uuid");
  }

  public Keyword keyword(String key) {
    if (required(key) instanceof Keyword keyword) {
      return keyword;
    }
    throw wrong(key, "a keyword");
  }

  public Symbol symbol(String key) {
    if (required(key) instanceof Symbol symbol) {
      return symbol;
    }
    throw wrong(key, "a symbol");
  }

  public Map<?, ?> map(String key) {
    if (required(key) instanceof Map<?, ?> held) {
      return held;
    }
    throw wrong(key, "a map");
  }

  /// A list without nulls, or the default where the key is missing.
  public List<Object> list(String key, List<Object> missing) {
    return switch (value(key)) {
      case null -> missing;
      case List<?> list -> {
        List<Object> copy = new ArrayList<>(list.size());
        for (Object member : list) {
          if (member == null) {
            throw wrong(key, "a list without nil");
          }
          copy.add(member);
        }
        yield copy;
      }
      default -> throw wrong(key, "a list");
    };
  }

  /// Refuses keys that aren't among those known, so that a misspelt one is noticed.
  public void only(String... known) {
    Set<String> names = new TreeSet<>(List.of(known));
    for (Object key : map.keySet()) {
      if (!(key instanceof Keyword keyword)
          || keyword.getNamespace() != null
          || !names.contains(keyword.getName())) {
        throw Anomaly.incorrect(
                ERROR,
                where + " has the key " + shown(key) + ", which isn't known.",
                "Expected :" + String.join(", :", names) + ".",
                "Correct or remove it.")
            .toException();
      }
    }
  }

  /// The anomaly of a key that holds something else than expected.
  public AnomalyException wrong(String key, String expected) {
    return Anomaly.incorrect(
            ERROR,
            where + " has " + shown(value(key)) + " under :" + key + ".",
            "Expected " + expected + ".")
        .toException();
  }

  /// A value as a message may show it: its EDN text, cut where it is long.
  public static String shown(@Nullable Object value) {
    String text = Edn.print(value);
    return text.length() <= SHOWN_CHARACTERS_MAX
        ? text
        : text.substring(0, SHOWN_CHARACTERS_MAX) + "…";
  }
}
