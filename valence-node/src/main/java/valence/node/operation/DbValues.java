package valence.node.operation;

import valence.api.Client;
import valence.api.Connection;
import valence.api.Db;
import valence.wire.DbValue;
import valence.wire.Fields;

/// Finds the database values that the wire describes.
record DbValues(Client client) {
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

  Found find(DbValue description) {
    Connection connection = client.connect(description.dbName());
    Db newest = description.t() == null ? connection.db() : connection.sync(description.t());
    long t = description.t() == null ? newest.basisT() : description.t();
    Db db = until(newest, t, description);
    if (description.since() != null) {
      db = db.since(description.since());
    }
    if (description.history()) {
      db = db.history();
    }
    for (Object txData : description.with()) {
      db = db.with(txData).dbAfter();
    }
    var pinned = new DbValue(
        description.dbName(),
        t,
        description.asOf(),
        description.since(),
        description.history(),
        description.with());
    return new Found(db, pinned);
  }

  /// The value up to the basis and to the time point of `:as-of`, whichever is earlier.
  private static Db until(Db newest, long t, DbValue description) {
    if (description.asOf() != null) {
      Db asOf = newest.asOf(description.asOf());
      if (asOf.asOfT().orElse(Long.MAX_VALUE) <= t) {
        return asOf;
      }
    }
    return newest.basisT() == t ? newest : newest.asOf(t);
  }
}
