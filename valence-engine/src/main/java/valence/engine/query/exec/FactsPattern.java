package valence.engine.query.exec;

import clojure.lang.Keyword;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.db.Database;
import valence.engine.db.EntityRef;
import valence.engine.db.UnknownName;
import valence.engine.index.Bound;
import valence.engine.index.DistinctCounts;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.Forms;
import valence.engine.query.syntax.Term;
import valence.engine.query.syntax.Term.Variable;
import valence.engine.schema.Attribute;
import valence.engine.schema.Partition;
import valence.engine.schema.Schema;
import valence.engine.value.ValueType;

/// A pattern over a database, with its constants resolved. [FactsJoin] runs it.
final class FactsPattern {
  /// Rows looked at for an estimate.
  private static final int SAMPLES = 16;

  static final long NO_ENTITY = Schema.NONE;

  // What time of a database is looked at, as far as its keys depend on it.
  private static final int NOW = 0;
  private static final int THEN = 1;
  private static final int HISTORY = 2;
  private static final int VIEWS = 3;

  /// The components of a datom, in the order of a pattern's terms.
  enum Part {
    E,
    A,
    V,
    TX,
    ADDED
  }

  private final Database db;
  private final Clause.Pattern clause;
  private final Map<Part, Variable> variables;
  private final @Nullable Attribute attribute; // when the term is a constant, or bound
  private final @Nullable Long entity;
  private final @Nullable Object value; // normalized for the attribute when that is known
  private final @Nullable Long t;
  private final @Nullable Boolean added;
  private final boolean impossible; // no datom can match
  private final @Nullable ValueBounds bounds; // of the values, when they are known
  private final AtomicReferenceArray<@Nullable List<Set<Variable>>> keysByView; // once asked for
  private long rowCount = -1; // that match the constants; negative until somebody asks

  /// Resolves the constants; fails where one names nothing.
  static FactsPattern of(Database db, Clause.Pattern clause) {
    return new FactsPattern(db, clause, null, null);
  }

  /// The same pattern over another database with the same schema.
  private FactsPattern(Database db, FactsPattern other) {
    this.db = db;
    clause = other.clause;
    variables = other.variables;
    attribute = other.attribute;
    entity = other.entity;
    value = other.value;
    t = other.t;
    added = other.added;
    impossible = other.impossible;
    bounds = other.bounds;
    keysByView = other.keysByView;
  }

  /// The pattern in another database, which has the same schema, if [#isOfSchema].
  FactsPattern over(Database other) {
    return new FactsPattern(other, this);
  }

  /// Whether the constants mean the same in each database with this schema: no lookup ref is among
  /// them.
  boolean isOfSchema() {
    for (Term term : clause.terms()) {
      if (term instanceof Term.Constant(Object constant) && constant instanceof List<?>) {
        return false;
      }
    }
    return true;
  }

  /// Whether the attribute is what rows or inputs say.
  boolean hasVariableAttribute() {
    return variables.containsKey(Part.A);
  }

  private FactsPattern(
      Database db, Clause.Pattern clause, @Nullable Attribute bound, @Nullable ValueBounds bounds) {
    this.db = db;
    this.clause = clause;
    this.bounds = bounds;
    variables = new LinkedHashMap<>();
    keysByView = new AtomicReferenceArray<>(VIEWS);
    boolean never = false;
    List<Term> terms = clause.terms();
    for (Part part : Part.values()) {
      if (part.ordinal() < terms.size()
          && terms.get(part.ordinal()) instanceof Variable variable
          && !(part == Part.A && bound != null)) {
        variables.put(part, variable);
      }
    }
    Object e = constant(Part.E);
    Long entityId = null;
    if (e != null) {
      entityId = entity(db, e);
      if (entityId == NO_ENTITY) {
        throw unresolved(e);
      }
    }
    entity = entityId;
    Object a = constant(Part.A);
    Attribute known = bound;
    if (a != null && bound == null) {
      known = attribute(db, a);
      never = known == null;
    }
    attribute = known;
    Object v = constant(Part.V);
    Object normalized = v == null ? null : Values.normalize(v);
    if (v != null && attribute != null) {
      normalized = value(db, attribute, v);
      never |= normalized == null || normalized instanceof byte[];
      if (attribute.isRef() && normalized == null && isReference(v)) {
        throw unresolved(v);
      }
    }
    value = normalized;
    Object tx = constant(Part.TX);
    never |= tx != null && !isTx(tx);
    t = tx != null && isTx(tx) ? (Long) Partition.t((Long) tx) : null;
    Object op = constant(Part.ADDED);
    never |= op != null && !(op instanceof Boolean);
    added = op instanceof Boolean flag ? flag : null;
    impossible = never || bounds != null && bounds.isEmpty();
  }

  /// The pattern for rows whose variable for the attribute is that one.
  FactsPattern of(Attribute named) {
    return new FactsPattern(db, clause, named, null);
  }

  /// The values that this pattern could find of a variable and a comparison lets pass; null when
  /// the comparison can't be a matter of this pattern's index.
  ///
  /// @param function such as `<`, the variable being its first argument
  /// @param constant normalized
  @Nullable ValueBounds bounds(Variable variable, String function, Object constant) {
    return attribute != null && variable.equals(variables.get(Part.V))
        ? ValueBounds.of(attribute, function, constant)
        : null;
  }

  /// The same pattern, of values within bounds alone.
  FactsPattern within(ValueBounds more) {
    return new FactsPattern(db, clause, null, more.and(bounds));
  }

  Database db() {
    return db;
  }

  Object form() {
    return clause.form();
  }

  /// The variables by place; one may stand in two.
  Map<Part, Variable> variables() {
    return variables;
  }

  @Nullable Attribute attribute() {
    return attribute;
  }

  @Nullable Long entity() {
    return entity;
  }

  /// The constant, normalized.
  @Nullable Object value() {
    return value;
  }

  @Nullable Long t() {
    return t;
  }

  @Nullable Boolean added() {
    return added;
  }

  @Nullable ValueBounds bounds() {
    return bounds;
  }

  /// Whether no datom can match.
  boolean isImpossible() {
    return impossible;
  }

  /// The places of which no two matching datoms have equal values.
  List<Set<Variable>> keys() {
    boolean isNow = db.view().withFilter(false).isNow();
    int view = isNow ? NOW : db.view().history() ? HISTORY : THEN;
    List<Set<Variable>> known = keysByView.get(view);
    if (known == null) {
      known = findKeys(isNow);
      keysByView.set(view, known);
    }
    return known;
  }

  private List<Set<Variable>> findKeys(boolean isNow) {
    if (attribute == null) {
      return List.of();
    }
    List<Set<Part>> candidates = new ArrayList<>();
    if (isNow && !attribute.many()) {
      candidates.add(EnumSet.of(Part.E));
    }
    if (tellsValues(attribute.type())) {
      if (isNow && attribute.isUnique()) {
        candidates.add(EnumSet.of(Part.V));
      }
      candidates.add(
          db.view().history()
              ? EnumSet.of(Part.E, Part.V, Part.TX, Part.ADDED)
              : EnumSet.of(Part.E, Part.V));
    }
    List<Set<Variable>> keys = new ArrayList<>();
    for (Set<Part> candidate : candidates) {
      Set<Variable> key = new LinkedHashSet<>();
      boolean isKnown = true;
      for (Part part : candidate) {
        Variable variable = variables.get(part);
        if (variable != null) {
          key.add(variable);
        } else {
          isKnown &= constant(part) != null;
        }
      }
      if (isKnown) {
        keys.add(key);
      }
    }
    return keys;
  }

  /// Whether what is two values to a database is two to a query.
  static boolean tellsValues(ValueType type) {
    return type.inline() || ValueCodes.fit(type);
  }

  private @Nullable Object constant(Part part) {
    return part.ordinal() < clause.terms().size()
            && clause.terms().get(part.ordinal()) instanceof Term.Constant(Object constant)
        ? Values.normalize(constant)
        : null;
  }

  private static boolean isTx(Object value) {
    return value instanceof Long tx && Partition.tx(Partition.t(tx)) == tx;
  }

  private static boolean isReference(Object value) {
    return value instanceof Keyword || value instanceof List<?>;
  }

  private static AnomalyException unresolved(Object key) {
    return Anomaly.of(
            Anomaly.Category.INCORRECT,
            "Cannot resolve key: " + Forms.show(key) + ".",
            "Expected an entity id, an ident, or a lookup ref that names an entity here.")
        .toException();
  }

  /// The entity of an id, ident or lookup ref; -1 when there is none.
  private static long entity(Database db, @Nullable Object ref) {
    return ref instanceof Long || ref != null && isReference(ref)
        ? EntityRef.resolve(db, ref)
        : NO_ENTITY;
  }

  /// The attribute that a term names; null when an entity id or ident names no attribute.
  private static @Nullable Attribute attribute(Database db, @Nullable Object named) {
    long id = entity(db, named);
    if (id == NO_ENTITY && !(named instanceof Long)) {
      throw UnknownName.attribute(db.schema(), named);
    }
    return db.schema().attribute(id);
  }

  /// The normalized value that the attribute may hold; null when it can't.
  private static @Nullable Object value(Database db, Attribute attribute, @Nullable Object value) {
    Object normalized = Values.normalize(value);
    return switch (attribute.type()) {
      case FLOAT -> normalized instanceof Float ? normalized : null;
      case LONG ->
        normalized instanceof BigInteger big && Values.fitsLong(big)
            ? (Object) big.longValue()
            : attribute.type().normalize(normalized == null ? Boolean.FALSE : normalized);
      case BIGINT ->
        normalized instanceof Long number
            ? BigInteger.valueOf(number)
            : normalized instanceof BigInteger ? normalized : null;
      case REF -> {
        long ref = entity(db, normalized);
        yield ref == NO_ENTITY ? null : (Object) ref;
      }
      default -> EntityRef.value(db, attribute, normalized);
    };
  }

  /// Fails for values of inputs that name no entity or attribute, whatever else the query does.
  void checkInput(Variable variable, Column column, int count) {
    for (Map.Entry<Part, Variable> entry : variables.entrySet()) {
      if (!entry.getValue().equals(variable)) {
        continue;
      }
      boolean refs = entry.getKey() == Part.V && attribute != null && attribute.isRef();
      if (column instanceof Column.Keys && entry.getKey() != Part.A) {
        continue; // no key is the name of an entity
      }
      for (int row = 0; row < count; row++) {
        Object key = column.value(row);
        if (entry.getKey() == Part.A) {
          attribute(db, key);
        } else if ((entry.getKey() == Part.E || refs)
            && key != null
            && isReference(key)
            && entity(db, key) == NO_ENTITY) {
          throw unresolved(key);
        }
      }
    }
  }

  /// Adds what makes the pattern match nothing although it isn't refused: names of entities that no
  /// entity has, and entities that are no attributes where one is expected.
  void addDoubts(Relation current, Set<Doubt> doubts) {
    if (constant(Part.A) instanceof Object named && attribute == null) {
      doubts.add(new Doubt.NoAttribute(named));
    }
    Object constant = constant(Part.V);
    if (constant instanceof byte[]) {
      doubts.add(new Doubt.Bytes());
    } else if (constant != null && attribute != null && value == null) {
      doubts.add(new Doubt.OtherType(constant, attribute));
    }
    if (attribute == null
        && constant instanceof Keyword
        && EntityRef.resolve(db, constant) != NO_ENTITY) {
      doubts.add(new Doubt.Literal(constant));
    }
    if (Boolean.FALSE.equals(added) && !db.view().history()) {
      doubts.add(new Doubt.NotHistory());
    }
    Object tx = constant(Part.TX);
    if (tx != null && !isTx(tx)) {
      doubts.add(new Doubt.NoTransaction(tx));
    }
    for (Map.Entry<Part, Variable> entry : variables.entrySet()) {
      Part part = entry.getKey();
      boolean refs = part == Part.E || part == Part.V && attribute != null && attribute.isRef();
      if (!current.has(entry.getValue()) || !(refs || part == Part.A || part == Part.V)) {
        continue;
      }
      Column column = current.column(entry.getValue());
      if (part == Part.V && !refs) {
        addDoubtsOfValues(column, current.count(), doubts);
        continue;
      }
      for (int row = 0; row < current.count() && doubts.size() < Doubt.COUNT_MAX; row++) {
        Object named = column.value(row);
        if (named == null) {
          continue;
        }
        if (part == Part.A) {
          if (attributeAt(column, named) == null) {
            doubts.add(new Doubt.NoAttribute(named));
          }
        } else if (isReference(named) && entityAt(column, row) == NO_ENTITY) {
          doubts.add(new Doubt.NoEntity(named));
        }
      }
    }
  }

  private void addDoubtsOfValues(Column column, int count, Set<Doubt> doubts) {
    for (int row = 0; row < count && doubts.size() < Doubt.COUNT_MAX; row++) {
      Object given = column.value(row);
      if (given == null || attribute == null) {
        continue;
      }
      if (isBytesOfQuery(column, given)) {
        doubts.add(new Doubt.Bytes());
      } else if (value(db, attribute, given) == null) {
        doubts.add(new Doubt.OtherType(given, attribute));
      }
    }
  }

  /// Whether an index can find the pattern's rows once the variables are bound.
  boolean isFindable(Set<Variable> bound) {
    return impossible
        || attribute != null
        || entity != null
        || value instanceof Long
        || isBound(Part.E, bound)
        || isBound(Part.A, bound);
  }

  /// Whether at least the values are known, which finds references.
  boolean isFindableByValue(Set<Variable> bound) {
    return value != null || isBound(Part.V, bound);
  }

  /// Whether the pattern finds keywords that another has for names of attributes.
  boolean findsNames(FactsPattern other) {
    Variable names = other.variables.get(Part.A);
    return names != null
        && names.equals(variables.get(Part.V))
        && attribute != null
        && attribute.type() == ValueType.KEYWORD;
  }

  private boolean isBound(Part part, Set<Variable> bound) {
    Variable variable = variables.get(part);
    return variable != null && bound.contains(variable);
  }

  /// What the pattern says of its one or two variables; null when it isn't of that kind.
  @Nullable Link link() {
    Variable e = variables.get(Part.E);
    Variable v = variables.get(Part.V);
    int count = (e == null ? 0 : 1) + (v == null ? 0 : 1);
    return impossible
            || attribute == null
            || t != null
            || added != null
            || count == 0
            || count < variables.size()
            || Objects.equals(e, v)
        ? null
        : new Link(
            clause, db, attribute, e, v, order(entity, value), range(entity, value), rowCount());
  }

  Range range(@Nullable Long e, @Nullable Object v) {
    if (attribute != null) {
      int a = attribute.id();
      if (v != null) {
        long key = attribute.type().key(v);
        Object object = attribute.type().inline() ? null : v;
        return Range.prefix(e == null ? Bound.av(a, key, object) : Bound.eav(e, a, key, object));
      }
      return Range.prefix(e == null ? Bound.a(a) : Bound.ea(e, a));
    }
    return Range.prefix(e != null ? Bound.e(e) : Bound.v((Long) Objects.requireNonNull(v)));
  }

  Order order(@Nullable Long e, @Nullable Object v) {
    if (e != null) {
      return Order.EAVT;
    }
    return attribute == null ? Order.VAET : v != null ? Order.AVET : Order.AEVT;
  }

  /// The range as explain shows it, such as `AVET :person/name = "Ivan"`.
  String text(@Nullable Long e, @Nullable Object v) {
    StringBuilder text = new StringBuilder(order(e, v).name());
    if (e != null) {
      text.append(' ').append(e);
    }
    if (attribute != null) {
      text.append(' ').append(Forms.show(attribute.ident()));
    }
    if (v != null && (e == null || attribute != null)) {
      text.append(" = ").append(Forms.show(v));
    }
    return text.toString();
  }

  /// Whether the range says all, or can't be made.
  boolean hasRange(@Nullable Long e, @Nullable Object v) {
    return attribute != null || e != null || v instanceof Long;
  }

  long count(@Nullable Long e, @Nullable Object v) {
    if (e == null && v == null && bounds != null) {
      return db.countMax(Order.AVET, bounds.range());
    }
    return hasRange(e, v) ? db.countMax(order(e, v), range(e, v)) : 0;
  }

  /// How many rows the join with the current relation would have, about.
  double estimate(Relation current) {
    if (impossible || current.count() == 0) {
      return 0;
    }
    Variable a = variables.get(Part.A);
    Variable e = variables.get(Part.E);
    Variable v = variables.get(Part.V);
    boolean hasA = a != null && current.has(a);
    boolean hasE = e != null && current.has(e);
    boolean hasV = v != null && current.has(v);
    if (!hasA && !hasE && !hasV) {
      return (double) rowCount() * current.count();
    }
    if (!hasA && !db.view().history() && attribute != null) {
      if (hasE && !attribute.many() || hasE && (hasV || value != null)) {
        // One row each at most, and for a value that is known as many as its share.
        return hasV
            ? current.count() / 2.0
            : value == null && bounds == null ? current.count() : current.count() * share();
      }
      if (hasV && attribute.isUnique()) {
        return current.count();
      }
    }
    int samples = Math.min(SAMPLES, current.count());
    double sum = 0;
    for (int i = 0; i < samples; i++) {
      int row = (int) ((long) i * current.count() / samples);
      FactsPattern pattern = this;
      if (hasA) {
        Column column = current.column(requireVariable(Part.A));
        Attribute named = attributeAt(column, column.value(row));
        if (named == null) {
          continue;
        }
        pattern = of(named);
      }
      sum += pattern.sample(
          hasE ? current.column(requireVariable(Part.E)) : null,
          hasV ? current.column(requireVariable(Part.V)) : null,
          row);
    }
    return sum > 0 || hasE || hasA
        ? sum / samples * current.count()
        : unseen(samples, current.count());
  }

  /// How many rows a join by value may have although a sample of its values has found none: where
  /// many rows have few values, one of those that weren't asked for may have most of them.
  private double unseen(int samples, int count) {
    DistinctCounts.Of distinct = count <= samples ? null : distinctAbout();
    if (distinct == null || impossible) {
      return 0;
    }
    double rows = rowCount();
    double values = Math.max(1, Math.min(distinct.values(), rows));
    return Math.min(count * rows / Math.max(count, values), count * (rows / values) / samples);
  }

  /// What is known of the attribute; null when nothing is.
  DistinctCounts.@Nullable Of distinctAbout() {
    return attribute == null ? null : db.distinctAbout(attribute);
  }

  /// About how many different entities, and how many different values, the rows that match the
  /// constants have; null where that isn't known.
  double @Nullable [] distinct() {
    DistinctCounts.Of counted = distinctAbout();
    if (counted == null || attribute == null) {
      return null;
    }
    double rows = rowCount();
    double share = bounds == null ? 1 : share();
    double entities = attribute.many() && value == null ? counted.entities() : rows;
    double values = attribute.isUnique() || entity != null ? rows : counted.values() * share;
    return new double[] {
      entity != null ? 1 : Math.max(1, Math.min(rows, entities)),
      value != null ? 1 : Math.max(1, Math.min(rows, values))
    };
  }

  /// Which share of the attribute's rows has the value, or one within the bounds.
  double share() {
    return impossible
        ? 0
        : (double) rowCount() / Math.max(1, db.countMax(order(null, null), range(null, null)));
  }

  /// Whether one row, joined with the pattern, can't become two, as far as the schema says.
  boolean isAtMostOne(Relation current) {
    return attribute != null
        && !db.view().history()
        && (!attribute.many() && (entity != null || isKnown(Part.E, current))
            || attribute.isUnique() && (value != null || isKnown(Part.V, current)));
  }

  /// Whether a row that binds some variables can't become two, as far as the schema says.
  boolean isAtMostOne(Set<Variable> bound) {
    boolean hasEntity = entity != null || isBound(Part.E, bound);
    boolean hasValue = value != null || isBound(Part.V, bound);
    return attribute != null
        && !db.view().history()
        && (hasEntity && (!attribute.many() || hasValue) || attribute.isUnique() && hasValue);
  }

  /// Whether it has a variable of some.
  boolean isConnected(Set<Variable> bound) {
    return isBound(Part.E, bound) || isBound(Part.V, bound);
  }

  private boolean isKnown(Part part, Relation current) {
    Variable variable = variables.get(part);
    return variable != null && current.has(variable);
  }

  /// How many rows match the constants, asked once.
  long rowCount() {
    if (rowCount < 0) {
      rowCount = count(entity, value);
    }
    return rowCount;
  }

  Variable requireVariable(Part part) {
    return Objects.requireNonNull(variables.get(part));
  }

  private double sample(@Nullable Column es, @Nullable Column vs, int row) {
    if (impossible) {
      return 0;
    }
    Long e = entity;
    if (es != null) {
      long key = entityAt(es, row);
      if (key == NO_ENTITY) {
        return 0;
      }
      e = key;
    }
    Object v = value;
    if (vs != null) {
      v = valueAt(vs, row);
      if (v == null) {
        return 0;
      }
    }
    return count(e, v);
  }

  private @Nullable Attribute attributeOrNull(@Nullable Object named) {
    return named instanceof List<?> ? null : db.schema().attribute(entity(db, named));
  }

  /// A tuple that was found isn't meant as a lookup ref, and needn't be one.
  @Nullable Attribute attributeAt(Column column, @Nullable Object named) {
    return named instanceof List<?> && column instanceof Column.Objects(var values, boolean foreign)
        ? foreign ? db.schema().attribute(lenientEntity(named)) : null
        : attributeOrNull(named);
  }

  long entityAt(Column column, int row) {
    return switch (column) {
      case Column.Keys(Kind kind, long[] keys) -> kind == Kind.LONG ? keys[row] : NO_ENTITY;
      case Column.Codes ignored -> NO_ENTITY;
      case Column.Objects(Object[] values, boolean foreign) ->
        values[row] instanceof Long id ? id : foreign ? lenientEntity(values[row]) : NO_ENTITY;
    };
  }

  /// A list that a function made needn't be meant as a lookup ref.
  private long lenientEntity(@Nullable Object ref) {
    if (ref instanceof List<?> lookup) {
      Attribute unique = lookup.size() == 2 ? attributeOrNull(lookup.get(0)) : null;
      return unique != null && unique.isUnique() ? EntityRef.resolve(db, ref) : NO_ENTITY;
    }
    return entity(db, ref);
  }

  /// Byte arrays that a query brings aren't equal to any that a database holds, as arrays of two
  /// makers aren't for the reference; those of the database are, by content.
  private static boolean isBytesOfQuery(Column column, Object value) {
    return value instanceof byte[]
        && column instanceof Column.Objects(var values, boolean foreign)
        && foreign;
  }

  /// The value that a row's value is in the pattern's place of v; null when it can't be one.
  @Nullable Object valueAt(Column column, int row) {
    if (attribute == null || attribute.isRef()) {
      if (attribute == null) {
        return column.value(row);
      }
      long ref = entityAt(column, row);
      return ref == NO_ENTITY ? null : (Object) ref;
    }
    Object found = column.value(row);
    return found == null || isBytesOfQuery(column, found) ? null : value(db, attribute, found);
  }
}
