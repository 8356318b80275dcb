package valence.engine.query.exec;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/// Ways of answering a query sooner that never change its answer. Each can be switched off, so that
/// tests compare answers with and without it.
public enum Optimization {
  /// Comparisons of a value with a constant become bounds of index ranges, or filters of scans.
  PUSHED_PREDICATES,
  /// A pattern is read along with sorted entities that are known already.
  SORTED_JOINS,
  /// Values stay codes of a dictionary for as long as nobody looks at them.
  CODES,
  /// Rows that can't be equal aren't searched for equal ones.
  KNOWN_KEYS,
  /// What comes of a pattern is thought through to the end before one is begun with.
  LOOKAHEAD,
  /// Patterns that form a cycle are joined variable by variable.
  CYCLIC_JOINS,
  /// Groups are counted and summed as they are read.
  COLUMN_AGGREGATES,
  /// Rules that reach along edges walk a graph.
  REACHABILITY,
  /// Rules join what is new with kept, indexed answers, each pair of old ones but once.
  DELTAS,
  /// A function whose arguments are codes is called once for each combination of them.
  REPEATED_CALLS,
  /// A pattern that stands in several branches or rules is read once, where it is read whole.
  SHARED_PATTERNS,
  /// Clauses that several branches or rules begin with are run once.
  SHARED_GROUPS,
  /// What was decided of a query is kept for the next time it is asked.
  KEPT_PLANS,
  /// Large operators are cut into parts, for several threads.
  PARALLEL,
  /// No more rows are found than are asked for.
  EARLY_STOP;

  public static final Set<Optimization> ALL =
      Collections.unmodifiableSet(EnumSet.allOf(Optimization.class));
}
