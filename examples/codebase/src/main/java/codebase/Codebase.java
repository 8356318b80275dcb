package codebase;

import static valence.api.Valence.kw;

import java.util.Map;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Valence;

/// Where this application keeps its facts: each repository in the database of its name.
final class Codebase {
  private Codebase() {}

  /// The system that this code runs in.
  static Client client() {
    return Valence.client(Map.of(kw("server-type"), kw("ion")));
  }

  static Connection connection(String repository) {
    return client().connect(repository);
  }
}
