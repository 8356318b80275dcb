package valence.engine.tx;

import clojure.lang.PersistentVector;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.engine.db.Database;
import valence.engine.schema.Attribute;
import valence.engine.schema.Attribute.Tuple;

/// Keeps composite tuples in step with their parts: for each entity of which a part is mentioned,
/// also without being changed.
final class Composites {
  private final Database before;
  private final Facts facts;
  private final Changes changes;
  private final Current current;

  Composites(Database before, Facts facts, Changes changes) {
    this.before = before;
    this.facts = facts;
    this.changes = changes;
    this.current = new Current(before);
  }

  private record Mentioned(long entity, Attribute composite) {}

  /// How many tuples were looked at.
  int maintain() {
    Set<Mentioned> mentioned = new LinkedHashSet<>();
    for (int i = 0; i < facts.count; i++) {
      for (Attribute composite : before.schema().compositesOf(facts.a[i].id())) {
        mentioned.add(new Mentioned(facts.e[i], composite));
      }
    }
    for (Mentioned each : mentioned) {
      maintain(each.entity(), each.composite());
    }
    return mentioned.size();
  }

  private void maintain(long entity, Attribute composite) {
    if (!(composite.tuple() instanceof Tuple.Composite(List<Integer> members))) {
      throw new IllegalStateException(composite.ident() + " is no composite tuple");
    }
    @Nullable Object[] slots = new Object[members.size()];
    boolean empty = true;
    for (int i = 0; i < slots.length; i++) {
      slots[i] = after(entity, members.get(i));
      empty &= slots[i] == null;
    }
    PersistentVector tuple = PersistentVector.adopt(slots);
    boolean exists = current.find(entity, composite.id());
    if (exists && !empty && tuple.equals(current.object)) {
      return;
    }
    if (!empty) {
      changes.open(entity, composite, composite.type().key(tuple), tuple);
    }
    if (exists) {
      changes.close(entity, composite, current);
    }
  }

  /// The value of a part after the transaction, or null.
  private @Nullable Object after(long entity, int attribute) {
    int fact = changes.asserted(entity, attribute);
    if (fact != FactTable.NONE && !changes.isDropped(fact)) {
      return facts.valueAt(fact);
    }
    if (!current.find(entity, attribute)
        || changes.isClosed(entity, attribute, current.key, current.object)) {
      return null;
    }
    return before.value(attribute, current.key, current.object);
  }
}
