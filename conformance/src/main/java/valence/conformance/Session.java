package valence.conformance;

import static valence.api.Valence.kw;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Db;
import valence.api.TxReport;

/// A suite's database and everything that got a name or a number in it. Not thread-safe.
///
/// Names bind once and for ever, except in a [#branch], which is forgotten after its case.
final class Session {
  /// A transaction by its two numbers.
  ///
  /// @param tx the id of its entity
  record Point(long tx, long t) {}

  private static final String TX_TEMPID = "datomic.tx";
  private static final String ONE_BY_VALUE = "[:find ?e :in $ ?a ?v :where [?e ?a ?v]]";

  private final Client client;
  private final Connection connection;
  private final Map<String, Session> others;
  private final Map<String, Long> names;
  private final Map<Object, Point> points; // by Long for setup, by String for a case or step
  private @Nullable Db speculative; // set once a branch has gone ahead of the connection

  private Session(
      Client client,
      Connection connection,
      Map<String, Session> others,
      Map<String, Long> names,
      Map<Object, Point> points,
      @Nullable Db speculative) {
    this.client = client;
    this.connection = connection;
    this.others = others;
    this.names = names;
    this.points = points;
    this.speculative = speculative;
  }

  /// A session on a database that is there, with no names yet.
  static Session over(Client client, Connection connection) {
    return new Session(client, connection, new HashMap<>(), new HashMap<>(), new HashMap<>(), null);
  }

  /// Makes the databases of a suite, the first under the given name, and transacts their setup.
  static Session make(Client client, String dbName, Suite suite) {
    Session session = over(client, created(client, dbName));
    // Entities are named across all databases of a suite; transaction numbers are each one's own.
    suite.others().forEach((name, build) -> {
      Connection connection = created(client, dbName + "." + name);
      Session other =
          new Session(client, connection, Map.of(), session.names, new HashMap<>(), null);
      other.build(build);
      session.others.put(name, other);
    });
    session.build(suite.build());
    return session;
  }

  private static Connection created(Client client, String dbName) {
    client.createDatabase(dbName);
    return client.connect(dbName);
  }

  /// Removes the databases that [#make] made.
  void drop() {
    others.values().forEach(Session::drop);
    client.deleteDatabase(connection.dbName());
  }

  private void build(Suite.Build build) {
    if (build.schema() != null) {
      transactSetup(build.schema(), 0);
    }
    for (int i = 0; i < build.setup().size(); i++) {
      transactSetup(build.setup().get(i), i + 1);
    }
    bindNames(build.names(), db());
  }

  private void transactSetup(@Nullable Object txData, long number) {
    bind(connection.transact(Given.data(Resolver.resolve(txData, this))), number);
  }

  /// A copy whose new names nobody else sees.
  Session branch() {
    return new Session(
        client, connection, others, new HashMap<>(names), new HashMap<>(points), speculative);
  }

  Client client() {
    return client;
  }

  Connection connection() {
    return connection;
  }

  /// The current database: the connection's, or what a branch has made of it.
  Db db() {
    return speculative != null ? speculative : connection.db();
  }

  /// Goes ahead to a value that only this branch sees.
  void advance(Db db) {
    this.speculative = db;
  }

  /// Names what a transaction made.
  ///
  /// @param id the transaction's number, or the id of its case or step
  void bind(TxReport report, Object id) {
    bindTempids(report);
    points.put(id, point(report));
  }

  private void bindTempids(TxReport report) {
    report.tempids().forEach((name, eid) -> {
      if (!name.equals(TX_TEMPID)) {
        names.putIfAbsent(name, eid);
      }
    });
  }

  static Point point(TxReport report) {
    return new Point(report.txData().getFirst().tx(), report.dbAfter().basisT());
  }

  /// Names entities by `[attribute value]`: the one that has the value in the given database.
  void bindNames(Map<?, ?> found, Db db) {
    found.forEach((name, form) -> {
      if (!(name instanceof String text)
          || !(Resolver.resolve(form, this) instanceof List<?> pair)
          || pair.size() != 2) {
        throw new Unresolved(":names " + Shown.text(found) + " must map names to [attr value]");
      }
      List<?> rows = db.q(ONE_BY_VALUE, pair.get(0), pair.get(1));
      if (rows.size() != 1
          || !(rows.getFirst() instanceof List<?> row)
          || !(row.getFirst() instanceof Long eid)) {
        throw new Unresolved("name " + name + " means the one entity with " + Shown.text(pair)
            + ", but " + rows.size() + " have it");
      }
      names.putIfAbsent(text, eid);
    });
  }

  /// The entity that a name or an ident stands for.
  long eid(@Nullable Object form) {
    if (form instanceof String name) {
      Long eid = names.get(name);
      if (eid == null) {
        throw new Unresolved("nothing is named " + Shown.text(name) + " yet");
      }
      return eid;
    }
    OptionalLong eid = form == null ? OptionalLong.empty() : db().entid(form);
    return eid.orElseThrow(() -> new Unresolved("no entity has the ident " + Shown.text(form)));
  }

  /// The transaction of that number, or of the case or step of that id.
  Point point(@Nullable Object id) {
    Point point = id == null ? null : points.get(id);
    if (point == null) {
      throw new Unresolved("no transaction is numbered " + Shown.text(id));
    }
    return point;
  }

  /// A time point: the t of a setup transaction's number, anything else as it is.
  @Nullable Object timePoint(@Nullable Object form) {
    Point point = form instanceof Long ? points.get(form) : null;
    return point != null ? (Object) point.t() : Resolver.resolve(form, this);
  }

  /// The database that the options of a `#db` tag describe.
  Db db(Map<?, ?> options) {
    Session session = this;
    Object name = options.get(kw("name"));
    if (name != null) {
      session = others.get(name);
      if (session == null) {
        throw new Unresolved("no other database is called " + Shown.text(name));
      }
    }
    Db db = session.db();
    if (options.get(kw("with")) instanceof List<?> steps) {
      for (Object txData : steps) {
        TxReport report = db.with(Given.data(Resolver.resolve(txData, this)));
        bindTempids(report);
        db = report.dbAfter();
      }
    }
    if (options.containsKey(kw("as-of"))) {
      db = db.asOf(Given.any(session.timePoint(options.get(kw("as-of")))));
    }
    if (options.containsKey(kw("since"))) {
      db = db.since(Given.any(session.timePoint(options.get(kw("since")))));
    }
    return Boolean.TRUE.equals(options.get(kw("history"))) ? db.history() : db;
  }

  /// The tag by which the corpus would write an entity id; null when the id has no name.
  @Nullable String nameOf(long eid) {
    for (Map.Entry<Object, Point> point : points.entrySet()) {
      if (point.getValue().tx() == eid) {
        return "#tx " + Shown.text(point.getKey());
      }
    }
    return names.entrySet().stream()
        .filter(name -> name.getValue() == eid)
        .map(Map.Entry::getKey)
        .sorted()
        .findFirst()
        .map(name -> "#eid " + Shown.text(name))
        .orElse(null);
  }
}
