package valence.storage.sql;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.store.Storage;
import valence.storage.spi.StorageProvider;

/// `{:type :postgresql :jdbc-url "jdbc:postgresql://host/database" :user "…" :password "…"}`.
///
/// A user or password that isn't given is that of the environment, `VALENCE_STORAGE_USER` and
/// `VALENCE_STORAGE_PASSWORD`, or that of the address, or of the file `.pgpass`, in this order.
public final class PostgresProvider implements StorageProvider {
  private static final String ADDRESS = "jdbc:postgresql:";
  private static final Keyword JDBC_URL = kw("jdbc-url");
  private static final Keyword USER = kw("user");
  private static final Keyword PASSWORD = kw("password");
  private static final Set<Keyword> KNOWN = Set.of(kw("type"), JDBC_URL, USER, PASSWORD);

  @Override
  public String type() {
    return "postgresql";
  }

  @Override
  public Optional<Map<Keyword, Object>> arguments(String address) {
    return address.startsWith(ADDRESS) ? Optional.of(Map.of(JDBC_URL, address)) : Optional.empty();
  }

  @Override
  public Storage open(Map<Keyword, Object> arguments) {
    for (Keyword key : arguments.keySet()) {
      if (!KNOWN.contains(key)) {
        throw incorrect(
            ":" + key.getName() + " is no argument of a storage in PostgreSQL.",
            "Expected "
                + new TreeSet<>(KNOWN.stream().map(k -> ":" + k.getName()).toList()) + ".");
      }
    }
    String url = text(arguments, JDBC_URL, null);
    if (url == null || !url.startsWith(ADDRESS)) {
      throw incorrect(
          ":jdbc-url " + (url == null ? "is missing." : "isn't one of PostgreSQL."),
          "Expected jdbc:postgresql://host:port/database.");
    }
    return PostgresStorage.open(
        url,
        text(arguments, USER, "VALENCE_STORAGE_USER"),
        text(arguments, PASSWORD, "VALENCE_STORAGE_PASSWORD"));
  }

  private static @Nullable String text(
      Map<Keyword, Object> arguments, Keyword key, @Nullable String variable) {
    Object given = arguments.get(key);
    if (given == null) {
      return variable == null ? null : System.getenv(variable);
    }
    if (given instanceof String text) {
      return text;
    }
    throw incorrect(":" + key.getName() + " isn't a string.", "Expected one."); // not shown
  }

  private static AnomalyException incorrect(String... sentences) {
    return Anomaly.of(Anomaly.Category.INCORRECT, sentences).toException();
  }
}
