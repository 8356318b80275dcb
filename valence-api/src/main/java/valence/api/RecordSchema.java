package valence.api;

import clojure.lang.Keyword;
import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.record.Component;
import valence.api.record.Doc;
import valence.api.record.Indexed;
import valence.api.record.NoHistory;
import valence.api.record.Tuple;
import valence.api.record.Unique;

/// The schema that record types declare, their nested records and enums included.
final class RecordSchema {
  private static final Keyword IDENT = Keyword.intern("db", "ident");
  private static final Keyword VALUE_TYPE = Keyword.intern("db", "valueType");
  private static final Keyword CARDINALITY = Keyword.intern("db", "cardinality");
  private static final Keyword UNIQUE = Keyword.intern("db", "unique");
  private static final Keyword COMPONENT = Keyword.intern("db", "isComponent");
  private static final Keyword INDEX = Keyword.intern("db", "index");
  private static final Keyword NO_HISTORY = Keyword.intern("db", "noHistory");
  private static final Keyword DOC = Keyword.intern("db", "doc");
  private static final Keyword TUPLE_TYPE = Keyword.intern("db", "tupleType");
  private static final Keyword TUPLE_TYPES = Keyword.intern("db", "tupleTypes");
  private static final Keyword TUPLE_ATTRS = Keyword.intern("db", "tupleAttrs");
  private static final Keyword TUPLE = Keyword.intern("db.type", "tuple");
  private static final Keyword REF = Keyword.intern("db.type", "ref");
  private static final Keyword KEYWORD = Keyword.intern("db.type", "keyword");

  /// What a difference between record and database can lie in.
  private static final List<Keyword> CHECKED = List.of(
      VALUE_TYPE, CARDINALITY, UNIQUE, COMPONENT, NO_HISTORY, TUPLE_TYPE, TUPLE_TYPES, TUPLE_ATTRS);

  private final Map<Keyword, Declared> attributes = new LinkedHashMap<>();
  private final Map<Keyword, String> idents = new LinkedHashMap<>(); // with where they are declared
  private final Set<Class<?>> seen = new LinkedHashSet<>();

  private RecordSchema() {}

  /// @param field      the first that declared the attribute
  /// @param definition its tx-data
  private record Declared(Field field, Map<Keyword, Object> definition) {}

  static RecordSchema of(Class<? extends Record>[] types) {
    RecordSchema schema = new RecordSchema();
    for (Class<? extends Record> type : types) {
      schema.add(type);
    }
    return schema;
  }

  private void add(Class<? extends Record> type) {
    if (!seen.add(type)) {
      return;
    }
    for (Field field : RecordForm.of(type).fields()) {
      if (!field.isId() && !field.isReverse()) {
        attributes.merge(
            field.attribute(), new Declared(field, definition(field)), RecordSchema::merged);
      }
      switch (field.single()) {
        case ValueForm.One _, ValueForm.Slots _, ValueForm.Alike _ -> {}
        case ValueForm.Nested(var nested) -> add(nested);
        case ValueForm.Constant(var named, var constants) ->
          constants.forEach((ident, constant) -> idents.put(
              ident, "Constant " + constant.name() + " of enum " + named.getSimpleName()));
      }
    }
  }

  private static Map<Keyword, Object> definition(Field field) {
    Map<Keyword, Object> definition = new LinkedHashMap<>();
    definition.put(IDENT, field.attribute());
    definition.put(
        VALUE_TYPE,
        switch (field.single()) {
          case ValueForm.One(Scalar scalar) -> scalar.valueType();
          case ValueForm.Constant _, ValueForm.Nested _ -> REF;
          case ValueForm.Slots _, ValueForm.Alike _ -> TUPLE;
        });
    Tuple tuple = annotation(field, Tuple.class);
    if (tuple != null && field.isComposite()) {
      definition.put(
          TUPLE_ATTRS,
          Stream.of(tuple.value())
              .map(name -> Names.keyword(name, field.toString()))
              .toList());
    } else if (field.single() instanceof ValueForm.Slots slots) {
      definition.put(
          TUPLE_TYPES, slots.fields().stream().map(RecordSchema::slotType).toList());
    } else if (field.single() instanceof ValueForm.Alike(Scalar slot)) {
      definition.put(TUPLE_TYPE, slot.valueType());
    }
    boolean many = field.form() instanceof ValueForm.Many;
    definition.put(CARDINALITY, Keyword.intern("db.cardinality", many ? "many" : "one"));
    Unique unique = annotation(field, Unique.class);
    if (unique != null) {
      definition.put(
          UNIQUE,
          switch (unique.value()) {
            case IDENTITY -> Keyword.intern("db.unique", "identity");
            case VALUE -> Keyword.intern("db.unique", "value");
          });
    }
    if (annotation(field, Component.class) != null) {
      definition.put(COMPONENT, true);
    }
    if (annotation(field, Indexed.class) != null) {
      definition.put(INDEX, true);
    }
    if (annotation(field, NoHistory.class) != null) {
      definition.put(NO_HISTORY, true);
    }
    Doc doc = annotation(field, Doc.class);
    if (doc != null) {
      definition.put(DOC, doc.value());
    }
    return definition;
  }

  private static Keyword slotType(Field slot) {
    if (slot.single() instanceof ValueForm.One(Scalar scalar)) {
      return scalar.valueType();
    }
    throw new AssertionError("a tuple's slots are values");
  }

  private static <A extends Annotation> @Nullable A annotation(Field field, Class<A> type) {
    return field.declared().getAnnotation(type);
  }

  /// Two records may show one attribute; what one of them says of it holds for both.
  private static Declared merged(Declared first, Declared second) {
    Map<Keyword, Object> both = new LinkedHashMap<>(second.definition());
    both.putAll(first.definition());
    for (Keyword property : CHECKED) {
      Object other = second.definition().get(property);
      if (other != null && !other.equals(both.get(property))) {
        throw Mismatch.component(
            second.field(),
            second.field() + " declares " + property + " " + other + ", and " + first.field() + " "
                + both.get(property) + ".",
            "Expected all records to declare an attribute alike.",
            "Change one of them, or name its attribute with @Attr.");
      }
    }
    return new Declared(first.field(), both);
  }

  /// Tx-data that installs the attributes and the idents of enums.
  List<Map<Keyword, Object>> txData() {
    List<Map<Keyword, Object>> txData = new ArrayList<>();
    attributes.values().forEach(declared -> txData.add(Map.copyOf(declared.definition())));
    idents.keySet().forEach(ident -> txData.add(Map.of(IDENT, ident)));
    return List.copyOf(txData);
  }

  /// Where a database has something else.
  List<SchemaDifference> differences(Db db) {
    List<SchemaDifference> differences = new ArrayList<>();
    attributes.forEach((attribute, declared) -> {
      Map<Keyword, Object> expected = new LinkedHashMap<>(declared.definition());
      Map<Keyword, Object> found = found(db, attribute);
      if (!found.isEmpty()) {
        boolean constant = declared.field().single() instanceof ValueForm.Constant;
        expected
            .entrySet()
            .removeIf(entry -> !CHECKED.contains(entry.getKey())
                || entry.getValue().equals(found.get(entry.getKey()))
                // An enum can be kept as a keyword as well.
                || (constant
                    && entry.getKey() == VALUE_TYPE
                    && KEYWORD.equals(found.get(VALUE_TYPE))));
        found.keySet().retainAll(expected.keySet());
      }
      if (!expected.isEmpty()) {
        String place = declared.field().toString();
        differences.add(new SchemaDifference(place, attribute, expected, found));
      }
    });
    idents.forEach((ident, place) -> {
      if (db.entid(ident).isEmpty()) {
        differences.add(new SchemaDifference(place, ident, Map.of(IDENT, ident), Map.of()));
      }
    });
    return List.copyOf(differences);
  }

  /// What the database says of an attribute; empty when it has none of that name.
  private static Map<Keyword, Object> found(Db db, Keyword attribute) {
    Map<Keyword, Object> found = new LinkedHashMap<>();
    if (db.entid(attribute).isPresent()) {
      Map<Object, Object> definition = db.pull(CHECKED, attribute);
      for (Keyword property : CHECKED) {
        Object value = definition.get(property);
        if (value != null) {
          found.put(property, value instanceof Map<?, ?> named ? named.get(IDENT) : value);
        }
      }
    }
    return found;
  }
}
