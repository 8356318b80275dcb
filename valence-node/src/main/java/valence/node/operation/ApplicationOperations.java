package valence.node.operation;

import static valence.api.Valence.kw;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import valence.api.Anomaly;
import valence.engine.store.BlobId;
import valence.node.app.CodeStore;
import valence.node.app.JarCheck;
import valence.node.control.Control;
import valence.node.control.DeploymentStatus;
import valence.node.control.Deployments;
import valence.node.deploy.Deployer;
import valence.node.deploy.RevisionDifference;
import valence.wire.Fields;
import valence.wire.ion.Artifact;
import valence.wire.ion.Revision;

/// The operations on applications: push and deploy.
final class ApplicationOperations {
  private static final int MESSAGE_CHARACTERS_MAX = 4_000;
  private static final int HISTORY_DEFAULT = 20;

  private final CodeStore store;
  private final Control control;
  private final Deployer deployer;
  private final RevisionDifference difference;

  ApplicationOperations(CodeStore store, Control control, Deployer deployer) {
    this.store = store;
    this.control = control;
    this.deployer = deployer;
    this.difference = new RevisionDifference(control, store);
  }

  Map<String, Operation> byName() {
    return Map.of(
        "missing-artifacts",
        this::missingArtifacts,
        "register-revision",
        this::registerRevision,
        "revisions",
        (request, _) -> control.revisions(request.text("app-name")),
        "revision-difference",
        (request, _) ->
            difference.between(request.text("app-name"), request.text("from"), request.text("to")),
        "deploy",
        new Operation.Attributed(this::deploy),
        "rollback",
        new Operation.Attributed(this::rollBack),
        "deploy-status",
        this::deployStatus,
        "deployments",
        this::deployments);
  }

  private Object missingArtifacts(Fields request, Deadline deadline) {
    List<Object> ids = request.list("ids", List.of());
    if (ids.size() > Revision.ARTIFACT_COUNT_MAX) {
      throw request.wrong("ids", "at most " + Revision.ARTIFACT_COUNT_MAX + " ids");
    }
    Set<String> missing = new LinkedHashSet<>();
    for (Object id : ids) {
      if (!(id instanceof String hex) || !Artifact.isId(hex)) {
        throw request.wrong("ids", "SHA-256s in 64 lower-case hexadecimal digits");
      }
      if (!store.contains(new BlobId(hex))) {
        missing.add(hex);
      }
    }
    return new ArrayList<>(missing);
  }

  private Object registerRevision(Fields request, Deadline deadline) {
    Revision revision = Revision.of(request.whole());
    List<String> missing = revision.artifacts().stream()
        .filter(artifact -> !store.contains(new BlobId(artifact.id())))
        .map(Artifact::name)
        .toList();
    if (!missing.isEmpty()) {
      throw Anomaly.incorrect(
              "ion.error/missing-artifacts",
              "The code store lacks " + missing.size() + " artifacts of the revision: "
                  + Fields.shown(missing) + ".",
              "Upload them first.")
          .toException();
    }
    for (Artifact artifact : revision.artifacts()) {
      JarCheck.check(artifact.name(), store.fetch(new BlobId(artifact.id())));
    }
    return Map.of(kw("rev"), revision.rev(), kw("new?"), control.register(revision));
  }

  private Object deploy(Fields request, String principal) {
    return Map.of(
        kw("deployment"),
        deployer.deploy(
            request.text("group"),
            request.text("app-name"),
            Revision.name(request, "rev"),
            asked(request, principal)));
  }

  private Object rollBack(Fields request, String principal) {
    return Map.of(
        kw("deployment"),
        deployer.rollBack(
            request.text("group"), request.text("to", ""), asked(request, principal)));
  }

  /// Who wishes for a deployment: the principal, where requests are signed, and else whoever the
  /// caller says to be.
  private static Deployer.Asked asked(Fields request, String principal) {
    String by = ParameterOperations.by(request, principal);
    String message = request.text("message", "");
    if (message.length() > MESSAGE_CHARACTERS_MAX) {
      throw request.wrong("message", "at most " + MESSAGE_CHARACTERS_MAX + " characters");
    }
    return new Deployer.Asked(by, message, request.flag("force", false));
  }

  private Object deployments(Fields request, Deadline deadline) {
    return control
        .deployments()
        .history(request.text("group", ""), request.text("app-name", ""), (int)
            request.number("limit", 1, Deployments.HISTORY_MAX, HISTORY_DEFAULT));
  }

  private Object deployStatus(Fields request, Deadline deadline) {
    UUID deployment = request.uuid("deployment");
    return control
        .deployments()
        .status(deployment)
        .map(DeploymentStatus::toMap)
        .orElseThrow(() -> Anomaly.of(
                Anomaly.Category.NOT_FOUND,
                "There is no deployment " + deployment + ".",
                "Use the id that deploy answered.")
            .toException());
  }
}
