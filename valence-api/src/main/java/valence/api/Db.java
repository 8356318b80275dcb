package valence.api;

import clojure.lang.ILookup;
import clojure.lang.Keyword;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A database as a value: the same value gives the same answers for ever.
///
/// Where a method takes an entity, it takes an entity id, an ident (a keyword) or a lookup ref
/// (`[unique-attribute value]`); where it takes a time point, it takes a t, the entity id of a
/// transaction, a `java.util.Date` or a `java.time.Instant`.
///
/// It is also read by the keys `:db-name`, `:t`, `:next-t`, `:as-of`, `:since` and `:history`.
public interface Db extends ILookup {
  /// The name of the database.
  String dbName();

  /// The t of the newest transaction in the value, whatever filters stand on it.
  long basisT();

  /// The t that [#asOf] was given or found.
  OptionalLong asOfT();

  /// The t that [#since] was given or found.
  OptionalLong sinceT();

  /// Whether the value shows every assertion and retraction instead of what is true.
  boolean isHistory();

  /// Whether a [#filter] hides datoms; a time point or a history is none.
  default boolean isFiltered() {
    return false;
  }

  /// The t that the next transaction of the value gets.
  default long nextT() {
    return basisT() + 1;
  }

  /// The entity id of the newest transaction at or before a time point; empty when there is none.
  OptionalLong txAt(Object timePoint);

  /// What the schema says of an attribute; empty when the reference names none. The schema is the
  /// newest, whatever the value shows.
  Optional<Attribute> attribute(Object attribute);

  /// The value with only those datoms that a predicate shows, to every call; those that filters or
  /// time points hide stay hidden. Names of entities and attributes are known nevertheless, a
  /// lookup ref isn't when its datom is hidden. What [#with] makes of the value is filtered as
  /// well, but a transaction itself sees everything.
  ///
  /// The predicate is asked once for each datom that a call passes, those of the schema too, from
  /// any thread. It needn't be fast, but the call is no faster. A value of a database on the other
  /// side of a network refuses with `unsupported`: the predicate is code of this process.
  ///
  /// @param shows asked with what is true at the basis, unfiltered, and a datom; of a history
  /// value,
  ///     each assertion and each retraction
  default Db filter(BiPredicate<? super Db, ? super Datom> shows) {
    throw Anomaly.of(
            Anomaly.Category.UNSUPPORTED,
            "A value of a database on the other side of a network can't be filtered.",
            "The predicate is code of this process, and the datoms are there.",
            "Put the condition into the query, as a rule or as a function of the application.")
        .toException();
  }

  /// The value as it was at a time point, the point included.
  Db asOf(Object timePoint);

  /// The value with only the facts said after a time point.
  Db since(Object timePoint);

  /// Every assertion and retraction up to the basis.
  Db history();

  /// The answer to a query whose first input is this value.
  ///
  /// The result has the shape that `:find` asks for: a collection of rows (lists) for a relation, a
  /// list of values for `[?x ...]`, one row for `[?x ?y]`, one value for `?x .`; the last two are
  /// null when nothing was found. The caller chooses the static type.
  ///
  /// @param query a list, a map or EDN text
  <T extends @Nullable Object> T q(Object query, @Nullable Object... inputs);

  /// The answer to a query with options; its args name their databases themselves.
  <T extends @Nullable Object> T q(QueryRequest request);

  /// How a query whose first input is this value is run, and what each part of it costs: found out
  /// by running it. `println` shows it as a table.
  default Explanation explain(Object query, @Nullable Object... inputs) {
    @Nullable Object[] args = new Object[inputs.length + 1];
    args[0] = this;
    System.arraycopy(inputs, 0, args, 1, inputs.length);
    return explain(QueryRequest.of(query, args));
  }

  /// [#explain(Object, Object...)] with options; its args name their databases themselves.
  default Explanation explain(QueryRequest request) {
    return Explanation.of(this.<@Nullable Object>q(request.withPlan()));
  }

  /// The answer to a query, whose pulls are made as its rows are read.
  ///
  /// The list can't be changed and knows its size; rows are found before it is returned. A row that
  /// is read twice is pulled twice, so that reading many rows takes the memory of one.
  ///
  /// @param request of a query that finds rows, or the values of one column
  <T extends @Nullable Object> List<T> qseq(QueryRequest request);

  /// [#qseq] with what finding its rows was like: `{:ret rows, :io-stats {…} :query-stats {…}}`, as
  /// the request asks. What is read later, by the pulls of the rows, isn't in it.
  Map<Keyword, Object> qseqWithStats(QueryRequest request);

  /// What the pattern selects of an entity; empty when that is nothing.
  Map<Object, Object> pull(Object pattern, Object entity);

  /// [#pull(Object, Object)] with limits; with an io-context, `{:ret …, :io-stats {…}}`.
  Map<Object, Object> pull(PullRequest request);

  /// [#pull] for each of the entities, in order.
  Stream<Map<Object, Object>> pullMany(Object pattern, Collection<?> entities);

  /// The record of an entity, pulled by the pattern that [Records#pattern] shows; empty when the
  /// entity has nothing that the record shows.
  ///
  /// Fails with `:db.error/record-mapping` when a component can't hold what was found.
  default <T extends Record> Optional<T> pull(Class<T> type, Object entity) {
    RecordForm form = RecordForm.of(type);
    Map<Object, Object> found = pull(RecordPattern.of(type), entity);
    return RecordReader.isPresent(form, found)
        ? Optional.of(type.cast(new RecordReader(this).pulled(form, found)))
        : Optional.empty();
  }

  /// [#pull(Class, Object)] for each of the entities, in order, read as consumed; `not-found` for
  /// an entity that has nothing which the record shows.
  default <T extends Record> Stream<T> pullMany(Class<T> type, Collection<?> entities) {
    RecordForm form = RecordForm.of(type);
    RecordReader reader = new RecordReader(this);
    return pullMany(RecordPattern.of(type), entities)
        .map(found -> type.cast(reader.required(form, found)));
  }

  /// The rows of a query whose first input is this value, each as a record: by position, or by name
  /// when the query has `:keys`, `:strs` or `:syms`.
  ///
  /// A component that is a record takes what `(pull ?e pattern)` gives, see [Records#pattern].
  /// Fails with `:db.error/record-mapping` when a component can't hold what was found.
  ///
  /// @param query as in [#q(Object, Object...)]; its `:find` asks for rows
  default <T extends Record> List<T> query(
      Class<T> type, Object query, @Nullable Object... inputs) {
    RecordForm form = RecordForm.of(type);
    RecordReader reader = new RecordReader(this);
    Object rows = q(query, inputs);
    if (!(rows instanceof Collection<?> all)) {
      return List.of(type.cast(reader.row(form, null))); // which says what was expected
    }
    return all.stream().map(row -> type.cast(reader.row(form, row))).toList();
  }

  /// [#q(Object, Object...)] on a thread of its own; a failure is an [AnomalyException].
  default <T extends @Nullable Object> CompletionStage<T> qAsync(
      Object query, @Nullable Object... inputs) {
    return Async.call(() -> q(query, inputs));
  }

  /// [#q(QueryRequest)] on a thread of its own; a failure is an [AnomalyException].
  default <T extends @Nullable Object> CompletionStage<T> qAsync(QueryRequest request) {
    return Async.call(() -> q(request));
  }

  /// [#pull(Object, Object)] on a thread of its own; a failure is an [AnomalyException].
  default CompletionStage<Map<Object, Object>> pullAsync(Object pattern, Object entity) {
    return Async.call(() -> pull(pattern, entity));
  }

  /// [#pull(Class, Object)] on a thread of its own; a failure is an [AnomalyException].
  default <T extends Record> CompletionStage<Optional<T>> pullAsync(Class<T> type, Object entity) {
    return Async.call(() -> pull(type, entity));
  }

  /// [#query] on a thread of its own; a failure is an [AnomalyException].
  default <T extends Record> CompletionStage<List<T>> queryAsync(
      Class<T> type, Object query, @Nullable Object... inputs) {
    return Async.call(() -> query(type, query, inputs));
  }

  /// The entity as a lazy map, for code that runs beside the data; empty when the reference names
  /// none. An id is taken as it is.
  ///
  /// Each attribute is read when it is asked for, so a database on the other side of a network
  /// refuses with `unsupported`: pull what is needed there, in one call. A history value refuses
  /// too, since an attribute has no one value there.
  default Optional<Entity> entity(Object entity) {
    return Entity.of(this, entity);
  }

  /// The pattern pulled from entities in the order of an index, as the index is read.
  ///
  /// @param index   [Index#AVET] pulls e, [Index#AEVT] pulls v
  /// @param start   the leading components to start at; the attribute at least
  /// @param reverse from the start downwards
  Stream<Map<Object, Object>> indexPull(
      Index index, Object pattern, Collection<?> start, boolean reverse);

  /// The datoms whose leading components are those given, in index order, read as consumed.
  Stream<Datom> datoms(Index index, @Nullable Object... components);

  /// The datoms from the given components to the end of the index, read as consumed.
  Stream<Datom> seekDatoms(Index index, @Nullable Object... components);

  /// The datoms of one attribute with start ≤ value < end, by value; null leaves an end open.
  Stream<Datom> indexRange(Object attribute, @Nullable Object start, @Nullable Object end);

  /// The entity id that an ident or lookup ref names in this value.
  OptionalLong entid(Object entity);

  /// The ident of an entity, or null when it has none.
  @Nullable Object ident(Object entity);

  /// How many datoms the database holds, with its history: all, and for each attribute by ident.
  DbStats stats();

  /// The value that the tx-data would make. Nothing is stored.
  ///
  /// @param txData a collection of tx-data forms, or EDN text of one
  default TxReport with(Object txData) {
    return with(Transaction.of(txData));
  }

  /// The value that the transaction would make, at once. Nothing is stored.
  TxReport with(Transaction transaction);

  /// What the value says of itself under a key; null for any other key.
  @Override
  default @Nullable Object valAt(@Nullable Object key) {
    return valAt(key, null);
  }

  @Override
  default @Nullable Object valAt(@Nullable Object key, @Nullable Object absent) {
    if (!(key instanceof Keyword keyword) || keyword.getNamespace() != null) {
      return absent;
    }
    return switch (keyword.getName()) {
      case "db-name" -> dbName();
      case "t" -> basisT();
      case "next-t" -> nextT();
      case "as-of" -> asOfT().isPresent() ? (Long) asOfT().getAsLong() : absent;
      case "since" -> sinceT().isPresent() ? (Long) sinceT().getAsLong() : absent;
      case "history" -> isHistory();
      default -> absent;
    };
  }
}
