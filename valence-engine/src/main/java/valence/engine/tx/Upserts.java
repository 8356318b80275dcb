package valence.engine.tx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.engine.db.Database;
import valence.engine.schema.Attribute;
import valence.engine.schema.Schema;

/// Finds what temporary ids are by their unique identities: an entity that holds the value already,
/// or one new entity for all ids that are given the same new value.
///
/// An identity may itself be a reference to a temporary id, so what one id turns out to be can
/// settle another; repeats until nothing changes. Each step only joins or settles ids, so the
/// result doesn't depend on the order of the facts.
final class Upserts {
  private final Database before;
  private final Facts facts;
  private final Tempids tempids;

  Upserts(Database before, Facts facts, Tempids tempids) {
    this.before = before;
    this.facts = facts;
    this.tempids = tempids;
  }

  private record Identity(int attribute, Object value) {}

  void resolve(List<ExplicitTuple> tuples) {
    for (ExplicitTuple tuple : tuples) {
      if (tuple.entity() < 0 && tuple.attribute().unique() == Attribute.Unique.IDENTITY) {
        long holder = before.holder(tuple.attribute(), tuple.value());
        if (holder != Schema.NONE) {
          settle(tuple.entity(), holder, tuple.attribute(), tuple.value(), tuple.form());
        }
      }
    }
    boolean[] held = new boolean[facts.identityCount];
    boolean open = false;
    for (int i = 0; i < facts.identityCount; i++) {
      int fact = facts.identities[i];
      if (isOpenReference(fact)) {
        open = true;
      } else {
        held[i] = settle(fact, facts.key[fact]);
      }
    }
    // Only when all holders are known, so that what joins what doesn't depend on the order.
    Map<Identity, Long> fresh = new HashMap<>();
    for (int i = 0; i < facts.identityCount; i++) {
      int fact = facts.identities[i];
      if (!held[i] && !isOpenReference(fact)) {
        join(fact, facts.key[fact], fresh);
      }
    }
    while (open) {
      open = resolveReferences();
    }
  }

  private boolean isOpenReference(int fact) {
    return facts.a[fact].isRef() && facts.key[fact] < 0;
  }

  /// Whether anything changed.
  private boolean resolveReferences() {
    int changes = tempids.changes();
    Map<Identity, Long> fresh = new HashMap<>();
    for (int i = 0; i < facts.identityCount; i++) {
      int fact = facts.identities[i];
      if (!facts.a[fact].isRef()) {
        continue;
      }
      long value = facts.key[fact];
      if (value < 0) {
        long entity = tempids.entity(value);
        value = entity == Schema.NONE ? tempids.representative(value) : entity;
      }
      if (value < 0 || !settle(fact, value)) {
        join(fact, value, fresh);
      }
    }
    return tempids.changes() != changes;
  }

  /// Whether an entity holds the value; then the fact's temporary id is that entity.
  private boolean settle(int fact, long key) {
    Attribute attribute = facts.a[fact];
    Object value = value(fact, key);
    long holder = before.holder(attribute, value);
    if (holder == Schema.NONE) {
      return false;
    }
    settle(facts.e[fact], holder, attribute, value, facts.form[fact]);
    return true;
  }

  /// Makes the fact's temporary id one with the others that are given the same new value. Ids that
  /// are two entities already stay apart; that both claim the value is found out later.
  private void join(int fact, long key, Map<Identity, Long> fresh) {
    long entity = facts.e[fact];
    Long other = fresh.putIfAbsent(new Identity(facts.a[fact].id(), value(fact, key)), entity);
    if (other != null
        && (tempids.entity(other) == Schema.NONE || tempids.entity(entity) == Schema.NONE)) {
      tempids.join(other, entity);
    }
  }

  private Object value(int fact, long key) {
    Object object = facts.value[fact];
    return object == null ? facts.a[fact].type().ofKey(key) : object;
  }

  private void settle(
      long tempid, long holder, Attribute attribute, @Nullable Object value, int form) {
    long known = tempids.entity(tempid);
    if (known == Schema.NONE) {
      tempids.resolve(tempid, holder);
    } else if (known != holder) {
      throw Anomaly.conflict(
              "db.error/unique-conflict",
              Shown.form(form)
                  + "Unique conflict: "
                  + attribute.ident()
                  + ", value: "
                  + Shown.value(value)
                  + " already held by: "
                  + holder
                  + " asserted for: "
                  + known
                  + ".",
              "The identities of one temporary id belong to two entities.",
              "Send facts about one entity, or retract one of the identities first.")
          .toException();
    }
  }
}
