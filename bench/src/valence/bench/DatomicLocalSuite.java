package valence.bench;

import clojure.java.api.Clojure;
import clojure.lang.IFn;
import clojure.lang.PersistentArrayMap;
import clojure.lang.PersistentVector;
import java.util.Collection;
import java.util.List;
import valence.api.Valence;

/// Datomic Local in memory, the reference to compare with; its jars come from outside.
public final class DatomicLocalSuite implements SuiteSystem {
  private static final String API = "datomic.client.api";

  static {
    Clojure.var("clojure.core", "require").invoke(Clojure.read(API));
  }

  private final Object client;
  private final Object connection;

  public DatomicLocalSuite() {
    client = api("client")
        .invoke(map(
            "server-type",
            Valence.kw("datomic-local"),
            "storage-dir",
            Valence.kw("mem"),
            "system",
            "suite"));
    api("create-database").invoke(client, map("db-name", "suite"));
    connection = api("connect").invoke(client, map("db-name", "suite"));
  }

  private static IFn api(String name) {
    return Clojure.var(API, name);
  }

  private static Object map(Object... keysAndValues) {
    Object[] entries = keysAndValues.clone();
    for (int i = 0; i < entries.length; i += 2) {
      entries[i] = Valence.kw((String) entries[i]);
    }
    return PersistentArrayMap.createAsIfByAssoc(entries);
  }

  @Override
  public String name() {
    return "Datomic Local in memory";
  }

  @Override
  public void transact(List<?> txData) {
    api("transact").invoke(connection, map("tx-data", txData));
  }

  @Override
  public Object db() {
    return api("db").invoke(connection);
  }

  @Override
  public Collection<?> q(Object query, List<?> args) {
    return (Collection<?>) api("q")
        .invoke(map("query", query, "args", PersistentVector.create(args), "timeout", 60_000L));
  }

  @Override
  public void close() {
    api("delete-database").invoke(client, map("db-name", "suite"));
  }
}
