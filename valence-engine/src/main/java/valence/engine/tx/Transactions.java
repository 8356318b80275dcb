package valence.engine.tx;

import clojure.lang.Keyword;
import clojure.lang.PersistentVector;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import valence.api.TxStats;
import valence.edn.Edn;
import valence.edn.Persistent;
import valence.engine.db.Database;
import valence.engine.db.Novelty;
import valence.engine.function.AppFunction;
import valence.engine.function.FunctionResolver.Use;
import valence.engine.index.TimeView;
import valence.engine.schema.Attribute;
import valence.engine.schema.Bootstrap;
import valence.engine.schema.Schema;

/// One transaction, from tx-data to the database after it.
public final class Transactions {
  private static final String TX_TEMPID = "datomic.tx";

  private final Database before; // in the view of now
  private final Facts facts = new Facts();
  private final Tempids tempids = new Tempids();
  private final Functions functions;
  private final TxInstant instant;
  private final Subjects subjects;
  private final Expansion expansion;
  private final Names names;

  private Transactions(Database now, TxContext context) {
    before = now;
    functions = new Functions(context, now);
    instant = new TxInstant(now, context.now());
    subjects = new Subjects(now, facts, tempids);
    expansion = new Expansion(now, functions, tempids, facts, subjects, instant);
    names = expansion.names();
  }

  /// The database after the transaction, in the view of the one before, and what the transaction
  /// did.
  ///
  /// Fails with an anomaly that names the offending form, and leaves no trace then.
  ///
  /// @param before its view is kept, but the transaction sees what is true now
  /// @param txData a collection of forms, or EDN text of one; nothing when null
  public static Transacted transact(Database before, @Nullable Object txData, TxContext context) {
    Database now = before.view().isNow() ? before : before.withView(TimeView.NOW);
    Object forms = txData instanceof String text ? Edn.read(text) : txData;
    return context.functions().during(Use.TRANSACTION, functions -> {
      TxContext ofOneRevision = context.withFunctions(functions);
      return new Transactions(now, ofOneRevision).run(before, forms, ofOneRevision);
    });
  }

  private Transacted run(Database target, @Nullable Object txData, TxContext context) {
    long start = System.nanoTime();
    expansion.expand(txData);
    context.requestId().ifPresent(this::sayRequestId);
    new EntitySpecs(before, functions, subjects).prepare(expansion.ensured());
    sayProvenance();
    long expanded = System.nanoTime();
    if (!tempids.isEmpty()) {
      resolveTempids();
    }
    if (facts.hasExcision) {
      new ExcisionCheck(before, facts, subjects).check();
    }
    if (facts.hasSchema) {
      SchemaCheck.announceInstalls(facts, before.schema());
    }
    long resolved = System.nanoTime();
    Changes changes = new Changes(before, facts, subjects, instant.value());
    changes.apply();
    long deduplicated = System.nanoTime();
    int composites = facts.hasComposites ? new Composites(before, facts, changes).maintain() : 0;
    long composed = System.nanoTime();
    int unique = new Uniqueness(before, changes, subjects).check();
    SchemaCheck schemaCheck = facts.hasSchema ? new SchemaCheck(before, changes, subjects) : null;
    if (schemaCheck != null) {
      schemaCheck.check();
    }
    Novelty novelty = new Novelty(before.basisT() + 1, changes.opened(), changes.closed());
    Database after = target.apply(novelty);
    if (schemaCheck != null) {
      schemaCheck.checkValues(after.withView(TimeView.NOW));
    }
    if (!expansion.ensured().isEmpty()) {
      new EntitySpecs(before, functions, subjects)
          .check(after.withView(TimeView.NOW), expansion.ensured(), tempids);
    }
    TxStats stats = new TxStats(
        facts.count,
        changes.duplicates(),
        changes.redundant(),
        tempids.count(),
        unique,
        composites,
        new TxStats.Times(
            expanded - start,
            resolved - expanded,
            deduplicated - resolved,
            composed - deduplicated,
            System.nanoTime() - composed),
        changes.warnings());
    Map<String, Long> named =
        tempids.resolved(TX_TEMPID, names.isTxNamed() ? names.tx() : Schema.NONE);
    return new Transacted(after, novelty, changes.report(), named, stats);
  }

  private void resolveTempids() {
    if (facts.identityCount > 0 || !expansion.explicitTuples().isEmpty()) {
      new Upserts(before, facts, tempids, subjects).resolve(expansion.explicitTuples());
    }
    tempids.issue(before.nextEntity(), before.nextAttribute());
    for (int i = 0; i < facts.count; i++) {
      if (facts.e[i] < 0) {
        facts.e[i] = tempids.entity(facts.e[i]);
      }
      if (facts.key[i] < 0 && facts.a[i].isRef()) {
        tempids.requireSubject(facts.key[i], facts.form[i]);
        facts.key[i] = tempids.entity(facts.key[i]);
      }
      if (facts.hasTuples && facts.value[i] instanceof List<?> tuple) {
        facts.value[i] = resolveSlots(facts.a[i], tuple, facts.form[i]);
      }
    }
  }

  private Object resolveSlots(Attribute attribute, List<?> tuple, int form) {
    @Nullable Object[] slots = Persistent.items(tuple);
    for (int i = 0; i < slots.length; i++) {
      if (slots[i] instanceof Long id && id < 0 && attribute.hasReferenceAt(i)) {
        tempids.requireSubject(id, form);
        slots[i] = tempids.entity(id);
      }
    }
    return PersistentVector.adopt(slots);
  }

  private void sayRequestId(UUID id) {
    say(attribute(before.schema(), Bootstrap.TX_REQUEST_ID), id);
  }

  /// Says of the transaction which code it ran.
  private void sayProvenance() {
    for (AppFunction function : functions.found()) {
      for (Map.Entry<Keyword, Object> fact : function.provenance().entrySet()) {
        Attribute attribute = before.schema().attribute(fact.getKey());
        if (attribute == null) {
          continue; // the database was made before there was one
        }
        if (fact.getValue() instanceof Collection<?> several) {
          for (Object each : several) {
            say(attribute, each);
          }
        } else {
          say(attribute, fact.getValue());
        }
      }
    }
  }

  private void say(Attribute attribute, Object value) {
    expansion.addOfSystem(names.tx(), attribute, value);
  }

  private static Attribute attribute(Schema schema, int id) {
    Attribute attribute = schema.attribute(id);
    if (attribute == null) {
      throw new IllegalStateException("no attribute has id " + id);
    }
    return attribute;
  }
}
