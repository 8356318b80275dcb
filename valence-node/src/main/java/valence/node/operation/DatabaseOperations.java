package valence.node.operation;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.Client;
import valence.api.Datom;
import valence.api.DbStats;
import valence.api.Index;
import valence.api.LogEntry;
import valence.api.PullRequest;
import valence.api.QueryRequest;
import valence.api.Transaction;
import valence.api.TxReport;
import valence.wire.DbValue;
import valence.wire.Fields;

/// The operations on databases.
final class DatabaseOperations {
  /// How long a query may ask to be worked on.
  static final Duration QUERY_TIMEOUT_MAX = Duration.ofMinutes(10);

  private static final long ROWS_DEFAULT = 1_000;
  private static final long ROWS_MAX = 1_000_000;

  private final Client client;
  private final DbValues values;

  DatabaseOperations(Client client) {
    this.client = client;
    this.values = new DbValues(client);
  }

  Map<String, Operation> byName() {
    return Map.ofEntries(
        Map.entry("list-databases", _ -> client.listDatabases()),
        Map.entry("create-database", request -> client.createDatabase(request.text("db-name"))),
        Map.entry("delete-database", request -> client.deleteDatabase(request.text("db-name"))),
        Map.entry(
            "db", request -> DbValue.of(client.connect(request.text("db-name")).db())),
        Map.entry(
            "db-status",
            request -> client.connect(request.text("db-name")).status().toMap()),
        Map.entry("q", this::q),
        Map.entry("pull", this::pull),
        Map.entry("datoms", this::datoms),
        Map.entry("transact", this::transact),
        Map.entry("with", this::with),
        Map.entry("tx-range", this::txRange),
        Map.entry("db-stats", this::dbStats));
  }

  private @Nullable Object q(Fields request) {
    List<@Nullable Object> args = new ArrayList<>();
    if (request.contains("args")) {
      if (!(request.value("args") instanceof List<?> given)) {
        throw request.wrong("args", "a list");
      }
      for (Object arg : given) {
        args.add(arg instanceof DbValue description ? values.find(description).db() : arg);
      }
    }
    QueryRequest query = new QueryRequest(
        request.required("query"),
        args,
        request.number("offset", 0, Long.MAX_VALUE, 0),
        request.number("limit", -1, Long.MAX_VALUE, -1),
        timeout(request),
        request.flag("query-stats", false),
        ioContext(request),
        request.contains("memory")
            ? OptionalLong.of(request.number("memory", 1, Long.MAX_VALUE, 1))
            : OptionalLong.empty(),
        request.flag("plan", false));
    return client.<@Nullable Object>q(query);
  }

  private static Duration timeout(Fields request) {
    return Duration.ofMillis(request.number(
        "timeout", 1, QUERY_TIMEOUT_MAX.toMillis(), QueryRequest.DEFAULT_TIMEOUT.toMillis()));
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

  private Object pull(Fields request) {
    return values
        .db(request, "db")
        .pull(new PullRequest(
            request.required("selector"),
            request.required("eid"),
            timeout(request),
            ioContext(request)));
  }

  private Object datoms(Fields request) {
    @Nullable Object[] components = request.list("components", List.of()).toArray();
    try (Stream<Datom> datoms = values.db(request, "db").datoms(index(request), components)) {
      return page(request, datoms);
    }
  }

  private Object transact(Fields request) {
    var transaction = new Transaction(
        request.required("tx-data"),
        request.contains("request-id") ? Optional.of(request.uuid("request-id")) : Optional.empty(),
        Transaction.DEFAULT_TIMEOUT,
        ioContext(request));
    TxReport report = client.connect(request.text("db-name")).transact(transaction);
    return report(DbValue.of(report.dbBefore()), DbValue.of(report.dbAfter()), report);
  }

  private Object with(Fields request) {
    DbValues.Found base = values.find(request, "db");
    Object txData = request.required("tx-data");
    TxReport report = base.db()
        .with(new Transaction(
            txData, Optional.empty(), Transaction.DEFAULT_TIMEOUT, ioContext(request)));
    return report(base.description(), base.description().plus(txData), report);
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

  private Object txRange(Fields request) {
    try (Stream<LogEntry> entries = client
        .connect(request.text("db-name"))
        .txRange(request.value("start"), request.value("end"))) {
      return page(request, entries.map(DatabaseOperations::entry));
    }
  }

  private static Object entry(LogEntry entry) {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(kw("t"), entry.t());
    map.put(kw("data"), entry.data());
    return map;
  }

  private Object dbStats(Fields request) {
    DbStats stats = values.db(request, "db").stats();
    Map<Keyword, Object> attributes = new LinkedHashMap<>();
    stats
        .attributes()
        .forEach((attribute, count) -> attributes.put(attribute, Map.of(kw("count"), count)));
    return Map.of(kw("datoms"), stats.datoms(), kw("attrs"), attributes);
  }

  private static List<?> page(Fields request, Stream<?> rows) {
    return rows.skip(request.number("offset", 0, Long.MAX_VALUE, 0))
        .limit(request.number("limit", 0, ROWS_MAX, ROWS_DEFAULT))
        .toList();
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
