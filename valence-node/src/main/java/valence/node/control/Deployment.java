package valence.node.control;

import clojure.lang.Keyword;
import java.util.UUID;

/// The wish that a revision run on a group.
///
/// @param revision the entity id of the revision
public record Deployment(UUID id, String group, long revision) {
  /// How far a deployment is.
  public enum Status {
    RUNNING("running"),
    SUCCEEDED("succeeded"),
    FAILED("failed");

    private final Keyword keyword;

    Status(String name) {
      this.keyword = Keyword.intern(name);
    }

    public Keyword keyword() {
      return keyword;
    }
  }

  /// What is being done for a deployment, in this order.
  public enum Phase {
    /// Recorded, and waiting for its turn.
    WISHED("wished"),
    /// Artifacts that the node lacks are fetched.
    FETCH("fetch"),
    /// The code is loaded, and each function that the configuration names is looked for.
    LOAD("load"),
    /// The revision serves.
    SERVE("serve");

    private final Keyword keyword;

    Phase(String name) {
      this.keyword = Keyword.intern(name);
    }

    public Keyword keyword() {
      return keyword;
    }
  }
}
