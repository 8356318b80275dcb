package valence.engine.pull;

import clojure.lang.IPersistentCollection;
import clojure.lang.IPersistentVector;
import clojure.lang.ISeq;
import clojure.lang.Keyword;
import clojure.lang.PersistentList;
import clojure.lang.Symbol;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;
import valence.engine.schema.Schema;

/// Patterns that were parsed lately, by what they were parsed from and the one schema, by identity.
/// Safe for many threads, which never wait: each form has one place, and the newest keeps it.
///
/// Known again are texts and flat lists of keywords by what they say, and other data by identity,
/// if nobody can change it.
final class KeptPatterns {
  private static final int PLACES = 512; // a power of two
  private static final int KEYWORDS_MAX = 32;
  private static final int NESTING_MAX = 32;

  private final @Nullable Kept[] places = new Kept[PLACES];

  /// What a pattern was parsed from.
  ///
  /// @param form a text, an array of keywords, or data
  private record Kept(Object form, Schema schema, PullPattern pattern) {}

  /// The pattern of a form; parsed if it isn't known.
  PullPattern of(Object edn, Schema schema) {
    boolean flat = isFlat(edn);
    int place = place(edn, flat, schema);
    Kept kept = places[place];
    if (kept != null && kept.schema == schema && isSame(kept.form, edn, flat)) {
      return kept.pattern;
    }
    PullPattern pattern = PatternParser.parse(edn, schema);
    if (flat) {
      places[place] = new Kept(((List<?>) edn).toArray(), schema, pattern);
    } else if (edn instanceof String || isLasting(edn, 0)) {
      places[place] = new Kept(edn, schema, pattern);
    }
    return pattern;
  }

  private static boolean isFlat(Object edn) {
    if (!(edn instanceof List<?> list)
        || !(list instanceof RandomAccess)
        || list.size() > KEYWORDS_MAX) {
      return false;
    }
    for (int i = 0; i < list.size(); i++) {
      if (!(list.get(i) instanceof Keyword)) {
        return false;
      }
    }
    return true;
  }

  private static int place(Object edn, boolean flat, Schema schema) {
    int hash = System.identityHashCode(schema);
    if (flat) {
      List<?> list = (List<?>) edn;
      for (int i = 0; i < list.size(); i++) {
        hash = hash * 31 + System.identityHashCode(list.get(i)); // keywords are interned
      }
    } else {
      hash = hash * 31 + (edn instanceof String ? edn.hashCode() : System.identityHashCode(edn));
    }
    return (hash ^ hash >>> 16) & (PLACES - 1);
  }

  private static boolean isSame(Object known, Object edn, boolean flat) {
    if (!flat) {
      return known == edn || (edn instanceof String && edn.equals(known));
    }
    List<?> list = (List<?>) edn;
    if (!(known instanceof Object[] keywords) || keywords.length != list.size()) {
      return false;
    }
    for (int i = 0; i < keywords.length; i++) {
      if (keywords[i] != list.get(i)) {
        return false;
      }
    }
    return true;
  }

  /// Whether nobody can change a form.
  private static boolean isLasting(@Nullable Object form, int depth) {
    return switch (form) {
      case null -> true;
      case Keyword _, Symbol _, String _, Long _, Integer _, Boolean _ -> true;
      case Map<?, ?> map
      when form instanceof IPersistentCollection && depth < NESTING_MAX ->
        map.entrySet().stream()
            .allMatch(entry ->
                isLasting(entry.getKey(), depth + 1) && isLasting(entry.getValue(), depth + 1));
      case IPersistentVector items
      when depth < NESTING_MAX -> {
        for (int i = 0; i < items.count(); i++) {
          if (!isLasting(items.nth(i), depth + 1)) {
            yield false;
          }
        }
        yield true;
      }
      // Item by item, since a list's iterator would start clojure.core.
      case PersistentList items
      when depth < NESTING_MAX -> {
        for (ISeq rest = items; rest != null; rest = rest.next()) {
          if (!isLasting(rest.first(), depth + 1)) {
            yield false;
          }
        }
        yield true;
      }
      default -> false;
    };
  }
}
