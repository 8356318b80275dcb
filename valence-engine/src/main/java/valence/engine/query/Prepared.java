package valence.engine.query;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import valence.engine.query.exec.Plan;
import valence.engine.query.exec.Source;
import valence.engine.query.syntax.Input;
import valence.engine.query.syntax.Query;
import valence.engine.query.syntax.RuleSet;
import valence.engine.query.syntax.Term.Variable;
import valence.engine.schema.Schema;

/// A query that was read, and the plans that its runs have made. Safe for many threads.
///
/// A plan is for one choice of rules and schemas, by identity: a transaction that changes the
/// schema makes another one.
final class Prepared {
  /// Plans that are kept of one query, for as many schemas or rules.
  private static final int PLANS_MAX = 8;

  private static final List<Input> DEFAULT_INPUTS = List.of(new Input.Source("$"));

  /// @param schemas of the sources, in the order of the inputs; null for a collection
  private record Kept(RuleSet rules, @Nullable WeakReference<Schema>[] schemas, Plan plan) {}

  private final Query query;
  private final List<Input> inputs;
  private final List<Variable> resultVariables;
  private final AtomicReferenceArray<@Nullable Kept> plans = new AtomicReferenceArray<>(PLANS_MAX);
  private final AtomicInteger next = new AtomicInteger();

  Prepared(Query query) {
    this.query = query;
    inputs = query.inputs().orElse(DEFAULT_INPUTS);
    resultVariables = query.resultVariables();
  }

  Query query() {
    return query;
  }

  /// What the arguments are for.
  List<Input> inputs() {
    return inputs;
  }

  /// The variables that `:find` and `:with` name, each once.
  List<Variable> resultVariables() {
    return resultVariables;
  }

  /// The plan of runs with the same rules and schemas; a new one for the first of them.
  ///
  /// @param sources by input; null where an input is no source
  Plan plan(RuleSet rules, @Nullable Source[] sources) {
    for (int i = 0; i < PLANS_MAX; i++) {
      Kept kept = plans.get(i);
      if (kept == null) {
        break;
      }
      if (kept.rules() == rules && areSame(kept.schemas(), sources)) {
        return kept.plan();
      }
    }
    Plan plan = new Plan();
    plans.set(
        Math.floorMod(next.getAndIncrement(), PLANS_MAX), new Kept(rules, schemas(sources), plan));
    return plan;
  }

  private static boolean areSame(
      @Nullable WeakReference<Schema>[] schemas, @Nullable Source[] sources) {
    if (schemas.length != sources.length) {
      return false;
    }
    for (int i = 0; i < schemas.length; i++) {
      WeakReference<Schema> schema = schemas[i];
      boolean isSame = sources[i] instanceof Source.Facts facts
          ? schema != null && schema.refersTo(facts.database().schema())
          : schema == null;
      if (!isSame) {
        return false;
      }
    }
    return true;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of generic types
  private static @Nullable WeakReference<Schema>[] schemas(@Nullable Source[] sources) {
    @Nullable WeakReference[] schemas = new WeakReference[sources.length];
    for (int i = 0; i < sources.length; i++) {
      if (sources[i] instanceof Source.Facts facts) {
        schemas[i] = new WeakReference<>(facts.database().schema());
      }
    }
    return (WeakReference<Schema>[]) schemas;
  }
}
