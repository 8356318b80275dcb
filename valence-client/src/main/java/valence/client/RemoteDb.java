package valence.client;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.Attribute;
import valence.api.Datom;
import valence.api.Db;
import valence.api.DbStats;
import valence.api.Entity;
import valence.api.Index;
import valence.api.PullRequest;
import valence.api.QueryRequest;
import valence.api.Transaction;
import valence.api.TxReport;
import valence.edn.Edn;
import valence.edn.EdnTagged;
import valence.edn.Persistent;
import valence.wire.DbValue;

/// A database value that a node answers for: its description, which holds nothing on the node.
///
/// @param description pinned to a basis
record RemoteDb(RemoteClient client, DbValue description) implements Db, EdnTagged {
  private Map<Keyword, @Nullable Object> request() {
    Map<Keyword, @Nullable Object> request = new LinkedHashMap<>();
    request.put(kw("db"), description);
    return request;
  }

  private Map<Keyword, @Nullable Object> with(String key, @Nullable Object value) {
    Map<Keyword, @Nullable Object> request = request();
    request.put(kw(key), value);
    return request;
  }

  @Override
  public String dbName() {
    return description.dbName();
  }

  @Override
  public long basisT() {
    Long t = description.t();
    return (t == null ? 0 : t)
        + description.with().stream().filter(step -> !(step instanceof Map)).count();
  }

  @Override
  public OptionalLong asOfT() {
    return point("as-of", description.asOf());
  }

  @Override
  public OptionalLong sinceT() {
    return point("since", description.since());
  }

  private OptionalLong point(String key, @Nullable Object own) {
    Object point = own;
    for (Object step : description.with()) {
      if (step instanceof Map<?, ?> view && view.containsKey(kw(key))) {
        point = view.get(kw(key));
      }
    }
    return point instanceof Long t ? OptionalLong.of(t) : OptionalLong.empty();
  }

  @Override
  public boolean isHistory() {
    return description.history()
        || description.with().stream()
            .anyMatch(step -> step instanceof Map<?, ?> view && view.containsKey(kw("history")));
  }

  @Override
  public OptionalLong txAt(Object timePoint) {
    return id(client.read("tx-at", with("time-point", timePoint)));
  }

  @Override
  public Optional<Attribute> attribute(Object attribute) {
    Object answer = client.read("attribute", with("eid", attribute));
    return answer instanceof Map<?, ?> map ? Optional.of(Answers.attribute(map)) : Optional.empty();
  }

  @Override
  public Db asOf(Object timePoint) {
    return viewed("as-of", description::withAsOf, timePoint);
  }

  @Override
  public Db since(Object timePoint) {
    return viewed("since", description::withSince, timePoint);
  }

  /// The value with a view of time on it, once the node has said which t the time point means.
  private Db viewed(String key, Function<Object, DbValue> view, Object timePoint) {
    if (timePoint instanceof Long t && t >= 0 && t <= basisT()) {
      return new RemoteDb(client, view.apply(t));
    }
    DbValue asked = view.apply(timePoint);
    Map<Keyword, @Nullable Object> request = new LinkedHashMap<>();
    request.put(kw("db"), asked);
    Map<?, ?> described = RemoteClient.expected(Map.class, client.read("describe", request));
    Object t = described.get(kw(key));
    return new RemoteDb(client, t == null ? asked : view.apply(t));
  }

  @Override
  public Db history() {
    return new RemoteDb(client, description.withHistory());
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // the caller chooses the type, as the api says
  public <T extends @Nullable Object> T q(Object query, @Nullable Object... inputs) {
    @Nullable Object[] args = new Object[inputs.length + 1];
    args[0] = this;
    System.arraycopy(inputs, 0, args, 1, inputs.length);
    return (T) RemoteQuery.q(client, QueryRequest.of(query, args).withTimeout(client.timeout()));
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // the caller chooses the type, as the api says
  public <T extends @Nullable Object> T q(QueryRequest request) {
    return (T) RemoteQuery.q(client, request);
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // the caller chooses the type, as the api says
  public <T extends @Nullable Object> List<T> qseq(QueryRequest request) {
    return (List<T>) RemoteQuery.qseq(client, request);
  }

  @Override
  public Map<Keyword, Object> qseqWithStats(QueryRequest request) {
    return RemoteQuery.qseqWithStats(client, request);
  }

  @Override
  public Map<Object, Object> pull(Object pattern, Object entity) {
    Map<Keyword, @Nullable Object> fields = with("selector", pattern);
    fields.put(kw("eid"), entity);
    return pulled(client.read("pull", fields));
  }

  @Override
  public Map<Object, Object> pull(PullRequest request) {
    Map<Keyword, @Nullable Object> fields = with("selector", request.pattern());
    fields.put(kw("eid"), request.entity());
    request.ioContext().ifPresent(context -> fields.put(kw("io-context"), context));
    return pulled(client.requests().call("pull", fields, request.timeout(), Requests.Harm.NONE));
  }

  @SuppressWarnings("unchecked") // what is pulled is a map of anything
  private static Map<Object, Object> pulled(@Nullable Object answer) {
    return (Map<Object, Object>) RemoteClient.expected(Map.class, answer);
  }

  @Override
  public Stream<Map<Object, Object>> pullMany(Object pattern, Collection<?> entities) {
    Map<Keyword, @Nullable Object> request = with("selector", pattern);
    request.put(kw("eids"), Arrays.asList(Persistent.items(entities)));
    return rows("pull-many", request, RemoteDb::pulled);
  }

  @Override
  public Stream<Map<Object, Object>> indexPull(
      Index index, Object pattern, Collection<?> start, boolean reverse) {
    Map<Keyword, @Nullable Object> request = with("selector", pattern);
    request.put(kw("index"), name(index));
    request.put(kw("start"), Arrays.asList(Persistent.items(start)));
    request.put(kw("reverse"), reverse);
    return rows("index-pull", request, RemoteDb::pulled);
  }

  @Override
  public Stream<Datom> datoms(Index index, @Nullable Object... components) {
    return datoms("datoms", index, components);
  }

  @Override
  public Stream<Datom> seekDatoms(Index index, @Nullable Object... components) {
    return datoms("seek-datoms", index, components);
  }

  private Stream<Datom> datoms(String operation, Index index, @Nullable Object... components) {
    Map<Keyword, @Nullable Object> request = with("index", name(index));
    request.put(kw("components"), Arrays.asList(components));
    return rows(operation, request, RemoteDb::datom);
  }

  private static Datom datom(@Nullable Object row) {
    return RemoteClient.expected(Datom.class, row);
  }

  private static Keyword name(Index index) {
    return kw(index.name().toLowerCase(Locale.ROOT));
  }

  @Override
  public Stream<Datom> indexRange(Object attribute, @Nullable Object start, @Nullable Object end) {
    Map<Keyword, @Nullable Object> request = with("attrid", attribute);
    if (start != null) {
      request.put(kw("start"), start);
    }
    if (end != null) {
      request.put(kw("end"), end);
    }
    return rows("index-range", request, RemoteDb::datom);
  }

  private <T> Stream<T> rows(
      String operation,
      Map<Keyword, @Nullable Object> request,
      Function<@Nullable Object, T> read) {
    Duration patience = client.timeout();
    return new RemoteRows<>(client.requests(), operation, request, patience, read).stream();
  }

  @Override
  public OptionalLong entid(Object entity) {
    return id(client.read("entid", with("eid", entity)));
  }

  private static OptionalLong id(@Nullable Object answer) {
    return answer == null
        ? OptionalLong.empty()
        : OptionalLong.of(RemoteClient.expected(Long.class, answer));
  }

  @Override
  public @Nullable Object ident(Object entity) {
    return client.read("ident", with("eid", entity));
  }

  @Override
  public DbStats stats() {
    return Answers.stats(RemoteClient.expected(Map.class, client.read("db-stats", request())));
  }

  @Override
  public TxReport with(Transaction transaction) {
    Map<Keyword, @Nullable Object> request = with("tx-data", transaction.data());
    transaction.ioContext().ifPresent(context -> request.put(kw("io-context"), context));
    Object answer =
        client.requests().call("with", request, transaction.timeout(), Requests.Harm.NONE);
    return Answers.report(client, RemoteClient.expected(Map.class, answer));
  }

  @Override
  public Optional<Entity> entity(Object entity) {
    throw Anomaly.of(
            Anomaly.Category.UNSUPPORTED,
            "The entity " + Edn.printShort(entity) + " was asked for across the network.",
            "An entity reads each attribute when it is asked for it: a request each.",
            "Pull what is needed, in one call, or run the code on a node.")
        .withError("db.error/entity-not-remote")
        .toException();
  }

  @Override
  public String ednTag() {
    return description.ednTag();
  }

  @Override
  public Object ednValue() {
    return description.ednValue();
  }

  @Override
  public String toString() {
    return Edn.print(this);
  }
}
