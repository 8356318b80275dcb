package valence.wire.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What a principal may be allowed to do.
public enum Action {
  /// Create, delete and list databases; of all databases, also end the node.
  ADMINISTER(true),
  TRANSACT(true),
  READ(true),
  /// Bring code into the system, without making it run.
  PUSH(false),
  /// Make a pushed revision run.
  DEPLOY(false),
  /// Set parameters and environments, secrets among them, and see those that are none.
  CONFIGURE(false),
  /// Call what the deployed application offers: its Lambda functions and its HTTP handler.
  CALL(false);

  private final boolean ofDatabases;

  Action(boolean ofDatabases) {
    this.ofDatabases = ofDatabases;
  }

  /// Whether it is allowed for one database or for all; the others are of the system as a whole.
  public boolean ofDatabases() {
    return ofDatabases;
  }

  /// As it is written in a grant.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Action> of(String word) {
    return Arrays.stream(values()).filter(action -> action.word().equals(word)).findFirst();
  }
}
