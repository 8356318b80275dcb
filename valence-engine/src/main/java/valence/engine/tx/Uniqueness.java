package valence.engine.tx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import valence.api.Anomaly;
import valence.engine.db.Database;
import valence.engine.index.RowBuffer;
import valence.engine.schema.Attribute;
import valence.engine.schema.Schema;

/// Refuses a second holder of a unique value, judged on the result: a value that its holder loses
/// in the same transaction is free.
final class Uniqueness {
  private final Database before;
  private final Changes changes;

  Uniqueness(Database before, Changes changes) {
    this.before = before;
    this.changes = changes;
  }

  private record Claim(int attribute, Object value) {}

  void check() {
    RowBuffer opened = changes.opened();
    Map<Claim, Long> claims = null;
    for (int i = 0; i < opened.count(); i++) {
      Attribute attribute = before.schema().attribute(opened.a(i));
      if (attribute == null || !attribute.isUnique()) {
        continue;
      }
      long e = opened.e(i);
      Object value = before.value(attribute.id(), opened.v(i), opened.o(i));
      claims = claims == null ? new HashMap<>() : claims;
      Long other = claims.putIfAbsent(new Claim(attribute.id(), value), e);
      if (other != null) {
        throw Changes.conflict(
            List.of(other, attribute.ident(), value),
            Facts.NO_FORM,
            List.of(e, attribute.ident(), value),
            Facts.NO_FORM,
            attribute.ident() + " is unique: two entities cannot have the value.");
      }
      long holder = before.holder(attribute, value);
      if (holder != Schema.NONE
          && holder != e
          && !changes.isClosed(holder, attribute.id(), opened.v(i), opened.o(i))) {
        throw Anomaly.conflict(
                "db.error/unique-conflict",
                "Unique conflict: "
                    + attribute.ident()
                    + ", value: "
                    + Shown.value(value)
                    + " already held by: "
                    + holder
                    + " asserted for: "
                    + e
                    + ".",
                "A unique value belongs to one entity at a time.",
                "Assert the facts on its holder, or retract the value there first.")
            .with("attribute", attribute.ident())
            .with("value", value)
            .with("holder", holder)
            .with("entity", e)
            .toException();
      }
    }
  }
}
