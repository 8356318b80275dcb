package valence.wire;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.Db;
import valence.edn.EdnTagged;

/// A database value as it crosses the wire: how to find it, not what is in it.
///
/// Written `#valence/db {:db-name "x" :t 12 :as-of 7 :since 3 :history true}`; any node can answer
/// for it. A speculative value is its base and, under `:with`, each tx-data that was put on top,
/// and in its place among them each view that was put on what was made so far, as `{:as-of 7}`,
/// `{:since 3}` or `{:history true}`.
///
/// @param t     the basis; null for the newest that there is
/// @param asOf  a time point of [Db#asOf]; null without one
/// @param since a time point of [Db#since]; null without one
/// @param with  the tx-data put on top of the base, in order; mostly empty
public record DbValue(
    String dbName,
    @Nullable Long t,
    @Nullable Object asOf,
    @Nullable Object since,
    boolean history,
    List<Object> with)
    implements EdnTagged {
  /// The tag that it is written with.
  public static final String TAG = "valence/db";

  /// How many tx-data may stand on top of each other: each is applied again for each call.
  public static final int WITH_COUNT_MAX = 64;

  public DbValue {
    with = List.copyOf(with);
    if (with.size() > WITH_COUNT_MAX) {
      throw Anomaly.incorrect(
              "db.error/invalid-db",
              "The database value has " + with.size() + " speculative transactions.",
              "At most " + WITH_COUNT_MAX + " may stand on top of each other.",
              "Put several of them into one tx-data.")
          .toException();
    }
  }

  /// The newest value of a database.
  public static DbValue newest(String dbName) {
    return new DbValue(dbName, null, null, null, false, List.of());
  }

  /// The description of a value that is neither speculative nor filtered.
  public static DbValue of(Db db) {
    if (db.isFiltered()) {
      throw Anomaly.of(
              Anomaly.Category.UNSUPPORTED,
              "A filtered value of database " + db.dbName() + " can't leave its process.",
              "Its predicate is code of this process.",
              "Ask it here, and send what it answers.")
          .toException();
    }
    return new DbValue(
        db.dbName(),
        db.basisT(),
        db.asOfT().isPresent() ? (Long) db.asOfT().getAsLong() : null,
        db.sinceT().isPresent() ? (Long) db.sinceT().getAsLong() : null,
        db.isHistory(),
        List.of());
  }

  static DbValue of(Fields fields) {
    return new DbValue(
        fields.text("db-name"),
        fields.contains("t") ? (Long) fields.number("t", 0, Long.MAX_VALUE) : null,
        fields.value("as-of"),
        fields.value("since"),
        fields.flag("history", false),
        fields.list("with", List.of()));
  }

  /// This value with tx-data put on top.
  public DbValue plus(Object txData) {
    List<Object> more = new java.util.ArrayList<>(with);
    more.add(txData);
    return new DbValue(dbName, t, asOf, since, history, more);
  }

  /// The value of that basis.
  public DbValue at(long basisT) {
    return new DbValue(dbName, basisT, asOf, since, history, with);
  }

  /// The value as it was at a time point.
  public DbValue withAsOf(Object timePoint) {
    return !with.isEmpty() || asOf != null || history
        ? plus(Map.of(EdnBody.key("as-of"), timePoint))
        : new DbValue(dbName, t, timePoint, since, history, with);
  }

  /// The value with only what was said after a time point.
  public DbValue withSince(Object timePoint) {
    return !with.isEmpty() || since != null || history
        ? plus(Map.of(EdnBody.key("since"), timePoint))
        : new DbValue(dbName, t, asOf, timePoint, history, with);
  }

  /// Every assertion and retraction of the value.
  public DbValue withHistory() {
    return !with.isEmpty()
        ? plus(Map.of(EdnBody.key("history"), true))
        : new DbValue(dbName, t, asOf, since, true, with);
  }

  @Override
  public String ednTag() {
    return TAG;
  }

  @Override
  public Object ednValue() {
    Map<Object, Object> map = new LinkedHashMap<>();
    map.put(EdnBody.key("db-name"), dbName);
    if (t != null) {
      map.put(EdnBody.key("t"), t);
    }
    if (asOf != null) {
      map.put(EdnBody.key("as-of"), asOf);
    }
    if (since != null) {
      map.put(EdnBody.key("since"), since);
    }
    if (history) {
      map.put(EdnBody.key("history"), true);
    }
    if (!with.isEmpty()) {
      map.put(EdnBody.key("with"), with);
    }
    return map;
  }
}
