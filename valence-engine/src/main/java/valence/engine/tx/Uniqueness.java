package valence.engine.tx;

import valence.engine.db.Database;
import valence.engine.index.RowBuffer;
import valence.engine.schema.Attribute;
import valence.engine.schema.Partition;
import valence.engine.schema.Schema;

/// Refuses a second holder of a unique value, judged on the result: a value that its holder loses
/// in the same transaction is free.
final class Uniqueness {
  private final Database before;
  private final Changes changes;
  private final Subjects subjects;

  Uniqueness(Database before, Changes changes, Subjects subjects) {
    this.before = before;
    this.subjects = subjects;
    this.changes = changes;
  }

  /// How many claims were checked.
  int check() {
    RowBuffer opened = changes.opened();
    Claims claims = null;
    for (int i = 0; i < opened.count(); i++) {
      Attribute attribute = before.schema().attribute(opened.a(i));
      if (attribute == null || !attribute.isUnique()) {
        continue;
      }
      long e = opened.e(i);
      claims = claims == null ? new Claims() : claims;
      long other = claims.claim(attribute.id(), opened.v(i), opened.o(i), e);
      if (other != Claims.NOBODY) {
        throw twice(attribute, value(opened, i), other, e);
      }
      if (isKnownToBeFree(attribute, e)) {
        continue;
      }
      Object value = value(opened, i);
      long holder = before.holder(attribute, value);
      if (holder != Schema.NONE
          && holder != e
          && !changes.isClosed(holder, attribute.id(), opened.v(i), opened.o(i))) {
        throw taken(attribute, value, holder, e);
      }
    }
    return claims == null ? 0 : claims.count();
  }

  /// Whether the holder of the value was looked for already: a temporary id that is given an
  /// identity becomes a new entity only when there is no holder. Composite tuples aren't given.
  private boolean isKnownToBeFree(Attribute attribute, long entity) {
    return attribute.unique() == Attribute.Unique.IDENTITY
        && !(attribute.tuple() instanceof Attribute.Tuple.Composite)
        && !before.isIssued(entity)
        && Partition.partition(entity) != Partition.TX;
  }

  private Object value(RowBuffer rows, int row) {
    return before.value(rows.a(row), rows.v(row), rows.o(row));
  }

  private RuntimeException twice(Attribute attribute, Object value, long first, long second) {
    return Changes.conflict(
        said(attribute, value, first),
        subjects.form(first, attribute.id()),
        said(attribute, value, second),
        subjects.form(second, attribute.id()),
        changes.datom(first, attribute, value),
        changes.datom(second, attribute, value),
        attribute.ident() + " is unique: two entities cannot have the value.");
  }

  private String said(Attribute attribute, Object value, long entity) {
    return "[" + subjects.name(entity) + " " + attribute.ident() + " " + Shown.value(value) + "]";
  }

  private RuntimeException taken(Attribute attribute, Object value, long holder, long entity) {
    boolean composite = attribute.tuple() instanceof Attribute.Tuple.Composite;
    return Refused.conflict(
            subjects.form(entity, attribute.id()),
            "db.error/unique-conflict",
            "Unique conflict: "
                + attribute.ident()
                + ", value: "
                + Shown.value(value)
                + " already held by: "
                + subjects.name(holder)
                + " asserted for: "
                + subjects.name(entity)
                + ".",
            "A unique value belongs to one entity at a time.",
            composite && attribute.unique() == Attribute.Unique.IDENTITY && !before.isIssued(entity)
                ? "The parts of a composite tuple don't find its holder: assert the tuple as well."
                : "Assert the facts on its holder, or retract the value there first.")
        .with("attribute", attribute.ident())
        .with("value", value)
        .with("holder", holder)
        .with("entity", entity)
        .toException();
  }
}
