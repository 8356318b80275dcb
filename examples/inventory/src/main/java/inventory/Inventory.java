package inventory;

import static valence.api.Valence.kw;

import java.util.Map;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Valence;

/// Where this application keeps its facts.
final class Inventory {
  static final String DATABASE = "inventory";

  private Inventory() {}

  /// The system that this code runs in. Asked for at each use: on a node that costs nothing, and
  /// while a class loads there is no system yet.
  static Client client() {
    return Valence.client(Map.of(kw("server-type"), kw("ion")));
  }

  static Connection connection() {
    return client().connect(DATABASE);
  }
}
