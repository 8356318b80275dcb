package valence.engine.pull;

import clojure.lang.Keyword;
import java.util.LinkedHashSet;
import java.util.Set;

/// What a pattern names and nothing is called, and what is ignored therefore.
///
/// @param attributes names that are no attributes, as they are written; they select nothing
/// @param options    names that are no options
public record Unknown(Set<Keyword> attributes, Set<Object> options) {
  Unknown() {
    this(new LinkedHashSet<>(), new LinkedHashSet<>());
  }
}
