package valence.engine.tx;

import clojure.lang.Keyword;
import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.engine.db.Database;
import valence.engine.index.Batch;
import valence.engine.index.Bound;
import valence.engine.index.Cursor;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.schema.Attribute;
import valence.engine.schema.Partition;

/// How messages call entities: as the caller does, by temporary id, ident or unique identity, and
/// by number only when there is no name. Used for refusals alone.
final class Subjects {
  private static final String TX_TEMPID = "datomic.tx";

  private final Database before;
  private final Facts facts;
  private final Tempids tempids;

  Subjects(Database before, Facts facts, Tempids tempids) {
    this.before = before;
    this.facts = facts;
    this.tempids = tempids;
  }

  /// The name of an entity or temporary id, as EDN text.
  String name(long id) {
    Object caller = tempids.caller(id);
    if (caller != null) {
      return Shown.value(caller);
    }
    if (id == Partition.tx(before.basisT() + 1)) {
      return Shown.value(TX_TEMPID);
    }
    if (id < 0 || !before.isIssued(id)) {
      return "a new entity";
    }
    Keyword ident = before.schema().ident(id);
    if (ident != null) {
      return Shown.value(ident);
    }
    Object lookup = lookup(id);
    return lookup == null ? Long.toString(id) : Shown.value(lookup);
  }

  /// A lookup ref of an entity that has a unique identity; null when it has none.
  private @Nullable Object lookup(long entity) {
    Cursor cursor = before.cursor(Order.EAVT, Range.prefix(Bound.e(entity)));
    while (cursor.next()) {
      Batch batch = cursor.batch();
      for (int i = batch.start; i < batch.end; i++) {
        Attribute attribute = before.schema().attribute(batch.a[i]);
        if (attribute != null
            && attribute.unique() == Attribute.Unique.IDENTITY
            && !(attribute.tuple() instanceof Attribute.Tuple.Composite)) {
          return List.of(attribute.ident(), before.value(batch.a[i], batch.v[i], batch.object(i)));
        }
      }
    }
    return null;
  }

  /// The form that says something of an entity and attribute, else of the entity, else
  /// [Facts#NO_FORM].
  int form(long entity, int attribute) {
    int ofEntity = Facts.NO_FORM;
    for (int i = 0; i < facts.count; i++) {
      if (facts.e[i] == entity) {
        if (facts.a[i].id() == attribute) {
          return facts.form[i];
        }
        ofEntity = ofEntity == Facts.NO_FORM ? facts.form[i] : ofEntity;
      }
    }
    return ofEntity;
  }
}
