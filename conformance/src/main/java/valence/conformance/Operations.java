package valence.conformance;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Datom;
import valence.api.Db;
import valence.api.Index;
import valence.api.LogEntry;
import valence.api.QueryRequest;
import valence.api.TxReport;

/// Makes the call that a case describes, and takes its result apart.
///
/// A key that the case doesn't have is an argument that isn't passed. What Java's types already
/// rule out (an index of another name, a number for a collection) is refused here, as `incorrect`.
final class Operations {
  /// After this a query stops by itself; less than a case's time, so that no thread is left behind.
  private static final Duration QUERY_TIMEOUT = Duration.ofSeconds(15);

  private final Case one;
  private final Session session;

  private Operations(Case one, Session session) {
    this.one = one;
    this.session = session;
  }

  /// The result, in the parts that the corpus names; whatever is thrown is the database's.
  ///
  /// @param session gets the names that the case binds
  static Outcome.Answer run(Case one, Session session) {
    return new Outcome.Answer(new Operations(one, session).parts());
  }

  private Map<String, @Nullable Object> parts() {
    return switch (one.op()) {
      case "q" -> query();
      case "pull" -> part("value", pulled(db().pull(pattern("pattern"), entity("eid"))));
      case "pull-many" -> part("value", pullMany());
      case "datoms" -> datoms(window(db().datoms(index(), components())));
      case "seek-datoms" -> datoms(db().seekDatoms(index(), components()).limit(count("take", 0)));
      case "index-range" ->
        datoms(window(db().indexRange(Given.any(input("attrid")), input("start"), input("end"))));
      case "index-pull" -> part("rows", indexPull());
      case "tx-range" -> part("txs", txRange());
      case "db-stats" -> part("attrs", counts());
      case "transact" -> transact();
      case "with" -> with();
      case "entid" -> part("value", entid());
      case "ident" -> part("value", db().ident(Given.any(input("arg"))));
      default -> throw new Unresolved("no operation is called :" + one.op());
    };
  }

  private static Map<String, @Nullable Object> part(String name, @Nullable Object value) {
    Map<String, @Nullable Object> parts = new HashMap<>();
    parts.put(name, value);
    return parts;
  }

  private Map<String, @Nullable Object> query() {
    List<@Nullable Object> args = new ArrayList<>();
    if (one.at("args") instanceof Collection<?> forms) {
      for (Object form : forms) {
        // Suites over real data write the database as a bare `:db`.
        args.add(kw("db").equals(form) ? session.db() : Resolver.resolve(form, session));
      }
    }
    QueryRequest request = new QueryRequest(
        Given.data(input("query")), args, count("offset", 0), count("limit", -1), QUERY_TIMEOUT);
    Object result = null;
    boolean asked = false;
    for (Object arg : args) {
      if (arg instanceof Db db) {
        result = db.<@Nullable Object>q(request);
        asked = true;
        break;
      }
    }
    if (!asked) {
      result = session.client().<@Nullable Object>q(request);
    }
    return part(one.oneValue() ? "value" : "rows", result);
  }

  /// What was pulled, nil where the api says that there is nothing by an empty map.
  private static @Nullable Object pulled(Map<?, ?> map) {
    return map.isEmpty() ? null : map;
  }

  private List<@Nullable Object> pullMany() {
    Collection<?> eids = collection("eids");
    List<@Nullable Object> values = new ArrayList<>();
    try (Stream<Map<Object, Object>> maps = db().pullMany(pattern("pattern"), eids)) {
      maps.forEach(map -> values.add(pulled(map)));
    }
    return values;
  }

  private List<@Nullable Object> indexPull() {
    boolean reverse = Boolean.TRUE.equals(one.at("reverse"));
    List<@Nullable Object> rows = new ArrayList<>();
    try (Stream<Map<Object, Object>> maps =
        window(db().indexPull(index(), pattern("selector"), collection("start"), reverse))) {
      maps.forEach(map -> rows.add(pulled(map)));
    }
    return rows;
  }

  private Map<String, @Nullable Object> datoms(Stream<Datom> stream) {
    List<Datom> datoms;
    try (stream) {
      datoms = stream.toList();
    }
    Map<String, @Nullable Object> parts = new HashMap<>();
    parts.put("datoms", datoms.stream().map(Operations::row).toList());
    parts.put("v-order", datoms.stream().map(Datom::v).toList());
    return parts;
  }

  private static List<?> row(Datom datom) {
    return List.of(datom.e(), datom.a(), datom.v(), datom.tx(), datom.added());
  }

  private List<?> txRange() {
    Object start = session.timePoint(one.at("start"));
    Object end = session.timePoint(one.at("end"));
    try (Stream<LogEntry> entries = window(session.connection().txRange(start, end))) {
      return entries
          .map(entry -> Map.of(
              kw("t"),
              entry.t(),
              kw("data"),
              entry.data().stream().map(Operations::row).toList()))
          .toList();
    }
  }

  private Map<@Nullable Object, @Nullable Object> counts() {
    Map<Keyword, Long> counts = db().stats().attributes();
    Map<@Nullable Object, @Nullable Object> listed = new HashMap<>();
    for (Object attribute : collection("attrs")) {
      listed.put(attribute, attribute instanceof Keyword ? counts.get(attribute) : null);
    }
    return listed;
  }

  private @Nullable Object entid() {
    OptionalLong eid = db().entid(Given.any(input("arg")));
    return eid.isPresent() ? (Object) eid.getAsLong() : null;
  }

  private Map<String, @Nullable Object> transact() {
    TxReport report = session.connection().transact(Given.data(input("tx-data")));
    return changed(report);
  }

  private Map<String, @Nullable Object> with() {
    TxReport report = session.db().with(Given.data(input("tx-data")));
    session.advance(report.dbAfter());
    return changed(report);
  }

  private Map<String, @Nullable Object> changed(TxReport report) {
    session.bind(report, one.id());
    if (one.at("names") instanceof Map<?, ?> names) {
      session.bindNames(names, report.dbAfter());
    }
    long tx = Session.point(report).tx();
    long txInstant = report.dbAfter().entid(kw("db/txInstant")).orElseThrow();
    List<List<?>> txData = new ArrayList<>();
    Map<String, @Nullable Object> parts = new HashMap<>();
    for (Datom datom : report.txData()) {
      if (datom.e() == tx && datom.a() == txInstant && datom.added()) {
        parts.put("tx-instant", datom.v());
      } else {
        txData.add(List.of(datom.e(), datom.a(), datom.v(), datom.added()));
      }
    }
    parts.put("ok", true);
    parts.put("tx-data", txData);
    parts.put("tempids", report.tempids());
    return parts;
  }

  private Db db() {
    Object form = one.at("db");
    if (!one.has("db") || kw("db").equals(form)) {
      return session.db();
    }
    if (Resolver.resolve(form, session) instanceof Db db) {
      return db;
    }
    throw new Unresolved(":db " + Shown.text(form) + " is no database");
  }

  private @Nullable Object input(String key) {
    return Resolver.resolve(one.at(key), session);
  }

  private Object pattern(String key) {
    return Given.data(input(key));
  }

  private Object entity(String key) {
    return Given.any(input(key));
  }

  private @Nullable Object[] components() {
    return one.has("components") ? collection("components").toArray() : new Object[0];
  }

  private Collection<?> collection(String key) {
    if (input(key) instanceof Collection<?> collection) {
      return collection;
    }
    throw refused(key, "a collection");
  }

  private Index index() {
    if (one.at("index") instanceof Keyword name) {
      for (Index index : Index.values()) {
        if (index.name().toLowerCase(Locale.ROOT).equals(name.getName())) {
          return index;
        }
      }
    }
    throw refused("index", "one of " + Arrays.toString(Index.values()));
  }

  private AnomalyException refused(String key, String wanted) {
    return Anomaly.of(
            Anomaly.Category.INCORRECT,
            ":" + key + " " + Shown.text(one.at(key)) + " can't be passed.",
            "The parameter is " + wanted + ".")
        .toException();
  }

  /// The rows that limit and offset leave; a negative limit leaves all.
  private <T> Stream<T> window(Stream<T> all) {
    long offset = count("offset", 0);
    long limit = count("limit", -1);
    Stream<T> rest = offset > 0 ? all.skip(offset) : all;
    return limit < 0 ? rest : rest.limit(limit);
  }

  private long count(String key, long absent) {
    if (!one.has(key)) {
      return absent;
    }
    if (one.at(key) instanceof Long count) {
      return count;
    }
    throw refused(key, "a whole number");
  }
}
