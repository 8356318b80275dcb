package inventory;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import valence.api.Client;
import valence.api.Connection;
import valence.ion.LambdaContext;

/// Makes what the application needs. Saying a fact again changes nothing, so neither does this;
/// only the items, whose stock may have moved since, are said to an empty shop alone.
public final class Setup {
  private Setup() {}

  /// Lambda handler; the payload is ignored.
  public static Map<String, Object> ensure(String payload, LambdaContext context) {
    try (Client client = Inventory.client()) {
      Map<String, Object> made = new LinkedHashMap<>();
      made.put("created", client.createDatabase(Inventory.DATABASE));
      made.put("items", ensure(client.connect(Inventory.DATABASE)));
      return made;
    }
  }

  /// Schema and items; the number of items there are.
  static int ensure(Connection connection) {
    connection.transact(resource("schema.edn"));
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
