package inventory;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import valence.api.Connection;
import valence.ion.LambdaContext;

/// Puts the first items into the shop. They are said to an empty one alone, since their stock may
/// have moved since; the schema is there already, by `:schema` of `ion-config.edn`.
public final class Setup {
  private Setup() {}

  /// Lambda handler; the payload is ignored.
  public static Map<String, Object> ensure(String payload, LambdaContext context) {
    return Map.of("items", ensure(Inventory.connection()));
  }

  /// The number of items there are.
  static int ensure(Connection connection) {
    if (Item.all(connection.db()).isEmpty()) {
      connection.transact(resource("items.edn"));
    }
    return Item.all(connection.db()).size();
  }

  static String resource(String name) {
    try (InputStream in = Setup.class.getResourceAsStream("/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
