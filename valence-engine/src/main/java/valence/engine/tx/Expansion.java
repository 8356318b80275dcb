package valence.engine.tx;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.edn.Persistent;
import valence.engine.db.Database;
import valence.engine.schema.Attribute;
import valence.engine.schema.Attribute.Tuple;
import valence.engine.schema.Attribute.Unique;
import valence.engine.schema.Bootstrap;
import valence.engine.schema.Partition;
import valence.engine.schema.Schema;

/// Brings tx-data down to [Facts]: maps, nested maps, reverse attributes and functions, until only
/// assertions and retractions remain. Everything is resolved on the database before.
final class Expansion {
  /// Maps in maps, at most.
  static final int NESTING_MAX = 500;
  /// Functions that functions return, at most.
  static final int FUNCTION_DEPTH_MAX = 100;
  /// Calls of transaction functions in one transaction, at most.
  static final int FUNCTION_CALLS_MAX = 100_000;

  /// Facts that a form says, about: room is made for so many.
  private static final int FACTS_PER_FORM = 4;

  private static final Keyword ADD = Keyword.intern("db", "add");
  private static final Keyword RETRACT = Keyword.intern("db", "retract");
  private static final Keyword RETRACT_ENTITY = Keyword.intern("db", "retractEntity");
  private static final Keyword RETRACT_ENTITY_OLD = Keyword.intern("db.fn", "retractEntity");
  private static final Keyword CAS = Keyword.intern("db", "cas");
  private static final Keyword CAS_OLD = Keyword.intern("db.fn", "cas");
  private static final Keyword ID = Keyword.intern("db", "id");

  private final Schema schema;
  private final Functions functions;
  private final Tempids tempids;
  private final Facts facts;
  private final Names names;
  private final Values values;
  private final BuiltIns builtIns;
  private final Subjects subjects;
  private final TxInstant instant;
  private final List<Ensured> ensured = new ArrayList<>(0);
  private final List<ExplicitTuple> explicitTuples = new ArrayList<>(0);

  private int form; // the index of the top-level form being expanded
  private int calls;

  Expansion(
      Database before,
      Functions functions,
      Tempids tempids,
      Facts facts,
      Subjects subjects,
      TxInstant instant) {
    this.schema = before.schema();
    this.functions = functions;
    this.tempids = tempids;
    this.facts = facts;
    this.subjects = subjects;
    this.names = new Names(before, tempids);
    this.values = new Values(names);
    this.builtIns = new BuiltIns(before, names, this);
    this.instant = instant;
  }

  Names names() {
    return names;
  }

  List<Ensured> ensured() {
    return ensured;
  }

  List<ExplicitTuple> explicitTuples() {
    return explicitTuples;
  }

  /// Expands all of tx-data, as the caller gave it.
  void expand(@Nullable Object txData) {
    switch (txData) {
      case null -> {
        // an empty transaction
      }
      case Collection<?> forms -> {
        facts.expect(forms.size() * FACTS_PER_FORM);
        for (@Nullable Object each : Persistent.items(forms)) {
          form(each, 0);
          form++;
        }
      }
      case Map<?, ?> map -> {
        form = Facts.NO_FORM;
        throw notAFunction(
            "tx-data is a single map.", "Wrap it in a list: [" + Shown.value(map) + "].");
      }
      default -> {
        form = Facts.NO_FORM;
        throw notTransactionData("tx-data is " + Shown.value(txData) + ".");
      }
    }
  }

  private void form(@Nullable Object one, int depth) {
    if (one instanceof Map<?, ?> map) {
      map(map, 0);
    } else if (one instanceof List<?> list) {
      list(Persistent.items(list), depth);
    } else {
      throw notTransactionData(
          "Transaction data element must be a List or Map, got " + Shown.value(one) + ".");
    }
  }

  private void list(@Nullable Object[] items, int depth) {
    if (items.length == 0) {
      throw invalidListForm("is empty.", "[:db/add entity attribute value]");
    }
    Object head = items[0];
    if (head == ADD) {
      requireCount(items, 4, Integer.MAX_VALUE, "[:db/add entity attribute value]");
      add(names.entity(items[1], form), names.attribute(items[2], form), items[3]);
    } else if (head == RETRACT) {
      requireCount(items, 3, Integer.MAX_VALUE, "[:db/retract entity attribute value?]");
      long entity = names.entity(items[1], form);
      Attribute attribute = names.attribute(items[2], form);
      if (items.length == 3) {
        retractAll(entity, attribute);
      } else {
        retract(entity, attribute, items[3]);
      }
    } else if (head == CAS || head == CAS_OLD) {
      requireCount(items, 5, 5, "[:db/cas entity attribute old new]");
      builtIns.compareAndSet(items, form);
    } else if (head == RETRACT_ENTITY || head == RETRACT_ENTITY_OLD) {
      requireCount(items, 2, 2, "[:db/retractEntity entity]");
      builtIns.retractEntity(items[1], form);
    } else if (head instanceof Symbol name) {
      call(name, items, depth);
    } else {
      throw notAFunction(
          "Unable to resolve data function: " + Shown.value(head) + ".",
          "A list begins with :db/add, :db/retract, :db/retractEntity, :db/cas or the qualified"
              + " symbol of a transaction function.");
    }
  }

  private void call(Symbol name, @Nullable Object[] items, int depth) {
    if (depth == FUNCTION_DEPTH_MAX || calls++ == FUNCTION_CALLS_MAX) {
      throw Refused.of(
              form,
              Anomaly.Category.INCORRECT,
              name + " is one transaction function call too many.",
              "Functions may return calls of functions to a depth of "
                  + FUNCTION_DEPTH_MAX
                  + ", and a transaction makes at most "
                  + FUNCTION_CALLS_MAX
                  + " calls.",
              "Let functions return assertions and retractions.")
          .toException();
    }
    Object returned = functions.expand(name, items, form);
    switch (returned) {
      case null -> {
        // nothing to say
      }
      case Collection<?> forms -> {
        for (@Nullable Object each : Persistent.items(forms)) {
          form(each, depth + 1);
        }
      }
      case Map<?, ?> map ->
        throw notAFunction(
            name + " returned a single map, " + Shown.value(map) + ".",
            "A transaction function returns a collection of forms; wrap the map in a list.");
      default -> throw notTransactionData(name + " returned " + Shown.value(returned) + ".");
    }
  }

  private void map(Map<?, ?> map, int nesting) {
    Object id = null;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (entry.getKey() == ID) {
        id = entry.getValue();
      }
    }
    if (id != null && map.size() == 1) {
      return; // says nothing of it, so it need not be anything
    }
    map(map, id == null ? tempids.anonymous() : names.entity(id, form), nesting);
  }

  private void map(Map<?, ?> map, long entity, int nesting) {
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!(entry.getKey() instanceof Keyword key)) {
        throw Names.notAKeyword(entry.getKey(), form);
      }
      if (key == ID) {
        continue;
      }
      if (key.getName().startsWith("_")) {
        reverse(key, entity, entry.getValue());
      } else {
        pair(entity, names.attribute(key, form), entry.getValue(), nesting);
      }
    }
  }

  private void pair(long entity, Attribute attribute, @Nullable Object value, int nesting) {
    if (attribute.many() && value instanceof Collection<?> many) {
      for (@Nullable Object each : Persistent.items(many)) {
        single(entity, attribute, each, nesting);
      }
    } else {
      single(entity, attribute, value, nesting);
    }
  }

  private void single(long entity, Attribute attribute, @Nullable Object value, int nesting) {
    if (value instanceof Map<?, ?> nested && attribute.isRef()) {
      nested(entity, attribute, nested, nesting);
    } else {
      add(entity, attribute, value);
    }
  }

  private void nested(long entity, Attribute attribute, Map<?, ?> nested, int nesting) {
    if (nesting == NESTING_MAX) {
      throw Refused.of(
              form,
              Anomaly.Category.INCORRECT,
              "maps nest more than " + NESTING_MAX + " deep.",
              "That is the most that one form can hold.",
              "Name the inner entities by tempids and send them as maps of their own.")
          .toException();
    }
    Object id = null;
    boolean identified = attribute.component();
    for (Map.Entry<?, ?> entry : nested.entrySet()) {
      if (entry.getKey() == ID) {
        id = entry.getValue();
      } else if (!identified && entry.getKey() instanceof Keyword key) {
        Attribute inner = schema.attribute(key);
        identified = inner != null && inner.unique() == Unique.IDENTITY;
      }
    }
    if (id == null && !identified) {
      throw Refused.incorrect(
              form,
              "db.error/invalid-nested-entity",
              "Nested entity is not a component and has no :db/id: "
                  + Shown.value(nested)
                  + " as "
                  + attribute.ident()
                  + ".",
              "Without a name it would be a new entity that nothing else could find.",
              "Give it a :db/id or a unique identity, or make the attribute a component.")
          .with("entity", nested)
          .toException();
    }
    long inner = id == null
        ? tempids.anonymous()
        : nested.size() == 1 ? names.value(id, form) : names.entity(id, form);
    add(entity, attribute, inner, null);
    map(nested, inner, nesting + 1);
  }

  private void reverse(Keyword key, long entity, @Nullable Object value) {
    Keyword forward = Keyword.intern(key.getNamespace(), key.getName().substring(1));
    Attribute attribute = names.attribute(forward, form);
    if (!attribute.isRef()) {
      throw Refused.incorrect(
              form,
              "db.error/wrong-type-for-attribute",
              key + " reverses an attribute of type " + attribute.type().ident() + ".",
              "Only references can be read backwards.",
              "Assert " + forward + " on the entity that has the value.")
          .with("attribute", forward)
          .toException();
    }
    add(names.entity(value, form), attribute, entity, null);
  }

  /// Asserts a value as the caller wrote it.
  void add(long entity, Attribute attribute, @Nullable Object value) {
    if (attribute.isRef()) {
      add(entity, attribute, values.reference(attribute, value, form), null);
      return;
    }
    Object normal = values.normalize(attribute, value, form);
    if (attribute.tuple() instanceof Tuple.Composite) {
      explicitTuples.add(new ExplicitTuple(entity, attribute, normal, form));
      if (entity < 0) {
        tempids.markSubject(entity);
      }
      return;
    }
    if (attribute.id() == Bootstrap.TX_INSTANT) {
      instant.assertOn(entity, (Date) normal, form);
      return;
    }
    boolean inline = attribute.type().inline();
    add(entity, attribute, attribute.type().key(normal), inline ? null : normal);
  }

  /// Asserts what no form of the caller says.
  void addOfSystem(long entity, Attribute attribute, Object value) {
    form = Facts.NO_FORM;
    add(entity, attribute, value);
  }

  /// Asserts what is resolved and checked already.
  void add(long entity, Attribute attribute, long key, @Nullable Object object) {
    if (attribute.id() < Bootstrap.FIRST_USER_ATTRIBUTE && isVirtual(entity, attribute, key)) {
      return;
    }
    if (!attribute.predicates().isEmpty()) {
      Object value = object == null ? attribute.type().ofKey(key) : object;
      functions.checkValue(attribute, () -> subjects.name(entity), value, form);
    }
    if (entity < 0) {
      tempids.markSubject(entity);
    }
    noteUse(attribute, object);
    facts.add(entity, attribute, key, object, Facts.ADD, form);
  }

  private void retract(long entity, Attribute attribute, @Nullable Object value) {
    long key;
    Object object = null;
    if (attribute.isRef()) {
      key = values.reference(attribute, value, form);
    } else {
      object = values.normalize(attribute, value, form);
      key = attribute.type().key(object);
      object = attribute.type().inline() ? null : object;
    }
    retract(entity, attribute, key, object, Facts.RETRACT);
  }

  private void retractAll(long entity, Attribute attribute) {
    facts.hasRetractAll = true;
    retract(entity, attribute, 0, null, Facts.RETRACT_ALL);
  }

  /// Retracts what is resolved and checked already.
  void retract(long entity, Attribute attribute, long key, @Nullable Object object, byte op) {
    if (attribute.tuple() instanceof Tuple.Composite) {
      return; // follows its parts
    }
    if (attribute.id() == Bootstrap.TX_INSTANT) {
      instant.retractOn(entity, form);
      return;
    }
    if (entity < 0) {
      tempids.markSubject(entity);
    }
    noteUse(attribute, object);
    facts.add(entity, attribute, key, object, op, form);
  }

  private void noteUse(Attribute attribute, @Nullable Object object) {
    if (object instanceof List<?>) {
      facts.hasTuples = true;
    }
    if (SchemaCheck.defines(attribute.id())) {
      facts.hasSchema = true;
    }
    if (!facts.hasComposites && !schema.compositesOf(attribute.id()).isEmpty()) {
      facts.hasComposites = true;
    }
  }

  /// Takes the assertions of the built-in attributes that mean something else than a fact.
  private boolean isVirtual(long entity, Attribute attribute, long key) {
    switch (attribute.id()) {
      case Bootstrap.ENSURE -> {
        if (key < 0) {
          throw Refused.incorrect(
                  form,
                  "db.error/not-an-entity",
                  "a temporary id is named as spec.",
                  "A spec is an entity of the database before this transaction.",
                  "Transact the spec first, then ensure it.")
              .toException();
        }
        ensured.add(new Ensured(entity, key, form));
        if (entity < 0) {
          tempids.markSubject(entity);
        }
        return true;
      }
      case Bootstrap.EXCISE,
          Bootstrap.EXCISE_ATTRS,
          Bootstrap.EXCISE_BEFORE_T,
          Bootstrap.EXCISE_BEFORE -> {
        facts.hasExcision = true;
        return false;
      }
      case Bootstrap.VALUE_TYPE -> {
        if (entity < 0) {
          tempids.markAttribute(entity);
        }
        return false;
      }
      case Bootstrap.INSTALL_ATTRIBUTE -> {
        if (entity == Partition.entity(Partition.DB, Bootstrap.PART_DB) && key < 0) {
          tempids.markAttribute(key);
        }
        return false;
      }
      default -> {
        return false;
      }
    }
  }

  private void requireCount(@Nullable Object[] items, int least, int most, String shape) {
    if (items.length < least || items.length > most) {
      throw invalidListForm("has " + items.length + " elements.", shape);
    }
  }

  private RuntimeException invalidListForm(String what, String shape) {
    return Refused.incorrect(
            form,
            "db.error/invalid-list-form",
            "the list " + what,
            "Expected " + shape + ".",
            "Complete the form.")
        .toException();
  }

  private RuntimeException notAFunction(String what, String remedy) {
    return Refused.incorrect(
            form,
            "db.error/not-a-data-function",
            what,
            "Each form is a map or a list that begins with a function.",
            remedy)
        .toException();
  }

  private RuntimeException notTransactionData(String what) {
    return Refused.incorrect(
            form,
            "db.error/not-transaction-data",
            what,
            "Transaction data is a collection of maps and lists.",
            "Send a collection such as [{:person/name \"Ada\"}].")
        .toException();
  }
}
