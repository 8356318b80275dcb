package valence.engine.schema;

import static valence.engine.value.ValueType.BOOLEAN;
import static valence.engine.value.ValueType.INSTANT;
import static valence.engine.value.ValueType.KEYWORD;
import static valence.engine.value.ValueType.LONG;
import static valence.engine.value.ValueType.REF;
import static valence.engine.value.ValueType.STRING;
import static valence.engine.value.ValueType.SYMBOL;
import static valence.engine.value.ValueType.TUPLE;
import static valence.engine.value.ValueType.UUID;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import valence.engine.schema.Attribute.Tuple;
import valence.engine.schema.Attribute.Unique;
import valence.engine.value.ValueType;

/// The datoms that every database begins with, said by transaction t = 0 at the epoch.
///
/// Entity ids are those of the reference where it has the entity. They are part of the storage
/// format: never change one, and add at free numbers below [#FIRST_USER_ATTRIBUTE].
public final class Bootstrap {
  /// The t of the bootstrap transaction.
  public static final long T = 0;
  /// Attributes of users are numbered from here.
  public static final int FIRST_USER_ATTRIBUTE = 73;

  public static final int PART_DB = 0;
  public static final int ADD = 1;
  public static final int RETRACT = 2;
  public static final int TX_REVISION = 5;
  public static final int TX_FUNCTION = 6;
  public static final int TX_REQUEST_ID = 8;
  public static final int TX_REQUEST = 9;
  public static final int IDENT = 10;
  public static final int INSTALL_PARTITION = 11;
  public static final int INSTALL_VALUE_TYPE = 12;
  public static final int INSTALL_ATTRIBUTE = 13;
  public static final int TX_TRACE = 14;
  public static final int EXCISE = 15;
  public static final int EXCISE_ATTRS = 16;
  public static final int EXCISE_BEFORE_T = 17;
  public static final int EXCISE_BEFORE = 18;
  public static final int ALTER_ATTRIBUTE = 19;
  public static final int CARDINALITY_ONE = 35;
  public static final int CARDINALITY_MANY = 36;
  public static final int UNIQUE_VALUE = 37;
  public static final int UNIQUE_IDENTITY = 38;
  public static final int FRESSIAN_TAG = 39;
  public static final int VALUE_TYPE = 40;
  public static final int CARDINALITY = 41;
  public static final int UNIQUE = 42;
  public static final int IS_COMPONENT = 43;
  public static final int INDEX = 44;
  public static final int NO_HISTORY = 45;
  public static final int TX_INSTANT = 50;
  public static final int FULLTEXT = 51;
  public static final int TX_PRINCIPAL = 52;
  public static final int CAS = 56;
  public static final int RETRACT_ENTITY = 57;
  public static final int DOC = 63;
  public static final int TUPLE_TYPE = 66;
  public static final int TUPLE_TYPES = 67;
  public static final int TUPLE_ATTRS = 68;
  public static final int ENSURE = 69;
  public static final int ENTITY_ATTRS = 70;
  public static final int ENTITY_PREDS = 71;
  public static final int ATTR_PREDS = 72;

  /// One fact of the bootstrap transaction.
  ///
  /// @param value normalized
  public record Fact(long entity, int attribute, Object value) {}

  private static final List<Fact> FACTS = new ArrayList<>();
  private static Schema schema = Schema.EMPTY;

  static {
    FACTS.add(new Fact(Partition.tx(T), TX_INSTANT, new Date(0)));
    name(PART_DB, "db.part/db");
    name(ADD, "db/add");
    name(RETRACT, "db/retract");
    name(3, "db.part/tx");
    name(4, "db.part/user");
    name(34, "db/affinity");
    name(CARDINALITY_ONE, "db.cardinality/one");
    name(CARDINALITY_MANY, "db.cardinality/many");
    name(UNIQUE_VALUE, "db.unique/value");
    name(UNIQUE_IDENTITY, "db.unique/identity");
    name(53, "db.bootstrap/part");
    name(CAS, "db/cas");
    name(RETRACT_ENTITY, "db/retractEntity");
    for (ValueType type : ValueType.values()) {
      name(type.id(), "db.type/" + type.ident().getName());
      FACTS.add(new Fact(type.id(), FRESSIAN_TAG, Keyword.intern(type.tag())));
    }
    attribute(TX_REVISION, "valence.tx/revision", STRING, false);
    attribute(TX_FUNCTION, "valence.tx/function", STRING, true);
    attribute(TX_REQUEST_ID, "valence.tx/request-id", UUID, false, Unique.VALUE);
    attribute(TX_REQUEST, "valence.tx/request", STRING, false);
    attribute(TX_TRACE, "valence.tx/trace", STRING, false);
    attribute(TX_PRINCIPAL, "valence.tx/principal", STRING, false);
    attribute(7, "db/system-tx", KEYWORD, true);
    attribute(IDENT, "db/ident", KEYWORD, false, Unique.IDENTITY);
    attribute(INSTALL_PARTITION, "db.install/partition", REF, true);
    attribute(INSTALL_VALUE_TYPE, "db.install/valueType", REF, true);
    attribute(INSTALL_ATTRIBUTE, "db.install/attribute", REF, true);
    attribute(EXCISE, "db/excise", REF, false);
    attribute(EXCISE_ATTRS, "db.excise/attrs", REF, true);
    attribute(EXCISE_BEFORE_T, "db.excise/beforeT", LONG, false);
    attribute(EXCISE_BEFORE, "db.excise/before", INSTANT, false);
    attribute(ALTER_ATTRIBUTE, "db.alter/attribute", REF, true);
    attribute(FRESSIAN_TAG, "fressian/tag", KEYWORD, false);
    attribute(VALUE_TYPE, "db/valueType", REF, false);
    attribute(CARDINALITY, "db/cardinality", REF, false);
    attribute(UNIQUE, "db/unique", REF, false);
    attribute(IS_COMPONENT, "db/isComponent", BOOLEAN, false);
    attribute(INDEX, "db/index", BOOLEAN, false);
    attribute(NO_HISTORY, "db/noHistory", BOOLEAN, false);
    attribute(TX_INSTANT, "db/txInstant", INSTANT, false);
    attribute(FULLTEXT, "db/fulltext", BOOLEAN, false);
    attribute(55, "db/txUUID", UUID, false);
    attribute(DOC, "db/doc", STRING, false);
    attribute(TUPLE_TYPE, "db/tupleType", KEYWORD, false);
    attribute(TUPLE_TYPES, "db/tupleTypes", TUPLE, false, new Tuple.Homogeneous(KEYWORD));
    attribute(TUPLE_ATTRS, "db/tupleAttrs", TUPLE, false, new Tuple.Homogeneous(KEYWORD));
    attribute(ENSURE, "db/ensure", REF, true);
    attribute(ENTITY_ATTRS, "db.entity/attrs", KEYWORD, true);
    attribute(ENTITY_PREDS, "db.entity/preds", SYMBOL, true);
    attribute(ATTR_PREDS, "db.attr/preds", SYMBOL, true);
    for (int partition : new int[] {0, 3, 4}) {
      FACTS.add(new Fact(PART_DB, INSTALL_PARTITION, (long) partition));
    }
    for (ValueType type : ValueType.values()) {
      FACTS.add(new Fact(PART_DB, INSTALL_VALUE_TYPE, (long) type.id()));
    }
  }

  private Bootstrap() {}

  /// Every fact of the bootstrap transaction.
  public static List<Fact> facts() {
    return List.copyOf(FACTS);
  }

  /// The schema that [#facts] make.
  public static Schema schema() {
    return schema;
  }

  private static void name(int entity, String ident) {
    Keyword keyword = Keyword.intern(ident);
    FACTS.add(new Fact(entity, IDENT, keyword));
    schema = schema.withIdent(entity, keyword);
  }

  private static void attribute(int id, String ident, ValueType type, boolean many) {
    attribute(id, ident, type, many, Unique.NONE, new Tuple.None());
  }

  private static void attribute(int id, String ident, ValueType type, boolean many, Unique unique) {
    attribute(id, ident, type, many, unique, new Tuple.None());
  }

  private static void attribute(int id, String ident, ValueType type, boolean many, Tuple tuple) {
    attribute(id, ident, type, many, Unique.NONE, tuple);
  }

  private static void attribute(
      int id, String ident, ValueType type, boolean many, Unique unique, Tuple tuple) {
    name(id, ident);
    FACTS.add(new Fact(id, VALUE_TYPE, (long) type.id()));
    FACTS.add(new Fact(id, CARDINALITY, (long) (many ? CARDINALITY_MANY : CARDINALITY_ONE)));
    if (unique != Unique.NONE) {
      long kind = unique == Unique.IDENTITY ? UNIQUE_IDENTITY : UNIQUE_VALUE;
      FACTS.add(new Fact(id, UNIQUE, kind));
    }
    if (tuple instanceof Tuple.Homogeneous homogeneous) {
      FACTS.add(new Fact(id, TUPLE_TYPE, homogeneous.type().ident()));
    }
    FACTS.add(new Fact(PART_DB, INSTALL_ATTRIBUTE, (long) id));
    schema = schema.withAttribute(new Attribute(
        id, Keyword.intern(ident), type, many, unique, false, false, false, tuple, List.of()));
  }
}
