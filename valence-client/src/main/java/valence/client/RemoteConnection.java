package valence.client;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.api.DbStatus;
import valence.api.LiveQuery;
import valence.api.LogEntry;
import valence.api.QueryRequest;
import valence.api.Transaction;
import valence.api.TxFeed;
import valence.api.TxReport;
import valence.wire.DbValue;

/// A connection to a database through a node.
///
/// @param client of whose system it is
record RemoteConnection(RemoteClient client, String dbName) implements Connection {
  private Map<Keyword, @Nullable Object> request() {
    Map<Keyword, @Nullable Object> request = new LinkedHashMap<>();
    request.put(kw("db-name"), dbName);
    return request;
  }

  private Db db(String operation, Map<Keyword, @Nullable Object> request) {
    Object answer = client.read(operation, request);
    return new RemoteDb(client, RemoteClient.expected(DbValue.class, answer));
  }

  @Override
  public Db db() {
    return db("db", request());
  }

  @Override
  public Db sync() {
    return db("sync", request());
  }

  @Override
  public Db sync(long t) {
    return db("sync", with("t", t));
  }

  @Override
  public Db syncExcise(long t) {
    return db("sync-excise", with("t", t));
  }

  private Map<Keyword, @Nullable Object> with(String key, Object value) {
    Map<Keyword, @Nullable Object> request = request();
    request.put(kw(key), value);
    return request;
  }

  /// Sent again when its answer is lost if it has a request id, which is a fact of the transaction;
  /// without one only when the node surely didn't take it.
  @Override
  public TxReport transact(Transaction transaction) {
    Map<Keyword, @Nullable Object> request = with("tx-data", transaction.data());
    transaction.requestId().ifPresent(id -> request.put(kw("request-id"), id));
    transaction.ioContext().ifPresent(context -> request.put(kw("io-context"), context));
    Requests.Harm harm =
        transaction.requestId().isPresent() ? Requests.Harm.NONE : Requests.Harm.POSSIBLE;
    Object answer = client.requests().call("transact", request, transaction.timeout(), harm);
    return Answers.report(client, RemoteClient.expected(Map.class, answer));
  }

  @Override
  public DbStatus status() {
    return Answers.status(RemoteClient.expected(Map.class, client.read("db-status", request())));
  }

  @Override
  public Stream<LogEntry> txRange(@Nullable Object start, @Nullable Object end) {
    Map<Keyword, @Nullable Object> request = request();
    if (start != null) {
      request.put(kw("start"), start);
    }
    // The log grows: a range that is read in parts needs an end.
    request.put(kw("end"), end != null ? end : db().basisT() + 1);
    Duration patience = client.timeout();
    return new RemoteRows<>(client.requests(), "tx-range", request, patience, Answers::entry)
        .stream();
  }

  @Override
  public TxFeed txFeed(Object start) {
    return RemoteTxFeed.begin(this, with("start", start));
  }

  @Override
  public LiveQuery live(QueryRequest query, OptionalLong after) {
    // What a live query can't have is refused by the node, as in process.
    Map<Keyword, @Nullable Object> request = RemoteQuery.fields(client, query);
    request.put(kw("db-name"), dbName);
    request.put(kw("timeout"), Math.max(1, RemoteQuery.timeout(query).toMillis()));
    after.ifPresent(t -> request.put(kw("after"), t));
    return RemoteLiveQuery.begin(client, request);
  }

  /// Datoms of an answer.
  static List<Datom> datoms(@Nullable Object rows) {
    return RemoteClient.expected(List.class, rows) instanceof List<?> all
        ? all.stream().map(each -> RemoteClient.expected(Datom.class, each)).toList()
        : List.of();
  }
}
