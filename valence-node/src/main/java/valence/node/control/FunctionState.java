package valence.node.control;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.LinkedHashMap;
import java.util.Map;

/// One function that a deployment makes callable, or takes away.
///
/// @param kind   the key of `ion-config.edn` that names it
/// @param name   under which it is called
/// @param symbol of the code behind
/// @param cause  why it can't be called; empty while nothing is known of that
public record FunctionState(Keyword kind, String name, String symbol, Change change, String cause) {
  /// Beside the revision that ran before.
  public enum Change {
    ADDED("added"),
    CHANGED("changed"),
    UNCHANGED("unchanged"),
    REMOVED("removed");

    private final Keyword keyword;

    Change(String name) {
      this.keyword = Keyword.intern(name);
    }

    public Keyword keyword() {
      return keyword;
    }
  }

  Map<Keyword, Object> facts() {
    Map<Keyword, Object> facts = new LinkedHashMap<>();
    facts.put(kw("function/kind"), kind);
    facts.put(kw("function/name"), name);
    facts.put(kw("function/symbol"), symbol);
    facts.put(kw("function/change"), change.keyword());
    if (!cause.isEmpty()) {
      facts.put(kw("function/cause"), cause);
    }
    return facts;
  }
}
