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
import valence.node.control.Control;
import valence.node.control.DeploymentStatus;
import valence.node.deploy.Deployer;
import valence.wire.Fields;
import valence.wire.ion.Artifact;
import valence.wire.ion.Revision;

/// The operations on applications: push and deploy.
final class ApplicationOperations {
  private final CodeStore store;
  private final Control control;
  private final Deployer deployer;

  ApplicationOperations(CodeStore store, Control control, Deployer deployer) {
    this.store = store;
    this.control = control;
    this.deployer = deployer;
  }

  Map<String, Operation> byName() {
    return Map.of(
        "missing-artifacts", this::missingArtifacts,
        "register-revision", this::registerRevision,
        "revisions", (request, _) -> control.revisions(request.text("app-name")),
        "deploy", this::deploy,
        "deploy-status", this::deployStatus);
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
    return Map.of(kw("rev"), revision.rev(), kw("new?"), control.register(revision));
  }

  private Object deploy(Fields request, Deadline deadline) {
    return Map.of(
        kw("deployment"),
        deployer.deploy(
            request.text("group"), request.text("app-name"), Revision.name(request, "rev")));
  }

  private Object deployStatus(Fields request, Deadline deadline) {
    UUID deployment = request.uuid("deployment");
    return control
        .status(deployment)
        .map(DeploymentStatus::toMap)
        .orElseThrow(() -> Anomaly.of(
                Anomaly.Category.NOT_FOUND,
                "There is no deployment " + deployment + ".",
                "Use the id that deploy answered.")
            .toException());
  }
}
