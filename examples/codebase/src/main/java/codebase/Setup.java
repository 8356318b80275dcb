package codebase;

import static valence.api.Valence.kw;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import valence.api.Client;
import valence.api.Connection;
import valence.ion.LambdaContext;

/// Makes the database of a repository and its schema, once.
public final class Setup {
  /// The payload.
  public record Wish(String repository) {}

  private Setup() {}

  /// Lambda handler: whether the database was made.
  public static Map<String, Object> ensure(String payload, LambdaContext context) {
    String repository = Json.read(payload, Wish.class).repository();
    try (Client client = Codebase.client()) {
      boolean created = client.createDatabase(repository);
      ensure(client.connect(repository));
      return Map.of("created", created);
    }
  }

  static void ensure(Connection connection) {
    // Said again, it would stand before the commits in time.
    if (connection.db().entid(kw("commit/sha")).isEmpty()) {
      connection.transact(schema());
    }
  }

  private static String schema() {
    try (InputStream in = Setup.class.getResourceAsStream("/schema.edn")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
