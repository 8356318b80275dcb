package valence.engine.query.exec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.RuleSet.Rule;
import valence.engine.query.syntax.Term;
import valence.engine.query.syntax.Term.Variable;

/// What patterns found by themselves that stand in several conjunctions of a query, such as two
/// branches of an `or` or two rules: it is read once. For one run.
///
/// Patterns are the same that differ in the names of variables alone, and read the same source.
final class SharedPatterns {
  /// What is kept in all, in bytes; more is read again.
  private static final long BYTES_MAX = 1 << 22;

  private record Same(String source, List<Object> shape) {}

  private final Set<List<Object>> repeated;
  private final Map<Same, Relation> found = new HashMap<>();
  private long bytes;

  /// @param repeated shapes of patterns that stand in more than one conjunction
  SharedPatterns(Set<List<Object>> repeated) {
    this.repeated = repeated;
  }

  /// The shapes of patterns that stand in more than one conjunction.
  static Set<List<Object>> repeated(List<Clause> where, Collection<Rule> rules) {
    Map<List<Object>, Integer> counts = new HashMap<>();
    count(where, counts);
    for (Rule rule : rules) {
      rule.branches().forEach(branch -> count(branch.body(), counts));
    }
    counts.values().removeIf(count -> count < 2);
    return Set.copyOf(counts.keySet());
  }

  private static void count(List<Clause> body, Map<List<Object>, Integer> counts) {
    Set<List<Object>> here = new HashSet<>();
    for (Clause clause : body) {
      switch (clause) {
        case Clause.Pattern pattern -> here.add(shape(pattern));
        case Clause.Not not -> count(not.body(), counts);
        case Clause.Or or -> or.branches().forEach(branch -> count(branch, counts));
        case Clause.RuleCall ignored -> {}
        case Clause.Apply ignored -> {}
      }
    }
    here.forEach(shape -> counts.merge(shape, 1, Integer::sum));
  }

  /// A pattern with its variables numbered.
  private static List<Object> shape(Clause.Pattern pattern) {
    List<Variable> numbers = new ArrayList<>();
    List<Object> shape = new ArrayList<>();
    for (Term term : pattern.terms()) {
      if (term instanceof Variable variable) {
        if (!numbers.contains(variable)) {
          numbers.add(variable);
        }
        shape.add(numbers.indexOf(variable));
      } else {
        shape.add(term);
      }
    }
    return shape;
  }

  /// What the pattern finds by itself; null when nobody else asks for that, or as long as nobody
  /// has kept it.
  @Nullable Relation find(Clause.Pattern pattern, String source) {
    if (found.isEmpty()) {
      return null;
    }
    Relation known = found.get(new Same(source, shape(pattern)));
    return known == null ? null : known.rename(List.copyOf(pattern.variables()));
  }

  /// Whether what a pattern finds by itself may be asked for again.
  boolean isRepeated(Clause.Pattern pattern) {
    return !repeated.isEmpty() && repeated.contains(shape(pattern));
  }

  /// Keeps what a pattern found by itself, over all of its variables.
  void keep(Clause.Pattern pattern, String source, Relation rows) {
    if (bytes + rows.bytes() <= BYTES_MAX) {
      bytes += rows.bytes();
      found.put(new Same(source, shape(pattern)), rows.project(List.copyOf(pattern.variables())));
    }
  }
}
