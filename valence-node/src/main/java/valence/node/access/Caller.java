package valence.node.access;

import java.time.Duration;
import java.util.List;
import valence.wire.access.Action;
import valence.wire.access.Grant;

/// Who sent a request.
///
/// @param name  of the principal; empty when nobody has to say who he is
/// @param keyId that the request was signed with; empty as well then
record Caller(String name, String keyId, List<Grant> grants, Share share) {
  /// Whoever reaches a node that has no principals: he may do everything.
  static final Caller ANYONE = new Caller(
      "",
      "",
      Grant.parse("all"),
      new Share(
          "",
          new Limits(Limits.DEFAULT.requestBytes(), Limits.DEFAULT.nesting(), 100_000, 0),
          Duration.ZERO));

  Caller {
    grants = List.copyOf(grants);
  }

  boolean isKnown() {
    return !keyId.isEmpty();
  }

  boolean may(Action action, String database) {
    return !isKnown() || grants.stream().anyMatch(grant -> grant.allows(action, database));
  }

  /// Whether the action is granted for some database, whichever.
  boolean maySomewhere(Action action) {
    return grants.stream().anyMatch(grant -> grant.action() == action);
  }

  /// Whether anything is granted of a database.
  boolean sees(String database) {
    return !isKnown()
        || grants.stream()
            .anyMatch(
                grant -> grant.action().ofDatabases() && grant.allows(grant.action(), database));
  }
}
