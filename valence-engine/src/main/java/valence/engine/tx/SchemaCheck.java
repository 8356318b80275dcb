package valence.engine.tx;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.edn.Persistent;
import valence.engine.db.Database;
import valence.engine.index.Batch;
import valence.engine.index.Bound;
import valence.engine.index.Cursor;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.index.RowBuffer;
import valence.engine.schema.Attribute;
import valence.engine.schema.Bootstrap;
import valence.engine.schema.Partition;
import valence.engine.schema.Schema;
import valence.engine.value.ValueType;

/// Judges what a transaction says about schema: new attributes must be whole, changes of old ones
/// must be possible, and the bootstrap schema stays as it is.
final class SchemaCheck {
  /// Attributes of one database, at most.
  static final int ATTRIBUTES_MAX = 1 << 20;

  private static final Keyword ERROR = Keyword.intern("db", "error");
  private static final Keyword ENTITY = Keyword.intern(null, "entity");
  private static final Keyword ATTRIBUTE = Keyword.intern(null, "attribute");
  private static final Keyword FROM = Keyword.intern(null, "from");
  private static final Keyword TO = Keyword.intern(null, "to");
  private static final Keyword DATOMS = Keyword.intern(null, "datoms");
  private static final Keyword DISABLED = Keyword.intern(null, "disabled");

  /// What can never change once an attribute exists.
  private static final int[] FIXED = {
    Bootstrap.VALUE_TYPE,
    Bootstrap.FULLTEXT,
    Bootstrap.TUPLE_TYPE,
    Bootstrap.TUPLE_TYPES,
    Bootstrap.TUPLE_ATTRS
  };

  private final Database before;
  private final Schema schema;
  private final Changes changes;
  private final Subjects subjects;
  private final Set<Long> touched = new LinkedHashSet<>();
  private final Map<Long, Definition> definitions = new HashMap<>();
  private @Nullable RuntimeException bootError; // less telling than that of a definition, so last

  /// What the facts after the transaction say of an entity: values by attribute.
  private record Definition(Map<Integer, List<Object>> values) {
    @Nullable Object one(int attribute) {
      List<Object> all = values.get(attribute);
      return all == null || all.isEmpty() ? null : all.getFirst();
    }

    List<Object> all(int attribute) {
      return values.getOrDefault(attribute, List.of());
    }
  }

  /// What is wrong with a definition, for people and as `:db/errors` has it.
  private record Problem(String sentence, Map<Keyword, Object> map) {}

  SchemaCheck(Database before, Changes changes, Subjects subjects) {
    this.before = before;
    this.subjects = subjects;
    this.schema = before.schema();
    this.changes = changes;
  }

  /// Whether facts of an attribute say something about schema.
  static boolean defines(int attribute) {
    return switch (attribute) {
      case Bootstrap.IDENT,
          Bootstrap.INSTALL_PARTITION,
          Bootstrap.INSTALL_VALUE_TYPE,
          Bootstrap.INSTALL_ATTRIBUTE,
          Bootstrap.FRESSIAN_TAG,
          Bootstrap.VALUE_TYPE,
          Bootstrap.CARDINALITY,
          Bootstrap.UNIQUE,
          Bootstrap.IS_COMPONENT,
          Bootstrap.INDEX,
          Bootstrap.NO_HISTORY,
          Bootstrap.FULLTEXT,
          Bootstrap.TUPLE_TYPE,
          Bootstrap.TUPLE_TYPES,
          Bootstrap.TUPLE_ATTRS,
          Bootstrap.ATTR_PREDS -> true;
      default -> false;
    };
  }

  /// Whether a change of an attribute's facts of this kind is announced by `:db.alter/attribute`.
  private static boolean alters(int attribute) {
    return switch (attribute) {
      case Bootstrap.CARDINALITY,
          Bootstrap.UNIQUE,
          Bootstrap.IS_COMPONENT,
          Bootstrap.INDEX,
          Bootstrap.NO_HISTORY -> true;
      default -> false;
    };
  }

  /// Says which entities become attributes, before the set rules.
  static void announceInstalls(Facts facts, Schema schema) {
    Attribute install = schema.attribute(Bootstrap.INSTALL_ATTRIBUTE);
    if (install == null) {
      throw new IllegalStateException("the bootstrap schema is missing");
    }
    int count = facts.count;
    for (int i = 0; i < count; i++) {
      if (facts.a[i].id() == Bootstrap.VALUE_TYPE
          && facts.op[i] == Facts.ADD
          && schema.attribute(facts.e[i]) == null) {
        facts.add(Bootstrap.PART_DB, install, facts.e[i], null, Facts.ADD, facts.form[i]);
      }
    }
  }

  /// Judges the definitions that the transaction leaves, and says which attributes it alters.
  void check() {
    collect(changes.opened(), true);
    collect(changes.closed(), false);
    Attribute alter = schema.attribute(Bootstrap.ALTER_ATTRIBUTE);
    Set<Long> altered = new LinkedHashSet<>();
    for (RowBuffer rows : List.of(changes.opened(), changes.closed())) {
      for (int i = 0; i < rows.count(); i++) {
        if (alters(rows.a(i)) && schema.attribute(rows.e(i)) != null) {
          altered.add(rows.e(i));
        }
      }
    }
    for (long entity : touched) {
      Attribute attribute = schema.attribute(entity);
      if (entity < Bootstrap.FIRST_USER_ATTRIBUTE) {
        continue; // a bootstrap attribute, which stays as it is
      }
      if (attribute == null) {
        checkInstall(entity, definition(entity));
      } else {
        checkAlter(attribute, definition(entity));
      }
    }
    if (bootError != null) {
      throw bootError;
    }
    Current current = new Current(before);
    for (long entity : altered) {
      if (alter != null && !current.find(Bootstrap.PART_DB, alter.id(), entity, null)) {
        changes.open(Bootstrap.PART_DB, alter, entity, null);
      }
    }
  }

  /// Finds the entities to be judged, and the first change of what can't be changed.
  private void collect(RowBuffer rows, boolean opens) {
    for (int i = 0; i < rows.count(); i++) {
      int a = rows.a(i);
      long e = rows.e(i);
      boolean installs = e == Bootstrap.PART_DB && a == Bootstrap.INSTALL_ATTRIBUTE;
      if (installs) {
        touched.add(rows.v(i));
      }
      if (isBoot(rows, i, opens, installs)) {
        if (bootError == null) {
          bootError = boot(rows, i, opens);
        }
      } else if (defines(a)
          && e >= Bootstrap.FIRST_USER_ATTRIBUTE
          && (a != Bootstrap.IDENT || schema.attribute(e) != null)) {
        touched.add(e);
      }
    }
  }

  /// Whether a row says something that only the system says, or takes back what it said.
  private static boolean isBoot(RowBuffer rows, int row, boolean opens, boolean installs) {
    if (!opens) {
      return installs || rows.from(row) == Bootstrap.T;
    }
    return switch (rows.a(row)) {
      case Bootstrap.INSTALL_ATTRIBUTE -> !installs || rows.v(row) < Bootstrap.FIRST_USER_ATTRIBUTE;
      case Bootstrap.INSTALL_PARTITION -> rows.e(row) != Bootstrap.PART_DB;
      case Bootstrap.INSTALL_VALUE_TYPE, Bootstrap.FRESSIAN_TAG -> true;
      default -> defines(rows.a(row)) && rows.e(row) < Bootstrap.FIRST_USER_ATTRIBUTE;
    };
  }

  private RuntimeException boot(RowBuffer rows, int row, boolean opened) {
    Attribute attribute = schema.attribute(rows.a(row));
    Keyword entity = schema.ident(rows.e(row));
    Object value = before.value(rows.a(row), rows.v(row), rows.o(row));
    List<Object> datom = List.of(
        entity == null ? (Object) rows.e(row) : entity,
        attribute == null ? (Object) rows.a(row) : attribute.ident(),
        value,
        opened);
    return Refused.incorrect(
            subjects.form(rows.e(row), rows.a(row)),
            "db.error/datom-cannot-be-altered",
            "Boot datoms cannot be altered: " + Shown.value(datom) + ".",
            "What every database begins with stays as it is.",
            "Define an attribute of your own.")
        .with("datom", datom)
        .toException();
  }

  private Definition definition(long entity) {
    return definitions.computeIfAbsent(entity, this::read);
  }

  private Definition read(long entity) {
    Map<Integer, List<Object>> values = new HashMap<>();
    Cursor cursor = before.cursor(Order.EAVT, Range.prefix(Bound.e(entity)));
    while (cursor.next()) {
      Batch batch = cursor.batch();
      for (int i = batch.start; i < batch.end; i++) {
        if (!changes.isClosed(entity, batch.a[i], batch.v[i], batch.object(i))) {
          values
              .computeIfAbsent(batch.a[i], _ -> new ArrayList<>())
              .add(before.value(batch.a[i], batch.v[i], batch.object(i)));
        }
      }
    }
    RowBuffer opened = changes.opened();
    for (int i = 0; i < opened.count(); i++) {
      if (opened.e(i) == entity) {
        values
            .computeIfAbsent(opened.a(i), _ -> new ArrayList<>())
            .add(before.value(opened.a(i), opened.v(i), opened.o(i)));
      }
    }
    return new Definition(values);
  }

  private void checkInstall(long entity, Definition definition) {
    Object ident = definition.one(Bootstrap.IDENT);
    if (before.isIssued(entity)) {
      throw Refused.incorrect(
              form(entity),
              "db.error/not-in-system-partition",
              "Entity " + (ident == null ? subjects.name(entity) : ident)
                  + " exists and is no attribute.",
              "An attribute is a new entity.",
              "Define the attribute with a :db/ident that is not in use.")
          .with("entity", entity)
          .toException();
    }
    if (ident == null) {
      throw Refused.incorrect(
              form(entity),
              "db.error/attribute-ident-missing",
              "an attribute is defined without :db/ident.",
              "An attribute needs a name.",
              "Add :db/ident to its definition.")
          .toException();
    }
    checkEnums(entity, ident, definition);
    List<Problem> errors = new ArrayList<>();
    for (int required : new int[] {Bootstrap.VALUE_TYPE, Bootstrap.CARDINALITY}) {
      if (definition.one(required) == null) {
        errors.add(error(
            ident(required) + " is missing",
            "schema-attribute-missing",
            ATTRIBUTE,
            ident(required),
            ENTITY,
            ident));
      }
    }
    checkShape(ident, definition, errors);
    if (!errors.isEmpty()) {
      throw invalid(entity, "db.error/invalid-install-attribute", ident, errors);
    }
  }

  private void checkAlter(Attribute attribute, Definition definition) {
    Object ident = attribute.ident();
    checkEnums(attribute.id(), ident, definition);
    List<Problem> errors = new ArrayList<>();
    Definition old = new Definition(values(attribute.id()));
    for (int fixed : FIXED) {
      Object from = old.one(fixed);
      Object to = definition.one(fixed);
      if (from == null ? to != null : !from.equals(to)) {
        errors.add(unsupported(ident, fixed, from, to));
      }
    }
    if (definition.one(Bootstrap.CARDINALITY) == null) {
      errors.add(unsupported(ident, Bootstrap.CARDINALITY, old.one(Bootstrap.CARDINALITY), null));
    }
    boolean many = isMany(definition);
    if (many && !attribute.many() && !schema.compositesOf(attribute.id()).isEmpty()) {
      errors.add(error(
          "it is part of a composite tuple, so it keeps cardinality one",
          "constituent-of-a-composite-must-be-card-one",
          ATTRIBUTE,
          ident,
          ENTITY,
          ident));
    }
    if (errors.isEmpty()) {
      checkShape(ident, definition, errors);
    }
    if (!errors.isEmpty()) {
      throw invalid(attribute.id(), "db.error/invalid-alter-attribute", ident, errors);
    }
  }

  private Map<Integer, List<Object>> values(int attribute) {
    Map<Integer, List<Object>> values = new HashMap<>();
    Cursor cursor = before.cursor(Order.EAVT, Range.prefix(Bound.e(attribute)));
    while (cursor.next()) {
      Batch batch = cursor.batch();
      for (int i = batch.start; i < batch.end; i++) {
        values
            .computeIfAbsent(batch.a[i], _ -> new ArrayList<>())
            .add(before.value(batch.a[i], batch.v[i], batch.object(i)));
      }
    }
    return values;
  }

  private Problem unsupported(
      Object ident, int attribute, @Nullable Object from, @Nullable Object to) {
    Object shownFrom = from == null ? DISABLED : shown(from);
    Object shownTo = to == null ? DISABLED : shown(to);
    Problem problem = error(
        ident(attribute) + " can't change from " + Shown.value(shownFrom) + " to "
            + Shown.value(shownTo),
        "unsupported-alter-schema",
        ENTITY,
        ident,
        ATTRIBUTE,
        ident(attribute));
    problem.map().put(FROM, shownFrom);
    problem.map().put(TO, shownTo);
    return problem;
  }

  private Object shown(Object value) {
    Keyword ident = value instanceof Long id ? schema.ident(id) : null;
    return ident == null ? value : ident;
  }

  /// Types, cardinalities and kinds of uniqueness are entities of the bootstrap schema.
  private void checkEnums(long entity, Object ident, Definition definition) {
    Object type = definition.one(Bootstrap.VALUE_TYPE);
    if (type instanceof Long id && ValueType.ofId(id).isEmpty()) {
      throw notOneOf(
          entity,
          "db.error/not-a-value-type",
          ident,
          Bootstrap.VALUE_TYPE,
          type,
          ":db.type/string");
    }
    Object cardinality = definition.one(Bootstrap.CARDINALITY);
    if (cardinality instanceof Long id
        && id != Bootstrap.CARDINALITY_ONE
        && id != Bootstrap.CARDINALITY_MANY) {
      throw notOneOf(
          entity,
          "db.error/not-a-cardinality",
          ident,
          Bootstrap.CARDINALITY,
          cardinality,
          ":db.cardinality/one");
    }
    Object unique = definition.one(Bootstrap.UNIQUE);
    if (unique instanceof Long id
        && id != Bootstrap.UNIQUE_IDENTITY
        && id != Bootstrap.UNIQUE_VALUE) {
      throw notOneOf(
          entity, "db.error/not-a-unique", ident, Bootstrap.UNIQUE, unique, ":db.unique/identity");
    }
  }

  private RuntimeException notOneOf(
      long entity, String error, Object ident, int attribute, Object value, String example) {
    return Refused.incorrect(
            form(entity),
            error,
            ident + " has " + shown(value) + " as " + ident(attribute) + ".",
            "Only the values of the bootstrap schema are possible.",
            "Use one such as " + example + ".")
        .with("entity", ident)
        .with("value", shown(value))
        .toException();
  }

  /// What must hold of every definition, new or changed.
  private void checkShape(Object ident, Definition definition, List<Problem> errors) {
    ValueType type = definition.one(Bootstrap.VALUE_TYPE) instanceof Long id
        ? ValueType.ofId(id).orElseThrow()
        : null;
    if (type == null) {
      return;
    }
    if (Boolean.TRUE.equals(definition.one(Bootstrap.IS_COMPONENT)) && type != ValueType.REF) {
      errors.add(error(
          ":db/isComponent is for references",
          "components-must-be-refs",
          ENTITY,
          ident,
          ATTRIBUTE,
          ident));
    }
    if (definition.one(Bootstrap.UNIQUE) != null && type == ValueType.BYTES) {
      errors.add(error(
          "bytes can't be unique", "bytes-cannot-be-unique", ENTITY, ident, ATTRIBUTE, ident));
    }
    for (Object predicate : definition.all(Bootstrap.ATTR_PREDS)) {
      if (predicate instanceof Symbol name && name.getNamespace() == null) {
        errors.add(error(
            "the predicate " + name + " isn't qualified",
            "unqualified-predicate",
            ENTITY,
            ident,
            ATTRIBUTE,
            name));
      }
    }
    checkTuple(ident, type, definition, errors);
  }

  private void checkTuple(
      Object ident, ValueType type, Definition definition, List<Problem> errors) {
    Object attrs = definition.one(Bootstrap.TUPLE_ATTRS);
    Object types = definition.one(Bootstrap.TUPLE_TYPES);
    Object slot = definition.one(Bootstrap.TUPLE_TYPE);
    int kinds = (attrs == null ? 0 : 1) + (types == null ? 0 : 1) + (slot == null ? 0 : 1);
    if (type != ValueType.TUPLE) {
      if (kinds > 0) {
        errors.add(error(
            "the specification of a tuple stands on another type",
            "type-on-non-tuple",
            ENTITY,
            ident,
            ATTRIBUTE,
            ident));
      }
      return;
    }
    if (kinds != 1) {
      errors.add(error(
          "a tuple has exactly one of :db/tupleAttrs, :db/tupleTypes and :db/tupleType",
          "invalid-tuple-kind",
          ENTITY,
          ident,
          ATTRIBUTE,
          ident));
      return;
    }
    if (attrs instanceof List<?> members) {
      if (isMany(definition)) {
        errors.add(error(
            "a composite tuple has cardinality one",
            "tuple-of-attrs-must-be-card-one",
            ENTITY,
            ident,
            ATTRIBUTE,
            ident));
      }
      for (Object member : Persistent.items(members)) {
        if (!isPart(member)) {
          errors.add(error(
              Shown.value(member) + " is no scalar attribute of cardinality one",
              "invalid-tuple-attrs",
              ENTITY,
              ident,
              ATTRIBUTE,
              member == null ? ident : member));
        }
      }
    }
    List<?> slots = types instanceof List<?> list ? list : slot == null ? List.of() : List.of(slot);
    for (Object each : Persistent.items(slots)) {
      if (!isSlotType(each)) {
        errors.add(error(
            Shown.value(each) + " can't be the type of a slot",
            "invalid-tuple-types",
            ENTITY,
            ident,
            ATTRIBUTE,
            each == null ? ident : each));
      }
    }
  }

  /// Whether the keyword names a scalar attribute of cardinality one, old or new in this
  /// transaction.
  private boolean isPart(@Nullable Object member) {
    if (!(member instanceof Keyword name)) {
      return false;
    }
    long entity = schema.entity(name);
    RowBuffer opened = changes.opened();
    for (int i = 0; i < opened.count(); i++) {
      if (opened.a(i) == Bootstrap.IDENT && name.equals(opened.o(i))) {
        entity = opened.e(i);
      }
    }
    if (entity == Schema.NONE || Partition.partition(entity) != Partition.DB) {
      return false;
    }
    Definition definition = definition(entity);
    return definition.one(Bootstrap.VALUE_TYPE) instanceof Long type
        && type != ValueType.TUPLE.id()
        && type != ValueType.BYTES.id()
        && !isMany(definition);
  }

  private boolean isSlotType(@Nullable Object name) {
    if (!(name instanceof Keyword ident)) {
      return false;
    }
    ValueType type = ValueType.ofId(schema.entity(ident)).orElse(null);
    return type != null
        && switch (type) {
          case REF,
              KEYWORD,
              LONG,
              STRING,
              BOOLEAN,
              INSTANT,
              UUID,
              DOUBLE,
              URI,
              BIGINT,
              BIGDEC,
              SYMBOL -> true;
          case FN, BYTES, FLOAT, TUPLE -> false;
        };
  }

  private static boolean isMany(Definition definition) {
    return definition.one(Bootstrap.CARDINALITY) instanceof Long id
        && id == Bootstrap.CARDINALITY_MANY;
  }

  /// Refuses a cardinality or uniqueness that the values after the transaction don't have.
  void checkValues(Database after) {
    for (long entity : touched) {
      Attribute old = schema.attribute(entity);
      Attribute attribute = after.schema().attribute(entity);
      if (old == null || attribute == null) {
        continue;
      }
      if (old.many() && !attribute.many()) {
        checkPairs(after, attribute, Order.AEVT, "cardinality-violation");
      }
      if (attribute.isUnique() && !old.isUnique()) {
        checkPairs(after, attribute, Order.AVET, "unique-violation");
      }
    }
  }

  /// Refuses two neighbouring rows of an attribute that share what the order begins with.
  private void checkPairs(Database after, Attribute attribute, Order order, String error) {
    Cursor cursor = after.cursor(order, Range.prefix(Bound.a(attribute.id())));
    long lastEntity = Schema.NONE;
    Object lastValue = null;
    while (cursor.next()) {
      Batch batch = cursor.batch();
      for (int i = batch.start; i < batch.end; i++) {
        Object value = after.value(attribute.id(), batch.v[i], batch.object(i));
        boolean same = order == Order.AEVT ? lastEntity == batch.e[i] : value.equals(lastValue);
        if (lastValue != null && same) {
          throw violated(
              attribute,
              error,
              List.of(lastEntity, attribute.ident(), lastValue),
              List.of(batch.e[i], attribute.ident(), value));
        }
        lastEntity = batch.e[i];
        lastValue = value;
      }
    }
  }

  private RuntimeException violated(
      Attribute attribute, String error, List<Object> datom1, List<Object> datom2) {
    Problem violation = error(
        "there are " + Shown.value(datom1) + " and " + Shown.value(datom2),
        error,
        ENTITY,
        attribute.ident(),
        ATTRIBUTE,
        attribute.ident());
    violation.map().put(DATOMS, List.of(datom1, datom2));
    return invalid(
        attribute.id(), "db.error/invalid-alter-attribute", attribute.ident(), List.of(violation));
  }

  private Keyword ident(int attribute) {
    Attribute named = schema.attribute(attribute);
    if (named == null) {
      throw new IllegalStateException("no attribute has id " + attribute);
    }
    return named.ident();
  }

  /// The first form that says something of an entity.
  private int form(long entity) {
    return subjects.form(entity, Bootstrap.IDENT);
  }

  private static Problem error(
      String sentence, String name, Keyword key1, Object value1, Keyword key2, Object value2) {
    Map<Keyword, Object> error = new LinkedHashMap<>();
    error.put(ERROR, Keyword.intern("db.error", name));
    error.put(key1, value1);
    error.put(key2, value2);
    return new Problem(sentence, error);
  }

  private RuntimeException invalid(
      long entity, String error, Object ident, List<Problem> problems) {
    StringBuilder sentences = new StringBuilder();
    for (Problem problem : problems) {
      sentences.append(sentences.isEmpty() ? "" : "; ").append(problem.sentence());
    }
    return Refused.incorrect(
            form(entity),
            error,
            "The definition of " + ident + " is not possible: " + sentences + ".",
            "Definitions are whole, fit their type, and agree with the values that exist.",
            "See :db/errors for each problem.")
        .with("entity", ident)
        .with("db/errors", problems.stream().map(Problem::map).toList())
        .toException();
  }
}
