package valence.engine.tx;

import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.engine.db.Database;
import valence.engine.index.Batch;
import valence.engine.index.Bound;
import valence.engine.index.Cursor;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.schema.Attribute;
import valence.engine.schema.Schema;
import valence.engine.value.ValueOrder;
import valence.engine.value.ValueType;

/// `:db/cas` and `:db/retractEntity`: functions of the database before, written here for speed.
final class BuiltIns {
  private final Database before;
  private final Names names;
  private final Expansion expansion;
  private final Current current;

  BuiltIns(Database before, Names names, Expansion expansion) {
    this.before = before;
    this.names = names;
    this.expansion = expansion;
    this.current = new Current(before);
  }

  /// `[:db/cas entity attribute old new]`: asserts new if old is the value, nil standing for none.
  void compareAndSet(@Nullable Object[] items, int form) {
    long entity = names.entity(items[1], form);
    Attribute attribute = names.attribute(items[2], form);
    if (attribute.many()) {
      throw Refused.incorrect(
              form,
              "db.error/invalid-cas-many",
              attribute.ident() + " has cardinality many.",
              "attribute must be cardinality-one: only then there is one value to compare with.",
              "Use :db/add and :db/retract, or a transaction function.")
          .with("attribute", attribute.ident())
          .toException();
    }
    if (items[4] == null) {
      throw Refused.incorrect(
              form,
              "db.error/invalid-cas",
              "the new value is nil.",
              "entity, attribute, and new-value must be specified.",
              "To remove a value, use :db/retract with the value.")
          .toException();
    }
    Object value = null;
    if (entity >= 0 && current.find(entity, attribute.id())) {
      value = before.value(attribute.id(), current.key, current.object);
    }
    if (!same(attribute, items[3], value)) {
      Anomaly anomaly = Refused.conflict(
              form,
              "db.error/cas-failed",
              "Compare failed: " + Shown.value(items[3]) + " " + Shown.value(value) + ".",
              "The value of "
                  + attribute.ident()
                  + " is no longer the one that the transaction was made from.",
              "Read it again and decide anew. Of a reference, the old value is an entity id.")
          .with("e", entity < 0 ? Shown.value(items[1]) : (Object) entity)
          .with("a", attribute.ident())
          .with("datomic/cancelled", true);
      anomaly = items[3] == null ? anomaly : anomaly.with("v-old", items[3]);
      throw (value == null ? anomaly : anomaly.with("v", value)).toException();
    }
    expansion.add(entity, attribute, items[4]);
  }

  private static boolean same(Attribute attribute, @Nullable Object old, @Nullable Object value) {
    if (old == null || value == null) {
      return old == null && value == null;
    }
    if (value instanceof Number current) {
      return old instanceof Number number && sameNumber(number, current);
    }
    Object normal = attribute.type().normalize(old);
    if (normal == null) {
      return false;
    }
    return attribute.type() == ValueType.TUPLE
        ? normal.equals(value)
        : ValueOrder.compare(normal, value) == 0;
  }

  /// Numbers are the same within their category, of whatever width and scale: whole numbers,
  /// floating ones, decimals.
  private static boolean sameNumber(Number x, Number y) {
    if (x instanceof BigDecimal || y instanceof BigDecimal) {
      return x instanceof BigDecimal dx && y instanceof BigDecimal dy && dx.compareTo(dy) == 0;
    }
    if (isFloating(x) || isFloating(y)) {
      return isFloating(x) && isFloating(y) && x.doubleValue() == y.doubleValue();
    }
    return x.toString().equals(y.toString()); // whole numbers of any class
  }

  private static boolean isFloating(Number number) {
    return number instanceof Double || number instanceof Float;
  }

  /// `[:db/retractEntity entity]`: retracts what is said of the entity, what refers to it, and the
  /// same for each component that it owns. An entity that isn't there has nothing to retract.
  void retractEntity(@Nullable Object named, int form) {
    long root = names.existing(named, form);
    if (root == Schema.NONE) {
      return;
    }
    Set<Long> seen = new HashSet<>();
    ArrayDeque<Long> open = new ArrayDeque<>();
    seen.add(root);
    open.add(root);
    while (!open.isEmpty()) {
      long entity = open.remove();
      Cursor said = before.cursor(Order.EAVT, Range.prefix(Bound.e(entity)));
      while (said.next()) {
        Batch batch = said.batch();
        for (int i = batch.start; i < batch.end; i++) {
          Attribute attribute = retract(batch, i);
          if (attribute.component() && attribute.isRef() && seen.add(batch.v[i])) {
            open.add(batch.v[i]);
          }
        }
      }
      Cursor referring = before.cursor(Order.VAET, Range.prefix(Bound.v(entity)));
      while (referring.next()) {
        Batch batch = referring.batch();
        for (int i = batch.start; i < batch.end; i++) {
          retract(batch, i);
        }
      }
    }
  }

  private Attribute retract(Batch batch, int row) {
    Attribute attribute = before.schema().attribute(batch.a[row]);
    if (attribute == null) {
      throw new IllegalStateException("no attribute has id " + batch.a[row]);
    }
    expansion.retract(batch.e[row], attribute, batch.v[row], batch.object(row), Facts.RETRACT);
    return attribute;
  }
}
