package valence.engine.local;

import clojure.lang.Keyword;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import valence.api.Anomaly;
import valence.api.Anomaly.Category;
import valence.api.AnomalyException;
import valence.edn.Edn;
import valence.engine.log.Seal;
import valence.engine.store.DatabaseId;
import valence.engine.store.RefStore;

/// Which databases a storage has, and which log each has now: refs `db/<name>`, each `{:id #uuid
/// "…"}`, with `:excised t` once requests for excision up to t are done in that log.
public record Catalog(RefStore refs) {
  private static final Pattern DB_NAME = Pattern.compile("[A-Za-z0-9_.-]{1,128}");
  private static final String PREFIX = "db/";
  private static final Keyword ID = Keyword.intern("id");
  private static final Keyword EXCISED = Keyword.intern("excised");

  /// @param excisedT the t up to which requests for excision are done; -1 when none was
  public record Entry(DatabaseId id, long excisedT, long version) {}

  boolean create(String dbName) {
    return create(dbName, DatabaseId.random(), -1);
  }

  /// Names a database whose log is there already; false when the name is taken.
  ///
  /// @param excisedT as [Entry#excisedT]
  public boolean create(String dbName, DatabaseId id, long excisedT) {
    return refs.compareAndSet(PREFIX + dbName, RefStore.ABSENT, bytes(id, excisedT));
  }

  /// What has that name, or an anomaly that says which names there are.
  public Entry existing(String dbName) {
    return entry(dbName).orElseThrow(() -> notFound(dbName));
  }

  AnomalyException notFound(String dbName) {
    return Anomaly.of(
            Category.NOT_FOUND,
            "Db not found: " + dbName + ".",
            "There are: " + String.join(", ", names()) + ".",
            "Create it first, or correct the name.")
        .toException();
  }

  /// A name has 1 to 128 letters, digits, `_`, `.` and `-`.
  public static void checkName(String dbName) {
    if (!DB_NAME.matcher(dbName).matches()) {
      throw Anomaly.of(
              Category.INCORRECT,
              "\"" + dbName + "\" can't name a database.",
              "Expected 1 to 128 letters, digits, _, . and -.")
          .toException();
    }
  }

  boolean remove(String dbName, Entry entry) {
    return refs.compareAndDelete(PREFIX + dbName, entry.version());
  }

  /// Names the log that has taken the place of another.
  boolean move(String dbName, Entry entry, Seal seal) {
    return refs.compareAndSet(
        PREFIX + dbName, entry.version(), bytes(seal.next(), seal.excisedT()));
  }

  public List<String> names() {
    return refs.list(PREFIX).stream()
        .map(name -> name.substring(PREFIX.length()))
        .toList();
  }

  public Optional<Entry> entry(String dbName) {
    return refs.get(PREFIX + dbName).map(ref -> entry(dbName, ref));
  }

  private static Entry entry(String dbName, RefStore.Ref ref) {
    if (Edn.read(new String(ref.bytes(), StandardCharsets.UTF_8)) instanceof Map<?, ?> map
        && map.get(ID) instanceof UUID id) {
      long excisedT = map.get(EXCISED) instanceof Long t ? t : -1;
      return new Entry(new DatabaseId(id), excisedT, ref.version());
    }
    throw Anomaly.fault("The catalog entry of database " + dbName + " is damaged.")
        .toException();
  }

  private static byte[] bytes(DatabaseId id, long excisedT) {
    Map<Keyword, Object> entry = new HashMap<>();
    entry.put(ID, id.uuid());
    if (excisedT >= 0) {
      entry.put(EXCISED, excisedT);
    }
    return Edn.print(entry).getBytes(StandardCharsets.UTF_8);
  }
}
