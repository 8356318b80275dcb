package valence.engine.pull;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Index;
import valence.edn.Edn;
import valence.edn.Persistent;
import valence.engine.db.AvetAccess;
import valence.engine.db.Database;
import valence.engine.db.EntityRef;
import valence.engine.db.UnknownName;
import valence.engine.function.FunctionResolver;
import valence.engine.index.Bound;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.index.RowStream;
import valence.engine.schema.Attribute;
import valence.engine.schema.Schema;

/// A pattern pulled from entities in the order of one attribute in an index.
final class IndexPull {
  private static final int START_MAX = 3;

  private final Database db;
  private final Index index;
  private final List<?> start;

  private IndexPull(Database db, Index index, List<?> start) {
    this.db = db;
    this.index = index;
    this.start = start;
  }

  static Stream<Map<Object, Object>> stream(
      Database db,
      Index index,
      PullPattern pattern,
      Collection<?> start,
      boolean reverse,
      FunctionResolver functions) {
    Pull.checkView(db);
    IndexPull pull = new IndexPull(db, index, Arrays.asList(Persistent.items(start)));
    Attribute attribute = pull.attribute();
    Bound from = pull.bound(attribute);
    Bound all = Bound.a(attribute.id());
    Order order = index == Index.AVET ? Order.AVET : Order.AEVT;
    Range range = reverse ? new Range(all, true, from, true) : new Range(from, true, all, true);
    Puller puller = new Puller(db, functions);
    return RowStream.of(
        () -> reverse ? db.descending(order, range) : db.cursor(order, range),
        (batch, row) ->
            Pull.orEmpty(puller.pull(pattern, order == Order.AVET ? batch.e[row] : batch.v[row])));
  }

  private Attribute attribute() {
    if (index != Index.AVET && index != Index.AEVT) {
      throw Anomaly.incorrect(
              "db.error/not-an-attribute",
              "An index pull was asked of the index " + index + ".",
              "Expected :avet, which pulls e, or :aevt, which pulls v.",
              "Use datoms for the other indexes.")
          .toException();
    }
    if (start.isEmpty() || start.contains(null)) {
      throw Anomaly.incorrect(
              "db.error/nil-input",
              start.isEmpty()
                  ? "The start of an index pull is empty."
                  : "The start of an index pull contains nil.",
              "Expected the attribute, and the values to start at.",
              "Begin it with an attribute.")
          .toException();
    }
    if (start.size() > START_MAX) {
      throw invalid(
          "The start of an index pull has " + start.size() + " components.",
          "Expected at most the attribute, a value and an entity.");
    }
    Attribute attribute = EntityRef.attribute(db, start.get(0));
    if (attribute == null) {
      throw UnknownName.attribute(db.schema(), start.get(0));
    }
    if (index == Index.AEVT && !(attribute.isRef() && attribute.many())) {
      throw invalid(
          attribute.ident() + " is not a reference of cardinality many, as required for :aevt.",
          "Expected an attribute whose values are entities to be pulled.");
    }
    if (index == Index.AVET) {
      AvetAccess.require(db, attribute);
    }
    if (index == Index.AVET && attribute.many() && start.size() == 1) {
      throw invalid(
          attribute.ident() + " is card-many, and the start of the index pull has no value.",
          "Expected [attribute value …].");
    }
    return attribute;
  }

  private Bound bound(Attribute attribute) {
    int a = attribute.id();
    if (start.size() == 1) {
      return Bound.a(a);
    }
    if (index == Index.AEVT) {
      long e = entity(start.get(1));
      return start.size() == 2 ? Bound.ae(a, e) : Bound.eav(e, a, entity(start.get(2)), null);
    }
    Object value = EntityRef.value(db, attribute, start.get(1));
    if (value == null) {
      throw invalid(
          "The start value " + Edn.print(start.get(1)) + " is no value of " + attribute.ident()
              + ".",
          "Expected one of type " + attribute.type().ident() + ".");
    }
    Bound bound = Database.bound(attribute, value);
    return start.size() == 2 ? bound : Bound.eav(entity(start.get(2)), a, bound.v(), bound.o());
  }

  private long entity(@Nullable Object ref) {
    long entity = EntityRef.resolve(db, ref);
    if (entity == Schema.NONE) {
      throw UnknownName.entity(db.schema(), ref);
    }
    return entity;
  }

  private static AnomalyException invalid(String wrong, String expected) {
    return Anomaly.incorrect(
            "db.error/invalid-pull", wrong, expected, "Change the start or the attribute.")
        .toException();
  }
}
