package valence.node.operation;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Db;
import valence.wire.DbValue;
import valence.wire.Fields;

/// Finds the database values that the wire describes.
final class DbValues {
  /// Values handed out lately are kept, since what a past one was can be found again only by its
  /// time.
  private static final int RECENT_MAX = 256;

  private record Basis(Connection connection, long t) {}

  private final Client client;
  private final Map<Basis, Db> recent = // guarded by itself
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Basis, Db> eldest) {
          return size() > RECENT_MAX;
        }
      };

  DbValues(Client client) {
    this.client = client;
  }

  /// A value with the description that finds it again, whatever is said meanwhile.
  record Found(Db db, DbValue description) {}

  /// The value under a key of a request.
  Db db(Fields request, String key) {
    return find(request, key).db();
  }

  Found find(Fields request, String key) {
    if (request.required(key) instanceof DbValue description) {
      return find(description);
    }
    throw request.wrong(key, "a #valence/db");
  }

  /// The description of a value that is handed out, and will be asked for.
  DbValue describe(Connection connection, Db db) {
    synchronized (recent) {
      recent.put(new Basis(connection, db.basisT()), db);
    }
    return DbValue.of(db);
  }

  Found find(DbValue description) {
    Connection connection = client.connect(description.dbName());
    Long t = description.t();
    Db db = t == null ? connection.db() : at(connection, t);
    DbValue pinned = description.at(t == null ? db.basisT() : t);
    Object asOf = description.asOf();
    if (asOf != null) {
      db = until(db, asOf, pinned);
    }
    if (description.since() != null) {
      db = db.since(description.since());
    }
    if (description.history()) {
      db = db.history();
    }
    for (Object step : description.with()) {
      db = step(db, step);
    }
    return new Found(db, pinned);
  }

  /// The value of that basis, as it was handed out if that was lately, else the newest up to it.
  private Db at(Connection connection, long t) {
    synchronized (recent) {
      Db known = recent.get(new Basis(connection, t));
      if (known != null) {
        return known;
      }
    }
    Db newest = connection.sync(t);
    return newest.basisT() == t ? newest : newest.asOf(t);
  }

  /// The value as of a time point, which can't show more than it did.
  private static Db until(Db db, Object timePoint, DbValue description) {
    Db asOf = db.asOf(timePoint);
    boolean limited = db.asOfT().isPresent();
    return limited
            && asOf.asOfT().orElse(Long.MAX_VALUE) > requireNonNull(description.t(), "pinned")
        ? db
        : asOf;
  }

  private static Db step(Db db, Object step) {
    if (!(step instanceof Map<?, ?> view)) {
      return db.with(step).dbAfter();
    }
    Fields fields = Fields.of("A step of :with", view);
    fields.only("as-of", "since", "history");
    Db seen = db;
    if (fields.contains("as-of")) {
      seen = seen.asOf(fields.required("as-of"));
    }
    if (fields.contains("since")) {
      seen = seen.since(fields.required("since"));
    }
    return fields.flag("history", false) ? seen.history() : seen;
  }
}
