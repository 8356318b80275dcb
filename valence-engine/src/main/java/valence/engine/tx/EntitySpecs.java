package valence.engine.tx;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.List;
import valence.engine.db.Database;
import valence.engine.index.Batch;
import valence.engine.index.Bound;
import valence.engine.index.Cursor;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.schema.Attribute;
import valence.engine.schema.Bootstrap;

/// Checks the entities that `:db/ensure` names against specs of the database before: their
/// attributes, then their predicates, on the database after.
final class EntitySpecs {
  private final Database before;
  private final Functions functions;
  private final Subjects subjects;

  EntitySpecs(Database before, Functions functions, Subjects subjects) {
    this.before = before;
    this.subjects = subjects;
    this.functions = functions;
  }

  /// Finds the predicates, so that what they say of their code can be part of the transaction.
  void prepare(List<Ensured> ensured) {
    for (Ensured each : ensured) {
      for (Object predicate : values(each.spec(), Bootstrap.ENTITY_PREDS)) {
        functions.findPredicate((Symbol) predicate, each.form());
      }
    }
  }

  void check(Database after, List<Ensured> ensured, Tempids tempids) {
    for (Ensured each : ensured) {
      long entity = tempids.entity(each.entity());
      Keyword ident = before.schema().ident(each.spec());
      Object spec = ident == null ? (Object) each.spec() : ident;
      List<Object> missing = new ArrayList<>();
      for (Object name : values(each.spec(), Bootstrap.ENTITY_ATTRS)) {
        Attribute attribute = after.schema().attribute((Keyword) name);
        if (attribute == null || after.value(entity, attribute) == null) {
          missing.add(name);
        }
      }
      if (!missing.isEmpty()) {
        throw Refused.incorrect(
                each.form(),
                "db.error/entity-attr",
                subjects.name(entity)
                    + " is missing attributes "
                    + Shown.value(missing)
                    + " of spec "
                    + Shown.value(spec)
                    + ".",
                "After the transaction the entity must have each attribute that the spec names.",
                "Assert them in the same transaction.")
            .toException();
      }
      for (Object predicate : values(each.spec(), Bootstrap.ENTITY_PREDS)) {
        functions.checkEntity(
            (Symbol) predicate, after, entity, () -> subjects.name(entity), spec, each.form());
      }
    }
  }

  private List<Object> values(long entity, int attribute) {
    List<Object> values = new ArrayList<>();
    Cursor cursor = before.cursor(Order.EAVT, Range.prefix(Bound.ea(entity, attribute)));
    while (cursor.next()) {
      Batch batch = cursor.batch();
      for (int i = batch.start; i < batch.end; i++) {
        values.add(before.value(attribute, batch.v[i], batch.object(i)));
      }
    }
    return values;
  }
}
