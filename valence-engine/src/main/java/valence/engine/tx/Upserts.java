package valence.engine.tx;

import clojure.lang.PersistentVector;
import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.edn.Persistent;
import valence.engine.db.Database;
import valence.engine.schema.Attribute;
import valence.engine.schema.Schema;
import valence.engine.value.ValueType;

/// Finds what temporary ids are by their unique identities: an entity that holds the value already,
/// or one new entity for all ids that are given the same new value.
///
/// An identity may itself refer to a temporary id, or be a tuple that does, so what one id turns
/// out to be can settle another; repeats until nothing changes. Each step only joins or settles
/// ids, so the result doesn't depend on the order of the facts.
final class Upserts {
  private final Database before;
  private final Facts facts;
  private final Tempids tempids;
  private final Subjects subjects;
  private final ValueEnds ends;

  Upserts(Database before, Facts facts, Tempids tempids, Subjects subjects) {
    this.before = before;
    this.subjects = subjects;
    this.facts = facts;
    this.tempids = tempids;
    this.ends = new ValueEnds(before, facts.identityCount);
  }

  /// What is known of the value of an identity: it refers to a temporary id that isn't known yet …
  private static final byte OPEN = 0;
  /// … nobody has it …
  private static final byte FREE = 1;
  /// … or somebody has, and the temporary id is that entity.
  private static final byte HELD = 2;

  void resolve(List<ExplicitTuple> tuples) {
    boolean open = !resolveTuples(tuples);
    byte[] found = new byte[facts.identityCount];
    for (int i = 0; i < facts.identityCount; i++) {
      found[i] = settle(facts.identities[i]);
      open |= found[i] == OPEN;
    }
    // Only when all holders are known, so that what joins what doesn't depend on the order.
    Claims fresh = new Claims();
    for (int i = 0; i < facts.identityCount; i++) {
      if (found[i] == FREE) {
        join(facts.identities[i], fresh);
      }
    }
    while (open) {
      int changes = tempids.changes();
      resolveTuples(tuples);
      resolveReferences();
      open = tempids.changes() != changes;
    }
  }

  /// Finds the holders of composite tuples that were given as such; whether none refers to a
  /// temporary id, so that all are found.
  private boolean resolveTuples(List<ExplicitTuple> tuples) {
    boolean all = true;
    for (ExplicitTuple tuple : tuples) {
      Attribute attribute = tuple.attribute();
      if (tuple.entity() >= 0 || attribute.unique() != Attribute.Unique.IDENTITY) {
        continue;
      }
      Object value = resolved(attribute, tuple.value());
      all &= !isOpen(attribute, tuple.value());
      if (isOpen(attribute, value)) {
        continue;
      }
      long holder = before.holder(attribute, value);
      if (holder != Schema.NONE) {
        settle(tuple.entity(), holder, attribute, value, tuple.form());
      }
    }
    return all;
  }

  private void resolveReferences() {
    Claims fresh = new Claims();
    for (int i = 0; i < facts.identityCount; i++) {
      int fact = facts.identities[i];
      Attribute attribute = facts.a[fact];
      if (attribute.isRef() || attribute.type() == ValueType.TUPLE) {
        Object value = value(fact);
        if (isOpen(attribute, value) || !settle(fact, value)) {
          join(fact, value, fresh);
        }
      }
    }
  }

  /// The value of a fact, with what is known of the temporary ids in it.
  private Object value(int fact) {
    return resolved(facts.a[fact], facts.valueAt(fact));
  }

  private Object resolved(Attribute attribute, Object value) {
    if (attribute.isRef()) {
      return resolved((Long) value);
    }
    if (attribute.type() != ValueType.TUPLE) {
      return value;
    }
    @Nullable Object[] slots = Persistent.items((List<?>) value);
    for (int i = 0; i < slots.length; i++) {
      if (slots[i] instanceof Long id && isReference(attribute, i)) {
        slots[i] = resolved(id);
      }
    }
    return PersistentVector.adopt(slots);
  }

  private Long resolved(Long id) {
    if (id >= 0) {
      return id;
    }
    long entity = tempids.entity(id);
    return entity == Schema.NONE ? tempids.representative(id) : entity;
  }

  /// Whether a value refers to a temporary id that isn't known yet.
  private boolean isOpen(Attribute attribute, Object value) {
    if (attribute.isRef()) {
      return (Long) value < 0;
    }
    if (attribute.type() != ValueType.TUPLE) {
      return false;
    }
    @Nullable Object[] slots = Persistent.items((List<?>) value);
    for (int i = 0; i < slots.length; i++) {
      if (slots[i] instanceof Long id && id < 0 && isReference(attribute, i)) {
        return true;
      }
    }
    return false;
  }

  private boolean isReference(Attribute attribute, int slot) {
    if (attribute.tuple() instanceof Attribute.Tuple.Composite(var members)) {
      Attribute member = before.schema().attribute(members.get(slot));
      return member != null && member.isRef();
    }
    return attribute.hasReferenceAt(slot);
  }

  private byte settle(int fact) {
    Attribute attribute = facts.a[fact];
    if (isPlain(attribute)) {
      if (ends.isBeyond(attribute, facts.key[fact])) {
        return FREE;
      }
      long holder = before.holder(attribute, facts.key[fact], facts.value[fact]);
      if (holder == Schema.NONE) {
        return FREE;
      }
      settle(facts.e[fact], holder, attribute, facts.valueAt(fact), facts.form[fact]);
      return HELD;
    }
    return isOpen(attribute, facts.valueAt(fact)) ? OPEN : settle(fact, value(fact)) ? HELD : FREE;
  }

  /// Whether the values are what they are, whatever becomes of temporary ids.
  private static boolean isPlain(Attribute attribute) {
    return !attribute.isRef() && attribute.type() != ValueType.TUPLE;
  }

  /// Whether an entity holds the value; then the fact's temporary id is that entity.
  private boolean settle(int fact, Object value) {
    Attribute attribute = facts.a[fact];
    long holder = before.holder(attribute, value);
    if (holder == Schema.NONE) {
      return false;
    }
    settle(facts.e[fact], holder, attribute, value, facts.form[fact]);
    return true;
  }

  /// Makes the fact's temporary id one with the others that are given the same new value. Ids that
  /// are two entities already stay apart; that both claim the value is found out later.
  private void join(int fact, Object value, Claims fresh) {
    ValueType type = facts.a[fact].type();
    join(fact, type.key(value), type.inline() ? null : value, fresh);
  }

  private void join(int fact, Claims fresh) {
    if (isPlain(facts.a[fact])) {
      join(fact, facts.key[fact], facts.value[fact], fresh);
    } else {
      join(fact, value(fact), fresh);
    }
  }

  private void join(int fact, long key, @Nullable Object object, Claims fresh) {
    long entity = facts.e[fact];
    long other = fresh.claim(facts.a[fact].id(), key, object, entity);
    if (other != Claims.NOBODY
        && (tempids.entity(other) == Schema.NONE || tempids.entity(entity) == Schema.NONE)) {
      tempids.join(other, entity);
    }
  }

  private void settle(
      long tempid, long holder, Attribute attribute, @Nullable Object value, int form) {
    long known = tempids.entity(tempid);
    if (known == Schema.NONE) {
      tempids.resolve(tempid, holder);
    } else if (known != holder) {
      throw Refused.conflict(
              form,
              "db.error/unique-conflict",
              "Unique conflict: "
                  + attribute.ident()
                  + ", value: "
                  + Shown.value(value)
                  + " already held by: "
                  + subjects.name(holder)
                  + " asserted for: "
                  + subjects.name(known)
                  + ".",
              "The identities of one temporary id belong to two entities.",
              "Send facts about one entity, or retract one of the identities first.")
          .toException();
    }
  }
}
