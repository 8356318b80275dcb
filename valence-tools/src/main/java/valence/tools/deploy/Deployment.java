package valence.tools.deploy;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import valence.api.Anomaly;
import valence.client.NodeClient;
import valence.wire.Fields;

/// The wish, recorded by the system, that a group runs a revision.
public record Deployment(NodeClient node, UUID id) {
  private static final long POLL_MILLIS = 50;

  /// Where a deployment stands.
  ///
  /// @param phase what is being done, or was done last; empty when nothing was yet
  /// @param cause why it failed; empty when it didn't
  /// @param data  all that the system says
  public record Status(Outcome outcome, String phase, String cause, Map<?, ?> data) {}

  public enum Outcome {
    RUNNING,
    SUCCEEDED,
    FAILED
  }

  /// Records the wish; returns at once.
  public static Deployment start(NodeClient node, String group, String appName, String rev) {
    Object answer =
        node.call("deploy", Map.of(kw("group"), group, kw("app-name"), appName, kw("rev"), rev));
    return new Deployment(node, Fields.of("The answer to deploy", answer).uuid("deployment"));
  }

  public Status status() {
    Object answer = node.call("deploy-status", Map.of(kw("deployment"), id));
    Fields fields = Fields.of("The answer to deploy-status", answer);
    Keyword status = fields.keyword("status");
    Outcome outcome = switch (status.getName()) {
      case "running" -> Outcome.RUNNING;
      case "succeeded" -> Outcome.SUCCEEDED;
      case "failed" -> Outcome.FAILED;
      default -> throw fields.wrong("status", ":running, :succeeded or :failed");
    };
    String phase = fields.value("phase") instanceof Keyword keyword ? keyword.getName() : "";
    return new Status(
        outcome, phase, fields.text("cause", ""), answer instanceof Map<?, ?> map ? map : Map.of());
  }

  /// Waits for the end. `unavailable` when it doesn't come in time; the deployment goes on then.
  ///
  /// @param progress is told each new phase
  public Status await(Duration limit, Consumer<String> progress) {
    long deadline = System.nanoTime() + limit.toNanos();
    String phase = "";
    while (true) {
      Status status = status();
      if (status.outcome() != Outcome.RUNNING) {
        return status;
      }
      if (!status.phase().equals(phase)) {
        phase = status.phase();
        progress.accept(phase);
      }
      if (System.nanoTime() - deadline > 0) {
        throw Anomaly.of(
                Anomaly.Category.UNAVAILABLE,
                "The deployment is still running after " + limit.toSeconds() + " s.",
                "Ask again with `valence deploy-status " + id + "`.")
            .toException();
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Anomaly.of(Anomaly.Category.INTERRUPTED, "Waiting for the deployment was interrupted.")
          .toException(e);
    }
  }
}
