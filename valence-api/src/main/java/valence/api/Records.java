package valence.api;

import clojure.lang.Keyword;
import java.util.List;
import java.util.Map;

/// Java records as data of a database, without a database.
///
/// Component `firstName` of record `Person` is attribute `:person/first-name`; the annotations in
/// `valence.api.record` say what differs. What a component may be:
///
/// | component | in the database |
/// | --- | --- |
/// | `String`, `long`, `int`, `double`, `boolean`, `BigDecimal`, `Instant`, `UUID` … | a value |
/// | an enum | a reference to an ident, or a keyword: `:color/dark-red` for `Color.DARK_RED` |
/// | a record | a reference to the entity that it shows |
/// | `Optional`, `OptionalLong`, `OptionalInt`, `OptionalDouble` | a value, or none |
/// | `List`, `Set`, `Collection` | any number of values, in no order of yours |
/// | a record or a `List` with `@Tuple` | a tuple |
/// | `long id`, `OptionalLong id` | the entity id |
///
/// Anything else is refused at first use, with `:db.error/record-mapping`, as is a value that a
/// component can't hold, or the absence of one that it needs. Instants are kept in milliseconds.
/// [Db#pull(Class, Object)] and [Db#query] make records.
public final class Records {
  private Records() {}

  /// Tx-data that asserts what the records hold.
  ///
  /// An id other than 0, or a value of a unique attribute, says which entity a record is; otherwise
  /// it is a new one. A nested record becomes a nested map, or a reference when it has only an id.
  /// What is empty is left out, and retracts nothing; so is a composite tuple. Who refers
  /// to the record's entity, by a reversed attribute, is said to refer to it.
  public static List<Map<Keyword, Object>> txData(Record... records) {
    return RecordWriter.txData(records);
  }

  /// The pull pattern that selects what a record holds, for use in a query.
  public static List<Object> pattern(Class<? extends Record> type) {
    return RecordPattern.of(type);
  }

  /// Tx-data that installs the attributes which the records declare, and the idents of their enums;
  /// nested records are included. Without effect where it is installed already.
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  public static List<Map<Keyword, Object>> schema(Class<? extends Record>... types) {
    return RecordSchema.of(types).txData();
  }

  /// Where a database has another schema than the records declare; empty when they fit.
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  public static List<SchemaDifference> check(Db db, Class<? extends Record>... types) {
    return RecordSchema.of(types).differences(db);
  }
}
