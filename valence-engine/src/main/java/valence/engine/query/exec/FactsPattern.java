package valence.engine.query.exec;

import clojure.lang.Keyword;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.db.Database;
import valence.engine.db.EntityRef;
import valence.engine.db.UnknownName;
import valence.engine.index.Batch;
import valence.engine.index.Bound;
import valence.engine.index.Cursor;
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

/// A pattern over a database, with its constants resolved.
///
/// A bound variable turns into index probes, one per distinct value, when its values are few beside
/// the rows of the pattern; otherwise the pattern's rows are scanned once and hash-joined.
final class FactsPattern {
  /// Rows that a scan reads in the time of one probe, about.
  private static final int ROWS_PER_PROBE = 32;

  /// Rows looked at for an estimate.
  private static final int SAMPLES = 16;

  private static final long NO_ENTITY = Schema.NONE;

  /// The components of a datom, in the order of a pattern's terms.
  private enum Part {
    E,
    A,
    V,
    TX,
    ADDED
  }

  private final Database db;
  private final Clause.Pattern clause;
  private final Map<Part, Variable> variables = new LinkedHashMap<>();
  private final @Nullable Attribute attribute; // when the term is a constant, or bound
  private final @Nullable Long entity;
  private final @Nullable Object value; // normalized for the attribute when that is known
  private final @Nullable Long t;
  private final @Nullable Boolean added;
  private final boolean impossible; // no datom can match

  /// Resolves the constants; fails where one names nothing.
  static FactsPattern of(Database db, Clause.Pattern clause) {
    return new FactsPattern(db, clause, null);
  }

  private FactsPattern(Database db, Clause.Pattern clause, @Nullable Attribute bound) {
    this.db = db;
    this.clause = clause;
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
    impossible = never;
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

  private Range range(@Nullable Long e, @Nullable Object v) {
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

  private Order order(@Nullable Long e, @Nullable Object v) {
    if (e != null) {
      return Order.EAVT;
    }
    return attribute == null ? Order.VAET : v != null ? Order.AVET : Order.AEVT;
  }

  /// Whether the range says all, or can't be made.
  private boolean hasRange(@Nullable Long e, @Nullable Object v) {
    return attribute != null || e != null || v instanceof Long;
  }

  private long count(@Nullable Long e, @Nullable Object v) {
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
      return (double) count(entity, value) * current.count();
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
        pattern = new FactsPattern(db, clause, named);
      }
      sum += pattern.sample(
          hasE ? current.column(requireVariable(Part.E)) : null,
          hasV ? current.column(requireVariable(Part.V)) : null,
          row);
    }
    return sum / samples * current.count();
  }

  private Variable requireVariable(Part part) {
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
  private @Nullable Attribute attributeAt(Column column, @Nullable Object named) {
    return named instanceof List<?> && column instanceof Column.Objects(var values, boolean foreign)
        ? foreign ? db.schema().attribute(lenientEntity(named)) : null
        : attributeOrNull(named);
  }

  private long entityAt(Column column, int row) {
    return switch (column) {
      case Column.Keys(Kind kind, long[] keys) -> kind == Kind.LONG ? keys[row] : NO_ENTITY;
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
  private @Nullable Object valueAt(Column column, int row) {
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

  /// The rows of the current relation, each with every datom that matches it.
  Relation join(Relation current, Budget budget) {
    Variable a = variables.get(Part.A);
    if (a != null && current.has(a) && !impossible) {
      return joinByAttribute(current, a, budget);
    }
    Variable e = variables.get(Part.E);
    Variable v = variables.get(Part.V);
    boolean hasE = e != null && current.has(e);
    boolean hasV = v != null && current.has(v);
    if (impossible) {
      return Relation.empty(joined(current));
    }
    boolean scannable = hasRange(entity, value);
    long scan = scannable ? count(entity, value) : Long.MAX_VALUE;
    if ((hasE || hasV) && (!scannable || (long) current.count() * ROWS_PER_PROBE < scan)) {
      return probe(current, hasE, budget);
    }
    Found found = new Found();
    found.scan(entity, value, budget);
    return hashJoin(current, found, budget);
  }

  private Set<Variable> joined(Relation current) {
    Set<Variable> all = current.variableSet();
    all.addAll(variables.values());
    return all;
  }

  /// Splits the rows by attribute, so that each part knows its attribute's type.
  private Relation joinByAttribute(Relation current, Variable variable, Budget budget) {
    Column column = current.column(variable);
    Map<Object, List<Integer>> rowsByName = new HashMap<>();
    for (int row = 0; row < current.count(); row++) {
      Object named = column.value(row);
      if (named != null) {
        rowsByName.computeIfAbsent(named, key -> new ArrayList<>()).add(row);
      }
    }
    List<Relation> parts = new ArrayList<>();
    for (Map.Entry<Object, List<Integer>> entry : rowsByName.entrySet()) {
      Attribute named = attributeAt(column, entry.getKey());
      if (named != null) {
        int[] rows = entry.getValue().stream().mapToInt(Integer::intValue).toArray();
        FactsPattern pattern = new FactsPattern(db, clause, named);
        parts.add(pattern.join(current.gather(rows, rows.length), budget));
      }
    }
    return Union.of(joined(current), parts, budget);
  }

  /// Reads the index once for each distinct entity, or value, of the current rows.
  private Relation probe(Relation current, boolean byEntity, Budget budget) {
    Column column = byEntity ? entities(current) : current.column(requireVariable(Part.V));
    Join.Chains chains = new Join.Chains(new Column[] {column}, current.count());
    Column[] keys = {column};
    Found found = new Found();
    Join.Pairs pairs =
        new Join.Pairs(budget, current.variables().size() + variables.size(), clause.form());
    for (int row = 0; row < current.count(); row++) {
      budget.tick();
      if (chains.first(keys, row) != row) {
        continue;
      }
      int from = found.count;
      if (byEntity) {
        long e = ((Column.Keys) column).keys()[row];
        if (e != NO_ENTITY && (entity == null || entity == e)) {
          found.scan(e, value, budget);
        }
      } else {
        Object v = valueAt(column, row);
        if (v != null && hasRange(entity, v)) {
          found.scan(entity, v, budget);
        }
      }
      for (int member = row;
          member >= 0 && found.count > from;
          member = chains.next(member, keys, row)) {
        for (int match = from; match < found.count; match++) {
          pairs.add(member, match);
        }
      }
    }
    return assemble(current, found, pairs);
  }

  private Column entities(Relation current) {
    return resolved(current.column(requireVariable(Part.E)), current.count());
  }

  private Column resolved(Column column, int count) {
    if (column instanceof Column.Keys(Kind kind, long[] ids) && kind == Kind.LONG) {
      return column;
    }
    long[] resolved = new long[count];
    Map<Object, Long> known = new HashMap<>();
    for (int row = 0; row < count; row++) {
      int at = row;
      Object ref = column.value(row);
      resolved[row] =
          ref == null ? NO_ENTITY : known.computeIfAbsent(ref, key -> entityAt(column, at));
    }
    return new Column.Keys(Kind.LONG, resolved);
  }

  /// The column of a bound variable as it compares with a component.
  private Column comparable(Part part, Relation current) {
    Column column = current.column(requireVariable(part));
    boolean entities = part == Part.E || part == Part.V && attribute != null && attribute.isRef();
    return entities
        ? resolved(column, current.count())
        : part == Part.V ? withoutBytesOfQuery(column, current.count()) : column;
  }

  private static Column withoutBytesOfQuery(Column column, int count) {
    if (!(column instanceof Column.Objects(Object[] values, boolean foreign)) || !foreign) {
      return column;
    }
    @Nullable Object[] comparable = values;
    for (int row = 0; row < count; row++) {
      if (values[row] instanceof byte[]) {
        comparable = comparable == values ? values.clone() : comparable;
        comparable[row] = null;
      }
    }
    return comparable == values ? column : new Column.Objects(comparable, true);
  }

  private Relation hashJoin(Relation current, Found found, Budget budget) {
    List<Column> left = new ArrayList<>();
    List<Column> right = new ArrayList<>();
    for (Map.Entry<Part, Variable> entry : variables.entrySet()) {
      if (current.has(entry.getValue())) {
        left.add(comparable(entry.getKey(), current));
        right.add(found.column(entry.getKey()));
      }
    }
    return Join.on(
        current,
        left.toArray(new Column[0]),
        fresh(current, found),
        right.toArray(new Column[0]),
        budget,
        clause.form());
  }

  /// The found rows over the variables that aren't bound yet. A variable that stands twice in the
  /// pattern is there once; [#scan] saw to it that both are equal.
  private Relation fresh(Relation current, Found found) {
    List<Variable> names = new ArrayList<>();
    List<Column> columns = new ArrayList<>();
    for (Map.Entry<Part, Variable> entry : variables.entrySet()) {
      if (!current.has(entry.getValue()) && !names.contains(entry.getValue())) {
        names.add(entry.getValue());
        columns.add(found.column(entry.getKey()));
      }
    }
    return new Relation(names, columns, found.count);
  }

  /// Puts pairs of current and found rows together; bound variables must agree.
  private Relation assemble(Relation current, Found found, Join.Pairs pairs) {
    int count = pairs.count;
    for (Map.Entry<Part, Variable> entry : variables.entrySet()) {
      if (current.has(entry.getValue())) {
        Column mine = comparable(entry.getKey(), current);
        Column theirs = found.column(entry.getKey());
        int kept = 0;
        for (int i = 0; i < count; i++) {
          if (mine.equal(pairs.left[i], theirs, pairs.right[i])) {
            pairs.left[kept] = pairs.left[i];
            pairs.right[kept++] = pairs.right[i];
          }
        }
        count = kept;
      }
    }
    Relation joined = current.gather(pairs.left, count);
    Relation fresh = fresh(current, found);
    for (Variable variable : fresh.variables()) {
      joined = joined.with(variable, fresh.column(variable).gather(pairs.right, count));
    }
    return joined;
  }

  /// Datoms that match the pattern's constants, as the columns of its variables.
  private final class Found {
    private final Map<Part, ColumnBuilder> builders = new LinkedHashMap<>();
    private final Map<Part, Column> columns = new HashMap<>();
    private int count;
    private int[] selected = new int[256];

    Found() {
      for (Part part : variables.keySet()) {
        builders.put(
            part,
            switch (part) {
              case E, A, TX -> new ColumnBuilder(Kind.LONG);
              case V ->
                attribute == null
                    ? new ColumnBuilder(false)
                    : new ColumnBuilder(Kind.of(attribute.type()));
              case ADDED -> new ColumnBuilder(Kind.BOOLEAN);
            });
      }
    }

    /// @param e the entity when it is known, @param v the value when it is known
    void scan(@Nullable Long e, @Nullable Object v, Budget budget) {
      if (e == null && attribute == null && !(v instanceof Long)) {
        return; // other values have no index over all attributes
      }
      // What the range doesn't say is compared row by row.
      boolean compareValue = v != null && attribute == null && e != null;
      Cursor cursor = db.cursor(order(e, v), range(e, v));
      while (cursor.next()) {
        budget.check();
        Batch batch = cursor.batch();
        int rows = select(batch, compareValue ? v : null);
        budget.rows((long) count + rows, builders.size(), clause.form());
        for (Map.Entry<Part, ColumnBuilder> entry : builders.entrySet()) {
          append(entry.getKey(), entry.getValue(), batch, rows);
        }
        count += rows;
      }
    }

    private int select(Batch batch, @Nullable Object v) {
      if (selected.length < batch.count()) {
        selected = new int[Math.max(batch.count(), selected.length * 2)];
      }
      int rows = 0;
      for (int i = batch.start; i < batch.end; i++) {
        if ((t == null || batch.t[i] == t)
            && (added == null || batch.added(i) == added)
            && (v == null || Values.equal(v, db.value(batch.a[i], batch.v[i], batch.object(i))))
            && agrees(batch, i)) {
          selected[rows++] = i;
        }
      }
      return rows;
    }

    /// Whether a variable that stands in two places of the pattern has one value.
    private boolean agrees(Batch batch, int i) {
      if (variables.size() < 2
          || new LinkedHashSet<>(variables.values()).size() == variables.size()) {
        return true;
      }
      for (Map.Entry<Part, Variable> one : variables.entrySet()) {
        for (Map.Entry<Part, Variable> other : variables.entrySet()) {
          if (one.getKey().ordinal() < other.getKey().ordinal()
              && one.getValue().equals(other.getValue())
              && !Values.equal(part(one.getKey(), batch, i), part(other.getKey(), batch, i))) {
            return false;
          }
        }
      }
      return true;
    }

    private Object part(Part part, Batch batch, int i) {
      return switch (part) {
        case E -> batch.e[i];
        case A -> (long) batch.a[i];
        case V -> db.value(batch.a[i], batch.v[i], batch.object(i));
        case TX -> Partition.tx(batch.t[i]);
        case ADDED -> batch.added(i);
      };
    }

    private void append(Part part, ColumnBuilder builder, Batch batch, int rows) {
      switch (part) {
        case E -> {
          for (int i = 0; i < rows; i++) {
            builder.addKey(batch.e[selected[i]]);
          }
        }
        case A -> {
          for (int i = 0; i < rows; i++) {
            builder.addKey(batch.a[selected[i]]);
          }
        }
        case V -> appendValues(builder, batch, rows);
        case TX -> {
          for (int i = 0; i < rows; i++) {
            builder.addKey(Partition.tx(batch.t[selected[i]]));
          }
        }
        case ADDED -> {
          for (int i = 0; i < rows; i++) {
            builder.addKey(batch.added(selected[i]) ? 1 : 0);
          }
        }
      }
    }

    private void appendValues(ColumnBuilder builder, Batch batch, int rows) {
      if (attribute != null && attribute.type().inline()) {
        for (int i = 0; i < rows; i++) {
          builder.addKey(batch.v[selected[i]]);
        }
        return;
      }
      for (int i = 0; i < rows; i++) {
        int row = selected[i];
        builder.add(db.value(batch.a[row], batch.v[row], batch.object(row)));
      }
    }

    Column column(Part part) {
      return columns.computeIfAbsent(
          part, key -> Objects.requireNonNull(builders.get(key)).build());
    }
  }
}
