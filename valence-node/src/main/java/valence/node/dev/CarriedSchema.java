package valence.node.dev;

import static java.nio.charset.StandardCharsets.UTF_8;
import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import valence.api.Anomaly;
import valence.api.Client;
import valence.api.Connection;
import valence.wire.ion.SchemaConfig;

/// The schema that a revision carries: for each database under `:schema` of its configuration, the
/// resources whose tx-data it needs there.
public final class CarriedSchema {
  private final ClassLoader code;
  private final Client system;

  /// @param code has the resources
  public CarriedSchema(ClassLoader code, Client system) {
    this.code = code;
    this.system = system;
  }

  /// Makes the databases that are missing and says what they don't know yet; for each, how many
  /// datoms were new.
  public List<Map<Keyword, Object>> ensure(SchemaConfig schema) {
    List<Map<Keyword, Object>> ensured = new ArrayList<>();
    schema.resources().forEach((database, resources) -> {
      system.createDatabase(database);
      Connection connection = system.connect(database);
      int datoms = 0;
      for (String resource : resources) {
        datoms += say(connection, text(resource));
      }
      ensured.add(Map.of(kw("database"), database, kw("datoms"), (long) datoms));
    });
    return ensured;
  }

  /// Says what isn't known already; a transaction that says nothing new isn't made.
  private static int say(Connection connection, String txData) {
    int own = 1; // when it was said
    if (connection.db().with(txData).txData().size() <= own) {
      return 0;
    }
    return connection.transact(txData).txData().size() - own;
  }

  private String text(String resource) {
    try (InputStream in = code.getResourceAsStream(resource)) {
      if (in == null) {
        throw Anomaly.incorrect(
                "ion.error/invalid-config",
                "ion-config.edn names the schema " + resource + ", and the class path has none.",
                "Expected a resource, such as src/main/resources/" + resource + ".")
            .toException();
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }
}
