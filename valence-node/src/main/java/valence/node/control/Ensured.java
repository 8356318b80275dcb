package valence.node.control;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// That a database has the schema of a revision.
///
/// @param t          of the transaction that said it; empty when there was nothing to say
/// @param attributes what of it is new there
/// @param left       what the revision before brought and this one doesn't; it stays
public record Ensured(
    String database, OptionalLong t, List<Keyword> attributes, List<Keyword> left) {
  public Ensured {
    attributes = List.copyOf(attributes);
    left = List.copyOf(left);
  }

  Map<Keyword, Object> facts() {
    Map<Keyword, Object> facts = new LinkedHashMap<>();
    facts.put(kw("ensured/database"), database);
    if (t.isPresent()) {
      facts.put(kw("ensured/t"), t.getAsLong());
    }
    if (!attributes.isEmpty()) {
      facts.put(kw("ensured/attributes"), attributes);
    }
    if (!left.isEmpty()) {
      facts.put(kw("ensured/left"), left);
    }
    return facts;
  }
}
