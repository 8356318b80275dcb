package valence.node.operation;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
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
import valence.api.Client;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.api.DbStats;
import valence.api.Index;
import valence.api.LiveChange;
import valence.api.LiveQuery;
import valence.api.LogEntry;
import valence.api.PullRequest;
import valence.api.QueryRequest;
import valence.api.Transaction;
import valence.api.TxFeed;
import valence.api.TxReport;
import valence.api.Valence;
import valence.edn.Edn;
import valence.engine.schema.Bootstrap;
import valence.node.hosted.Provenance;
import valence.wire.DbValue;
import valence.wire.Fields;
import valence.wire.LogValue;
import valence.wire.Parts;

/// The operations on databases.
final class DatabaseOperations {
  /// How long a query may ask to be worked on.
  static final Duration QUERY_TIMEOUT_MAX = Duration.ofMinutes(10);

  /// Of each run of a live query.
  private static final Duration LIVE_TIMEOUT = Duration.ofMinutes(1);

  private static final long ROWS_DEFAULT = 1_000;
  private static final long ROWS_MAX = 1_000_000;
  private static final int CHUNK_ROWS_MAX = 10_000;

  private final Client client;
  private final DbValues values;

  DatabaseOperations(Client client) {
    this.client = client;
    this.values = new DbValues(client);
  }

  Map<String, Operation> byName() {
    Map<String, Operation> byName = new HashMap<>();
    byName.put("list-databases", (_, _) -> client.listDatabases());
    byName.put("create-database", (request, _) -> client.createDatabase(request.text("db-name")));
    byName.put("delete-database", (request, _) -> client.deleteDatabase(request.text("db-name")));
    byName.put("db", (request, _) -> newest(request, Connection::db));
    byName.put("sync", (request, _) -> newest(request, synced(request)));
    byName.put(
        "sync-excise",
        (request, _) -> newest(
            request, connection -> connection.syncExcise(request.number("t", 0, Long.MAX_VALUE))));
    byName.put("db-status", (request, _) -> connection(request).status().toMap());
    byName.put("q", this::q);
    byName.put("qseq", this::qseq);
    byName.put("pull", this::pull);
    byName.put("pull-many", this::pullMany);
    byName.put("index-pull", this::indexPull);
    byName.put("datoms", this::datoms);
    byName.put("seek-datoms", this::seekDatoms);
    byName.put("index-range", this::indexRange);
    byName.put("entid", (request, _) -> id(values.db(request, "db").entid(eid(request))));
    byName.put("ident", (request, _) -> values.db(request, "db").ident(eid(request)));
    byName.put("attribute", this::attribute);
    byName.put(
        "tx-at", (request, _) -> id(values.db(request, "db").txAt(request.required("time-point"))));
    byName.put("describe", this::describe);
    byName.put("transact", this::transact);
    byName.put("with", this::with);
    byName.put("tx-range", this::txRange);
    byName.put("db-stats", this::dbStats);
    byName.put("tx-feed", this::txFeed);
    byName.put("live", this::live);
    return byName;
  }

  private Connection connection(Fields request) {
    return client.connect(request.text("db-name"));
  }

  private Object newest(Fields request, Function<Connection, Db> value) {
    Connection connection = connection(request);
    return values.describe(connection, value.apply(connection));
  }

  private Function<Connection, Db> synced(Fields request) {
    return request.contains("t")
        ? connection -> connection.sync(request.number("t", 0, Long.MAX_VALUE))
        : Connection::sync;
  }

  private static @Nullable Object id(OptionalLong id) {
    return id.isPresent() ? (Object) id.getAsLong() : null;
  }

  private static Object eid(Fields request) {
    return request.required("eid");
  }

  private @Nullable Object attribute(Fields request, Deadline deadline) {
    return values
        .db(request, "db")
        .attribute(eid(request))
        .map(DatabaseOperations::toMap)
        .orElse(null);
  }

  private static Object toMap(Attribute attribute) {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(kw("id"), attribute.id());
    map.put(kw("ident"), attribute.ident());
    map.put(kw("value-type"), attribute.valueType());
    map.put(kw("cardinality"), attribute.cardinality());
    attribute.unique().ifPresent(unique -> map.put(kw("unique"), unique));
    map.put(kw("is-component"), attribute.isComponent());
    map.put(kw("no-history"), attribute.noHistory());
    return map;
  }

  /// What a value turns out to be: its basis, and its time points as t.
  private Object describe(Fields request, Deadline deadline) {
    Db db = values.db(request, "db");
    Map<Keyword, Object> described = new LinkedHashMap<>();
    described.put(kw("db-name"), db.dbName());
    described.put(kw("t"), db.basisT());
    db.asOfT().ifPresent(t -> described.put(kw("as-of"), t));
    db.sinceT().ifPresent(t -> described.put(kw("since"), t));
    described.put(kw("history"), db.isHistory());
    return described;
  }

  private @Nullable Object q(Fields request, Deadline deadline) {
    QueryRequest query = query(request, deadline);
    Object answer = client.<@Nullable Object>q(query);
    return answer instanceof List<?> rows
            && request.contains("chunk")
            && rows.size() > rowsMax(request)
        ? Rows.of(rows, rowsMax(request))
        : answer;
  }

  /// As q, with pulls made while the rows are sent.
  private Object qseq(Fields request, Deadline deadline) {
    QueryRequest query = query(request, deadline);
    Db db = (Db) query.args().stream()
        .filter(Db.class::isInstance)
        .findFirst()
        .orElseThrow(() -> request.wrong("args", "a database among them"));
    if (query.stats() || query.ioContext().isPresent()) {
      return db.qseqWithStats(query);
    }
    List<?> rows = db.qseq(query);
    return request.contains("chunk") ? Rows.of(rows, rowsMax(request)) : rows;
  }

  private QueryRequest query(Fields request, Deadline deadline) {
    List<@Nullable Object> args = new ArrayList<>();
    if (request.contains("args")) {
      if (!(request.value("args") instanceof List<?> given)) {
        throw request.wrong("args", "a list");
      }
      for (Object arg : given) {
        args.add(
            switch (arg) {
              case DbValue description -> values.find(description).db();
              case LogValue(String dbName) -> client.connect(dbName);
              case null, default -> arg;
            });
      }
    }
    return new QueryRequest(
        request.required("query"),
        args,
        request.number("offset", 0, Long.MAX_VALUE, 0),
        request.number("limit", -1, Long.MAX_VALUE, -1),
        deadline.left(),
        request.flag("query-stats", false),
        ioContext(request),
        memory(request),
        request.flag("plan", false));
  }

  private static OptionalLong memory(Fields request) {
    return request.contains("memory")
        ? OptionalLong.of(request.number("memory", 1, Long.MAX_VALUE, 1))
        : OptionalLong.empty();
  }

  private static int rowsMax(Fields request) {
    return (int) request.number("chunk", 1, CHUNK_ROWS_MAX);
  }

  private static Optional<Keyword> ioContext(Fields request) {
    if (!request.contains("io-context")) {
      return Optional.empty();
    }
    if (request.value("io-context") instanceof Keyword context) {
      return Optional.of(context);
    }
    throw request.wrong("io-context", "a qualified keyword");
  }

  private Object pull(Fields request, Deadline deadline) {
    if (request.whole().containsKey(kw("eid")) && !request.contains("eid")) {
      // Nil is no entity, which a pattern may say something of all the same.
      try (Stream<Map<Object, Object>> pulled = values
          .db(request, "db")
          .pullMany(request.required("selector"), Collections.singletonList(null))) {
        return pulled.findFirst().orElseThrow();
      }
    }
    return values
        .db(request, "db")
        .pull(new PullRequest(
            request.required("selector"), eid(request), deadline.left(), ioContext(request)));
  }

  private Object pullMany(Fields request, Deadline deadline) {
    List<@Nullable Object> entities = new ArrayList<>();
    if (!(request.required("eids") instanceof List<?> given)) {
      throw request.wrong("eids", "a list of entities");
    }
    entities.addAll(given);
    return page(
        request,
        values.db(request, "db").pullMany(request.required("selector"), entities),
        deadline);
  }

  private Object indexPull(Fields request, Deadline deadline) {
    if (!(request.required("start") instanceof List<?> start)) {
      throw request.wrong("start", "a list of components");
    }
    return page(
        request,
        values
            .db(request, "db")
            .indexPull(
                index(request),
                request.required("selector"),
                start,
                request.flag("reverse", false)),
        deadline);
  }

  private Object datoms(Fields request, Deadline deadline) {
    Db db = values.db(request, "db");
    return page(request, db.datoms(index(request), components(request)), deadline);
  }

  private Object seekDatoms(Fields request, Deadline deadline) {
    Db db = values.db(request, "db");
    return page(request, db.seekDatoms(index(request), components(request)), deadline);
  }

  private Object indexRange(Fields request, Deadline deadline) {
    Db db = values.db(request, "db");
    return page(
        request,
        db.indexRange(request.required("attrid"), request.value("start"), request.value("end")),
        deadline);
  }

  private static @Nullable Object[] components(Fields request) {
    return switch (request.value("components")) {
      case null -> new @Nullable Object[0];
      case List<?> components -> components.toArray();
      default -> throw request.wrong("components", "a list");
    };
  }

  private Object transact(Fields request, Deadline deadline) {
    var transaction = new Transaction(
        request.required("tx-data"),
        request.contains("request-id") ? Optional.of(request.uuid("request-id")) : Optional.empty(),
        deadline.left(),
        ioContext(request));
    Connection connection = connection(request);
    TxReport report = Provenance.remove(
        connection.transact(Provenance.asked(transaction, connection.db())), transaction.data());
    return report(
        values.describe(connection, report.dbBefore()),
        values.describe(connection, report.dbAfter()),
        report);
  }

  private Object with(Fields request, Deadline deadline) {
    DbValues.Found base = values.find(request, "db");
    Object txData = request.required("tx-data");
    TxReport report = base.db()
        .with(new Transaction(txData, Optional.empty(), deadline.left(), ioContext(request)));
    return report(base.description(), base.description().plus(timed(txData, report)), report);
  }

  /// The tx-data with its instant said, so that it makes the same value again.
  private static Object timed(Object txData, TxReport report) {
    Object forms = txData instanceof String text ? Edn.read(text) : txData;
    List<@Nullable Object> timed = new ArrayList<>();
    if (forms instanceof Collection<?> given) {
      timed.addAll(given);
    }
    Datom said = report.txData().getFirst();
    timed.add(List.of(kw("db/add"), "datomic.tx", kw("db/txInstant"), said.v()));
    return timed;
  }

  private static Object report(DbValue before, DbValue after, TxReport report) {
    Map<Keyword, Object> answer = new LinkedHashMap<>();
    answer.put(kw("db-before"), before);
    answer.put(kw("db-after"), after);
    answer.put(kw("tx-data"), report.txData());
    answer.put(kw("tempids"), report.tempids());
    answer.put(kw("tx-stats"), report.stats().toMap());
    if (!report.ioStats().isEmpty()) {
      answer.put(kw("io-stats"), report.ioStats());
    }
    return answer;
  }

  private Object txRange(Fields request, Deadline deadline) {
    Stream<LogEntry> entries =
        connection(request).txRange(request.value("start"), request.value("end"));
    return page(request, entries.map(DatabaseOperations::entry), deadline);
  }

  private static Object entry(LogEntry entry) {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(kw("t"), entry.t());
    map.put(kw("data"), entry.data());
    return map;
  }

  /// The transactions from a time point on, or after one that is known.
  private Object txFeed(Fields request, Deadline deadline) {
    Connection connection = connection(request);
    TxFeed feed;
    if (request.contains("after")) {
      long after = request.number("after", -1, Long.MAX_VALUE - 1);
      requireKnown(connection, after, request);
      feed = connection.txFeed(after + 1);
    } else {
      feed = connection.txFeed(request.required("start"));
    }
    return new Subscription(
        OptionalLong.of(feed.t()),
        request.number("count", 1, Long.MAX_VALUE, Long.MAX_VALUE),
        wait -> feed.next(wait).map(DatabaseOperations::parts),
        feed::close);
  }

  private static Iterator<Map<Keyword, @Nullable Object>> parts(LogEntry entry) {
    Map<Keyword, Object> head = new LinkedHashMap<>();
    head.put(kw("t"), entry.t());
    for (Datom datom : entry.data()) {
      if (datom.a() == Bootstrap.TX_INSTANT && datom.e() == Valence.toTx(entry.t())) {
        head.put(kw("at"), datom.v());
      }
    }
    return Parts.of(head, Map.of(kw("data"), entry.data()));
  }

  /// The result of a query, then its changes.
  private Object live(Fields request, Deadline deadline) {
    Connection connection = connection(request);
    OptionalLong after = OptionalLong.empty();
    if (request.contains("after")) {
      after = OptionalLong.of(request.number("after", 0, Long.MAX_VALUE));
      requireKnown(connection, after.getAsLong(), request);
    }
    LiveQuery live = connection.live(watched(request, connection), after);
    return new Subscription(
        live.t(),
        request.number("count", 1, Long.MAX_VALUE, Long.MAX_VALUE),
        wait -> live.next(wait).map(change -> parts(connection, change)),
        live::close);
  }

  private static QueryRequest watched(Fields request, Connection connection) {
    List<@Nullable Object> inputs = new ArrayList<>();
    for (Object input : request.list("args", List.of())) {
      // A database is no input; who watches says so, whichever it is.
      inputs.add(input instanceof DbValue || input instanceof LogValue ? connection.db() : input);
    }
    return new QueryRequest(
        request.required("query"),
        inputs,
        request.number("offset", 0, Long.MAX_VALUE, 0),
        request.number("limit", -1, Long.MAX_VALUE, -1),
        Duration.ofMillis(
            request.number("timeout", 1, QUERY_TIMEOUT_MAX.toMillis(), LIVE_TIMEOUT.toMillis())),
        request.flag("query-stats", false),
        ioContext(request),
        memory(request),
        request.flag("plan", false));
  }

  private static Iterator<Map<Keyword, @Nullable Object>> parts(
      Connection connection, LiveChange change) {
    Map<Keyword, Object> head = new LinkedHashMap<>();
    head.put(kw("t"), change.t());
    Object at = saidAt(connection, change.t());
    if (at != null) {
      head.put(kw("at"), at);
    }
    Map<Keyword, List<?>> rows = new LinkedHashMap<>();
    if (change.isWhole()) {
      rows.put(kw("rows"), change.added());
    } else {
      head.put(kw("basis"), change.basis().getAsLong());
      rows.put(kw("added"), change.added());
      rows.put(kw("removed"), change.removed());
    }
    return Parts.of(head, rows);
  }

  /// When the transaction t was said; null when there is none.
  private static @Nullable Object saidAt(Connection connection, long t) {
    Keyword instant = kw("db/txInstant");
    return connection.db().pull(List.of(instant), Valence.toTx(t)).get(instant);
  }

  /// Refuses when another database has the name by now than the one in which the caller saw the
  /// transaction `:after`, at `:after-instant`: what it knows isn't true of this one.
  private static void requireKnown(Connection connection, long after, Fields request) {
    if (request.contains("after-instant")
        && !request.required("after-instant").equals(saidAt(connection, after))) {
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              "Database " + connection.dbName() + " isn't the one that was read: it was deleted.",
              "Connect again if it was created anew.")
          .toException();
    }
  }

  private Object dbStats(Fields request, Deadline deadline) {
    DbStats stats = values.db(request, "db").stats();
    Map<Keyword, Object> attributes = new LinkedHashMap<>();
    stats.attributes().forEach((attribute, count) -> {
      Map<Keyword, Object> counts = new LinkedHashMap<>();
      counts.put(kw("count"), count);
      DbStats.Distinct distinct = stats.distinct().get(attribute);
      if (distinct != null) {
        counts.put(kw("distinct-values"), distinct.values());
        counts.put(kw("distinct-entities"), distinct.entities());
      }
      attributes.put(attribute, counts);
    });
    return Map.of(kw("datoms"), stats.datoms(), kw("attrs"), attributes);
  }

  /// The rows that `:offset` and `:limit` leave, at once or in chunks.
  private static Object page(
      Fields request, Stream<? extends @Nullable Object> all, Deadline deadline) {
    boolean chunked = request.contains("chunk");
    long limit = request.number(
        "limit", chunked ? -1 : 0, chunked ? Long.MAX_VALUE : ROWS_MAX, ROWS_DEFAULT);
    Stream<? extends @Nullable Object> rest =
        all.skip(request.number("offset", 0, Long.MAX_VALUE, 0));
    Stream<? extends @Nullable Object> page = limit < 0 ? rest : rest.limit(limit);
    if (chunked) {
      return Rows.of(page, rowsMax(request));
    }
    List<@Nullable Object> rows = new ArrayList<>();
    try (page) {
      page.iterator().forEachRemaining(row -> {
        deadline.check();
        rows.add(row);
      });
    }
    return rows;
  }

  private static Index index(Fields request) {
    Keyword name = request.keyword("index");
    for (Index index : Index.values()) {
      if (index.name().toLowerCase(Locale.ROOT).equals(name.getName())) {
        return index;
      }
    }
    throw request.wrong("index", ":eavt, :aevt, :avet or :vaet");
  }
}
