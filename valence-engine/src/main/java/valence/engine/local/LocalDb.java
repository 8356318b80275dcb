package valence.engine.local;

import clojure.lang.Keyword;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.Datom;
import valence.api.Db;
import valence.api.DbStats;
import valence.api.Index;
import valence.api.PullRequest;
import valence.api.QueryRequest;
import valence.api.Transaction;
import valence.api.TxReport;
import valence.edn.Edn;
import valence.edn.EdnTagged;
import valence.engine.db.Database;
import valence.engine.db.DatabaseValue;
import valence.engine.db.DatomFilter;
import valence.engine.db.EntityRef;
import valence.engine.db.TimePoint;
import valence.engine.function.CallLimit;
import valence.engine.function.FunctionResolver;
import valence.engine.index.Bound;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.index.Reads;
import valence.engine.index.TimeView;
import valence.engine.pull.Pull;
import valence.engine.pull.PullPattern;
import valence.engine.query.exec.Budget;
import valence.engine.schema.Attribute;
import valence.engine.schema.Partition;
import valence.engine.schema.Schema;
import valence.engine.tx.Transacted;
import valence.engine.tx.Transactions;
import valence.engine.tx.TxContext;

/// A database value in this process.
///
/// Two values are equal when they are of one database, have one basis and show the same window of
/// time through the same filters; of speculative values, only those of the same call of [#with].
public final class LocalDb implements DatabaseValue, EdnTagged {
  private final Database database;
  private final Surroundings surroundings;
  private final @Nullable Object speculation; // one object for each call of with

  private LocalDb(Database database, Surroundings surroundings, @Nullable Object speculation) {
    this.database = database;
    this.surroundings = surroundings;
    this.speculation = speculation;
  }

  /// What a value needs beside its facts.
  ///
  /// @param functions the application's, for queries, pulls and speculative transactions
  /// @param queries   answers queries
  /// @param clock     gives speculative transactions their instant
  public record Surroundings(FunctionResolver functions, Queries queries, InstantSource clock) {}

  /// Answers queries; their args hold the databases.
  @FunctionalInterface
  public interface Queries {
    @Nullable Object run(QueryRequest request, FunctionResolver functions);
  }

  /// A value that shows what its database holds durably.
  public static LocalDb of(Database database, Surroundings surroundings) {
    return new LocalDb(database, surroundings, null);
  }

  /// What the value shows; `unavailable` while it is as of a t that the database hasn't reached.
  @Override
  public Database database() {
    long asOf = database.view().asOf();
    if (asOf != TimeView.NOW.asOf() && asOf > database.basisT()) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              "Db not yet available for t=" + asOf + ".",
              "The newest transaction that this value knows is t=" + database.basisT() + ".",
              "Take a newer value from the connection, with sync, and ask again.")
          .toException();
    }
    return database;
  }

  /// Whether the value holds transactions that were only tried, by [#with].
  public boolean isSpeculative() {
    return speculation != null;
  }

  @Override
  public String dbName() {
    return database.name();
  }

  @Override
  public long basisT() {
    return database.basisT();
  }

  @Override
  public OptionalLong asOfT() {
    long t = database.view().asOf();
    return t == TimeView.NOW.asOf() ? OptionalLong.empty() : OptionalLong.of(t);
  }

  @Override
  public OptionalLong sinceT() {
    long t = database.view().since();
    return t == TimeView.NOW.since() ? OptionalLong.empty() : OptionalLong.of(t);
  }

  @Override
  public boolean isHistory() {
    return database.view().history();
  }

  @Override
  public boolean isFiltered() {
    return database.view().filtered();
  }

  @Override
  public OptionalLong txAt(Object timePoint) {
    long t = Math.min(TimePoint.lastAtOrBefore(database, timePoint), database.basisT());
    return t < 0 ? OptionalLong.empty() : OptionalLong.of(Partition.tx(t));
  }

  @Override
  public Optional<valence.api.Attribute> attribute(Object attribute) {
    return Optional.ofNullable(EntityRef.attribute(database, attribute)).map(AttributeRecord::of);
  }

  @Override
  public LocalDb filter(BiPredicate<? super Db, ? super Datom> shows) {
    DatomFilter filter = new CallerFilter(shows, surroundings);
    return new LocalDb(database.withFilter(filter), surroundings, speculation);
  }

  @Override
  public LocalDb asOf(Object timePoint) {
    return seen(database.view().withAsOf(TimePoint.lastAtOrBefore(database, timePoint)));
  }

  @Override
  public LocalDb since(Object timePoint) {
    return seen(database.view().withSince(TimePoint.lastAtOrBefore(database, timePoint)));
  }

  @Override
  public LocalDb history() {
    return seen(database.view().withHistory());
  }

  private LocalDb seen(TimeView view) {
    return new LocalDb(database.withView(view), surroundings, speculation);
  }

  @Override
  public <T extends @Nullable Object> T q(Object query, @Nullable Object... inputs) {
    @Nullable Object[] args = new Object[inputs.length + 1];
    args[0] = this;
    System.arraycopy(inputs, 0, args, 1, inputs.length);
    return q(QueryRequest.of(query, args));
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // the caller chooses the type, as the api says
  public <T extends @Nullable Object> T q(QueryRequest request) {
    return (T) surroundings.queries().run(request, surroundings.functions());
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // the caller chooses the type, as the api says
  public <T extends @Nullable Object> List<T> qseq(QueryRequest request) {
    return (List<T>) valence.engine.query.Queries.seq(request, surroundings.functions());
  }

  @Override
  public Map<Keyword, Object> qseqWithStats(QueryRequest request) {
    return valence.engine.query.Queries.seqWithStats(request, surroundings.functions());
  }

  @Override
  public Map<Object, Object> pull(Object pattern, Object entity) {
    Database shown = database();
    return pulled(shown, Pull.pattern(pattern, shown.schema()), entity);
  }

  @Override
  public Stream<Map<Object, Object>> pullMany(Object pattern, Collection<?> entities) {
    Database shown = database();
    PullPattern parsed = Pull.pattern(pattern, shown.schema());
    return entities.stream().map(entity -> pulled(shown, parsed, entity));
  }

  @Override
  public Map<Object, Object> pull(PullRequest request) {
    Budget budget = new Budget(request.timeout());
    Reads reads = request.ioContext().isPresent() ? new Reads() : Reads.counting();
    Map<Object, Object> pulled = Reads.during(
        reads,
        () -> CallLimit.during(budget::tick, () -> pull(request.pattern(), request.entity())));
    if (reads == null || request.ioContext().isEmpty()) {
      return pulled;
    }
    Map<Object, Object> answer = new LinkedHashMap<>();
    answer.put(Keyword.intern("ret"), pulled);
    answer.put(Keyword.intern("io-stats"), reads.ioStats(request.ioContext().get(), "pull"));
    return answer;
  }

  private Map<Object, Object> pulled(Database shown, PullPattern pattern, Object entity) {
    long id = EntityRef.resolve(shown, entity);
    return surroundings
        .functions()
        .during(functions -> Pull.orEmpty(Pull.pull(shown, pattern, id, functions)));
  }

  @Override
  public Stream<Map<Object, Object>> indexPull(
      Index index, Object pattern, Collection<?> start, boolean reverse) {
    Database shown = database();
    return Pull.indexPull(
        shown,
        index,
        Pull.pattern(pattern, shown.schema()),
        start,
        reverse,
        surroundings.functions());
  }

  @Override
  public Stream<Datom> datoms(Index index, @Nullable Object... components) {
    return DatomRanges.datoms(database(), index, components);
  }

  @Override
  public Stream<Datom> seekDatoms(Index index, @Nullable Object... components) {
    return DatomRanges.seek(database(), index, components);
  }

  @Override
  public Stream<Datom> indexRange(Object attribute, @Nullable Object start, @Nullable Object end) {
    return DatomRanges.range(database(), attribute, start, end);
  }

  @Override
  public OptionalLong entid(Object entity) {
    long id = EntityRef.resolve(database(), entity);
    return id == Schema.NONE ? OptionalLong.empty() : OptionalLong.of(id);
  }

  @Override
  public @Nullable Object ident(Object entity) {
    return database.schema().ident(EntityRef.resolve(database(), entity));
  }

  @Override
  public DbStats stats() {
    Database all = database.withView(TimeView.NOW.withHistory());
    Map<Keyword, Long> attributes = new HashMap<>();
    for (Attribute attribute : all.schema().attributes()) {
      long count = all.countMax(Order.AEVT, Range.prefix(Bound.a(attribute.id())));
      if (count > 0) {
        attributes.put(attribute.ident(), count);
      }
    }
    Map<Keyword, DbStats.Distinct> distinct = new HashMap<>();
    all.countDistinct().byAttribute().forEach((id, of) -> {
      Attribute attribute = all.schema().attribute(id);
      if (attribute != null) {
        distinct.put(attribute.ident(), new DbStats.Distinct(of.values(), of.entities()));
      }
    });
    return new DbStats(all.countMax(Order.AEVT, Range.ALL), attributes, distinct);
  }

  @Override
  public TxReport with(Transaction transaction) {
    if (isHistory()) {
      throw Anomaly.incorrect(
              "db.error/history-not-supported",
              "Can't get history with tx-data.",
              "Expected a value that shows what is true at a time.",
              "Use the value without history, and take the history of the result.")
          .toException();
    }
    TxContext context = new TxContext(
        surroundings.functions(),
        facts -> of(facts, surroundings),
        surroundings.clock().instant(),
        transaction.requestId());
    Reads reads = transaction.ioContext().isPresent() ? new Reads() : Reads.counting();
    Transacted made =
        Reads.during(reads, () -> Transactions.transact(database, transaction.data(), context));
    LocalDb after = new LocalDb(made.after(), surroundings, new Object());
    return new TxReport(
        this,
        after,
        made.txData(),
        made.tempids(),
        made.stats(),
        ioStats(transaction, reads, "tx-with"));
  }

  /// What was read for a transaction that asked for it; empty for one that didn't.
  static Map<Keyword, Object> ioStats(Transaction transaction, @Nullable Reads reads, String api) {
    return reads == null
        ? Map.of()
        : transaction.ioContext().map(context -> reads.ioStats(context, api)).orElseGet(Map::of);
  }

  /// Tx-data as the api takes it, a collection of forms or EDN text of one, as forms.
  static Object forms(Object txData) {
    if (!(txData instanceof String text)) {
      return txData;
    }
    Object forms = Edn.read(text);
    return forms == null ? List.of() : forms; // nil is an empty collection
  }

  @Override
  public String ednTag() {
    return "valence/db";
  }

  /// `{:db-name "x" :t 12}`, with `:as-of`, `:since`, `:history` and `:filtered` where they
  /// filter, and `:speculative` where the t is not one of the database.
  @Override
  public Object ednValue() {
    Map<Keyword, Object> description = new LinkedHashMap<>();
    description.put(Keyword.intern("db-name"), dbName());
    description.put(Keyword.intern("t"), basisT());
    asOfT().ifPresent(t -> description.put(Keyword.intern("as-of"), t));
    sinceT().ifPresent(t -> description.put(Keyword.intern("since"), t));
    if (isHistory()) {
      description.put(Keyword.intern("history"), true);
    }
    if (isFiltered()) {
      description.put(Keyword.intern("filtered"), true);
    }
    if (isSpeculative()) {
      description.put(Keyword.intern("speculative"), true);
    }
    return description;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LocalDb db
        && dbName().equals(db.dbName())
        && basisT() == db.basisT()
        && database.view().equals(db.database.view())
        && database.filter().equals(db.database.filter())
        && speculation == db.speculation;
  }

  @Override
  public int hashCode() {
    return Objects.hash(dbName(), basisT(), database.view());
  }

  @Override
  public String toString() {
    return Edn.print(this);
  }
}
