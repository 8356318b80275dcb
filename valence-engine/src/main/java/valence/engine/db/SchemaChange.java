package valence.engine.db;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.engine.index.Batch;
import valence.engine.index.Bound;
import valence.engine.index.Cursor;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.index.RowBuffer;
import valence.engine.index.TimeView;
import valence.engine.schema.Attribute;
import valence.engine.schema.Attribute.Tuple;
import valence.engine.schema.Attribute.Unique;
import valence.engine.schema.Bootstrap;
import valence.engine.schema.Schema;
import valence.engine.value.ValueType;

/// Derives the schema from the facts: the same for a transaction that was just checked, for one
/// replayed from the log, and for a database opened from its indexes.
final class SchemaChange {
  private SchemaChange() {}

  /// The schema after a transaction.
  ///
  /// @param after the facts after the transaction, still with the schema before it
  static Schema apply(Schema before, Database after, Novelty novelty) {
    Set<Long> touched = new LinkedHashSet<>();
    Schema schema = before;
    RowBuffer closed = novelty.closed();
    for (int i = 0; i < closed.count(); i++) {
      if (closed.a(i) == Bootstrap.IDENT) {
        schema = schema.withoutIdent(closed.e(i));
      }
      touch(touched, closed, i);
    }
    RowBuffer opened = novelty.opened();
    for (int i = 0; i < opened.count(); i++) {
      if (opened.a(i) == Bootstrap.IDENT && opened.o(i) instanceof Keyword ident) {
        schema = schema.withIdent(opened.e(i), ident);
      }
      touch(touched, opened, i);
    }
    for (long entity : touched) {
      schema = derive(schema, after, entity);
    }
    return schema;
  }

  /// The schema that the facts of a database make: the one that its transactions have made of the
  /// bootstrap's, one after the other.
  ///
  /// A keyword names whom it named last, and the parts of a composite tuple are those that their
  /// names meant when it was made; so names and attributes are taken in the order of time.
  ///
  /// @param facts any schema that has the bootstrap's attributes will do
  static Schema derive(Database facts) {
    List<Step> steps = new ArrayList<>();
    Database history = facts.withView(TimeView.NOW.withHistory());
    Cursor idents = history.cursor(Order.AEVT, Range.prefix(Bound.a(Bootstrap.IDENT)));
    while (idents.next()) {
      Batch batch = idents.batch();
      for (int i = batch.start; i < batch.end; i++) {
        Keyword ident = (Keyword) facts.value(Bootstrap.IDENT, batch.v[i], batch.object(i));
        steps.add(
            batch.added(i)
                ? new Step.Named(batch.t[i], batch.e[i], ident)
                : new Step.Unnamed(batch.t[i], batch.e[i]));
      }
    }
    Cursor types = facts.cursor(Order.AEVT, Range.prefix(Bound.a(Bootstrap.VALUE_TYPE)));
    List<Long> attributes = new ArrayList<>();
    while (types.next()) {
      Batch batch = types.batch();
      for (int i = batch.start; i < batch.end; i++) {
        attributes.add(batch.e[i]);
        steps.add(new Step.Typed(batch.t[i], batch.e[i]));
      }
    }
    steps.sort(Comparator.comparingLong(Step::t).thenComparingInt(Step::rank));
    Schema schema = Bootstrap.schema();
    for (Step step : steps) {
      schema = step.t() == Bootstrap.T
          ? schema
          : switch (step) {
            case Step.Unnamed(var _, long entity) -> schema.withoutIdent(entity);
            case Step.Named(var _, long entity, Keyword ident) -> schema.withIdent(entity, ident);
            case Step.Typed(var _, long entity) -> derive(schema, facts, entity);
          };
    }
    for (long entity : attributes) {
      schema = derive(schema, facts, entity);
    }
    return schema;
  }

  /// What a transaction did to names and attributes.
  private sealed interface Step {
    long t();

    /// Within a transaction, names are lost before they are given anew.
    default int rank() {
      return switch (this) {
        case Unnamed _ -> 0;
        case Named _ -> 1;
        case Typed _ -> 2;
      };
    }

    record Unnamed(long t, long entity) implements Step {}

    record Named(long t, long entity, Keyword ident) implements Step {}

    record Typed(long t, long entity) implements Step {}
  }

  /// Whether a transaction says anything about schema.
  static boolean isIn(Novelty novelty) {
    return isIn(novelty.opened()) || isIn(novelty.closed());
  }

  private static boolean isIn(RowBuffer rows) {
    for (int i = 0; i < rows.count(); i++) {
      if (defines(rows.a(i))) {
        return true;
      }
    }
    return false;
  }

  private static void touch(Set<Long> touched, RowBuffer rows, int row) {
    if (defines(rows.a(row))) {
      touched.add(rows.e(row));
    }
  }

  private static boolean defines(int attribute) {
    return switch (attribute) {
      case Bootstrap.IDENT,
          Bootstrap.VALUE_TYPE,
          Bootstrap.CARDINALITY,
          Bootstrap.UNIQUE,
          Bootstrap.IS_COMPONENT,
          Bootstrap.INDEX,
          Bootstrap.NO_HISTORY,
          Bootstrap.TUPLE_TYPE,
          Bootstrap.TUPLE_TYPES,
          Bootstrap.TUPLE_ATTRS,
          Bootstrap.ATTR_PREDS -> true;
      default -> false;
    };
  }

  private static Schema derive(Schema schema, Database facts, long entity) {
    Attribute known = schema.attribute(entity);
    Keyword named = schema.ident(entity);
    Keyword ident = named == null && known != null ? known.ident() : named;
    if (ident == null
        || entity >= 1 << 20
        || !(one(facts, entity, Bootstrap.VALUE_TYPE) instanceof Long typeId)) {
      return schema;
    }
    ValueType type = ValueType.ofId(typeId).orElseThrow();
    boolean many = one(facts, entity, Bootstrap.CARDINALITY) instanceof Long cardinality
        && cardinality == Bootstrap.CARDINALITY_MANY;
    List<Symbol> predicates = new ArrayList<>();
    for (Object predicate : all(facts, entity, Bootstrap.ATTR_PREDS)) {
      predicates.add((Symbol) predicate);
    }
    return schema.withAttribute(new Attribute(
        (int) entity,
        ident,
        type,
        many,
        unique(facts, entity),
        Boolean.TRUE.equals(one(facts, entity, Bootstrap.IS_COMPONENT)),
        Boolean.TRUE.equals(one(facts, entity, Bootstrap.INDEX)),
        Boolean.TRUE.equals(one(facts, entity, Bootstrap.NO_HISTORY)),
        known != null && known.tuple() instanceof Tuple.Composite made
            ? made
            : tuple(schema, facts, entity),
        predicates));
  }

  private static Unique unique(Database facts, long entity) {
    if (!(one(facts, entity, Bootstrap.UNIQUE) instanceof Long unique)) {
      return Unique.NONE;
    }
    return unique == Bootstrap.UNIQUE_IDENTITY ? Unique.IDENTITY : Unique.VALUE;
  }

  private static Tuple tuple(Schema schema, Database facts, long entity) {
    if (one(facts, entity, Bootstrap.TUPLE_ATTRS) instanceof List<?> members) {
      List<Integer> attributes = new ArrayList<>();
      for (Object member : members) {
        attributes.add((int) schema.entity((Keyword) member));
      }
      return new Tuple.Composite(attributes);
    }
    if (one(facts, entity, Bootstrap.TUPLE_TYPES) instanceof List<?> idents) {
      List<ValueType> types = new ArrayList<>();
      for (Object ident : idents) {
        types.add(type(schema, (Keyword) ident));
      }
      return new Tuple.Heterogeneous(types);
    }
    if (one(facts, entity, Bootstrap.TUPLE_TYPE) instanceof Keyword ident) {
      return new Tuple.Homogeneous(type(schema, ident));
    }
    return new Tuple.None();
  }

  private static ValueType type(Schema schema, Keyword ident) {
    return ValueType.ofId(schema.entity(ident)).orElseThrow();
  }

  private static @Nullable Object one(Database facts, long entity, int attribute) {
    List<Object> values = all(facts, entity, attribute);
    return values.isEmpty() ? null : values.get(0);
  }

  private static List<Object> all(Database facts, long entity, int attribute) {
    List<Object> values = new ArrayList<>();
    Cursor cursor = facts.cursor(Order.EAVT, Range.prefix(Bound.ea(entity, attribute)));
    while (cursor.next()) {
      Batch batch = cursor.batch();
      for (int i = batch.start; i < batch.end; i++) {
        values.add(facts.value(attribute, batch.v[i], batch.object(i)));
      }
    }
    return values;
  }
}
