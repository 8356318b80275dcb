package valence.node.control;

import clojure.lang.Keyword;
import java.util.Optional;
import java.util.UUID;

/// The wish that a revision run on a group.
///
/// @param revision the entity id of the revision
/// @param forced   whether objections are recorded only
/// @param attempts how often a node that started took it up again
public record Deployment(UUID id, String group, long revision, boolean forced, long attempts) {
  /// What is wished for, by whom and why.
  ///
  /// @param by        may be empty, as `message` may
  /// @param rollsBack the deployment that is to be taken back
  public record Wish(
      String group,
      long revision,
      String by,
      String message,
      boolean forced,
      Optional<UUID> rollsBack) {}

  /// How far a deployment is, or its code.
  public enum Status {
    RUNNING("running"),
    SUCCEEDED("succeeded"),
    FAILED("failed"),
    /// The revision's code took too long to load, or its check did.
    TIMED_OUT("timed-out"),
    /// Given up without a verdict on the revision, as the node ended while it was tried.
    ABORTED("aborted");

    private final Keyword keyword;

    Status(String name) {
      this.keyword = Keyword.intern(name);
    }

    public Keyword keyword() {
      return keyword;
    }
  }

  /// What is being done for a deployment, in this order; those with nothing to do are left out.
  public enum Phase {
    /// Recorded, and waiting for its turn.
    WISHED("wished"),
    /// Artifacts that the node lacks are fetched.
    FETCH("fetch"),
    /// The revision is compared with the one that runs, and its schema with the databases. None of
    /// its code has run.
    COMPARE("compare"),
    /// The code is loaded, and each function that the configuration names is looked for.
    LOAD("load"),
    /// Its schema is said to its databases.
    SCHEMA("schema"),
    /// Its check is called, before anybody else calls it.
    CHECK("check"),
    /// Calls that begin are the revision's.
    SERVE("serve"),
    /// Its check is called once more.
    CONFIRM("confirm"),
    /// Calls that the revision before had begun end.
    DRAIN("drain");

    private final Keyword keyword;

    Phase(String name) {
      this.keyword = Keyword.intern(name);
    }

    public Keyword keyword() {
      return keyword;
    }
  }
}
