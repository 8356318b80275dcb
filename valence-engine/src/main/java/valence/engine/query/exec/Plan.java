package valence.engine.query.exec;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import valence.engine.db.Database;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.Term.Variable;

/// What was decided of a query by its text, the variables that its inputs bind, its rules and the
/// schemas of its databases, whatever these hold: to be used by each run with the same. Safe for
/// many threads.
///
/// What a name means to the application, and what a lookup ref names, differs from run to run: such
/// clauses are *open*, and made anew before a run begins, so that a mistake in one shows whatever
/// the data.
public final class Plan {
  /// Things that are kept. More than that has only what is made during the runs.
  private static final int KEPT_MAX = 1 << 10;

  /// Stands for the database of a run, which a plan must not hold.
  private static final Database NONE = Database.empty("none");

  /// A clause, not its text: rules are run with different sources, each with clauses of its own.
  private record Use(Clause clause, String scope) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Use(Clause same, String where)
          && same == clause
          && where.equals(scope);
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(clause) * 31 + scope.hashCode();
    }
  }

  private record Order(Same clauses, Set<?> bound, String scope) {}

  private record Rest(Same of, Object which) {}

  /// A thing that equals itself alone.
  private record Same(Object thing) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Same(Object same) && same == thing;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(thing);
    }
  }

  private final Map<Object, Object> kept = new ConcurrentHashMap<>();
  private final Set<Use> open = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Body where;
  private volatile @Nullable Set<Variable> wanted;
  private volatile @Nullable Set<List<Object>> repeated;

  /// The clauses of `:where`; null as long as nobody has ordered them.
  @Nullable Body where() {
    return where;
  }

  /// The variables of the result, which are the same in each run.
  Set<Variable> wanted(List<Variable> result) {
    Set<Variable> known = wanted;
    if (known == null) {
      known = Collections.unmodifiableSet(new LinkedHashSet<>(result));
      wanted = known;
    }
    return known;
  }

  /// The shapes of patterns that stand in several conjunctions.
  Set<List<Object>> repeated(Supplier<Set<List<Object>>> make) {
    Set<List<Object>> known = repeated;
    if (known == null) {
      known = make.get();
      repeated = known;
    }
    return known;
  }

  void where(Body body) {
    where = body;
  }

  /// The body that these clauses make when some variables are bound.
  Body body(Iterable<Clause> clauses, Set<?> bound, String scope, Supplier<Body> make) {
    return keep(new Order(new Same(clauses), Set.copyOf(bound), scope), make);
  }

  /// What was found out about a thing before, or is found out now: by the text alone.
  ///
  /// @param of    the thing itself, which is a part of the query or of its rules
  /// @param which tells apart what is found out about it
  <T> T kept(Object of, Object which, Supplier<T> make) {
    return keep(new Rest(new Same(of), which), make);
  }

  @SuppressWarnings("unchecked") // a key says the type
  private <T> T keep(Object key, Supplier<T> make) {
    T known = (T) kept.get(key);
    if (known == null) {
      known = make.get();
      if (kept.size() < KEPT_MAX) {
        kept.put(key, known);
      }
    }
    return known;
  }

  /// The pattern in a database of the plan's schema; null when it has to be resolved there.
  @Nullable FactsPattern facts(Clause.Pattern clause, String scope, Database db) {
    return kept.get(new Use(clause, scope)) instanceof FactsPattern pattern
        ? pattern.over(db)
        : null;
  }

  void keep(Clause.Pattern clause, String scope, FactsPattern pattern) {
    Use use = new Use(clause, scope);
    if (!pattern.isOfSchema()) {
      open.add(use);
    } else if (kept.size() < KEPT_MAX) {
      kept.put(use, pattern.over(NONE));
    }
  }

  @Nullable Expression expression(Clause.Apply clause, String scope) {
    return (Expression) kept.get(new Use(clause, scope));
  }

  void keep(Clause.Apply clause, String scope, Expression expression) {
    Use use = new Use(clause, scope);
    if (!Expression.isFixed(clause.call())) {
      open.add(use);
    } else if (kept.size() < KEPT_MAX) {
      kept.put(use, expression);
    }
  }

  /// Makes what is open, so that what can't be made is told before anything runs.
  void resolve(Execution execution) {
    if (open.isEmpty()) { // to make an iterator takes longer
      return;
    }
    for (Use use : open) {
      switch (use.clause()) {
        case Clause.Pattern pattern -> execution.facts(pattern, use.scope());
        case Clause.Apply apply -> execution.expression(apply, use.scope());
        case Clause.Not ignored -> {}
        case Clause.Or ignored -> {}
        case Clause.RuleCall ignored -> {}
      }
    }
  }
}
