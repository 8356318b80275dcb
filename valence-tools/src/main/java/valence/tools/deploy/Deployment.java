package valence.tools.deploy;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
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
    /// It failed, took too long or was given up: the group runs what it ran before.
    FAILED
  }

  /// How a deployment is wished for.
  ///
  /// @param message what for; may be empty
  /// @param force   whether it is to be done in spite of objections
  public record Wish(String message, boolean force) {
    public static final Wish PLAIN = new Wish("", false);

    private void into(Map<Keyword, Object> request) {
      request.put(kw("message"), message);
      request.put(kw("force"), force);
      request.put(kw("asked-by"), System.getProperty("user.name", ""));
    }
  }

  /// Records the wish; returns at once.
  public static Deployment start(NodeClient node, String group, String appName, String rev) {
    return start(node, group, appName, rev, Wish.PLAIN);
  }

  /// Records the wish; returns at once.
  public static Deployment start(
      NodeClient node, String group, String appName, String rev, Wish wish) {
    Map<Keyword, Object> request = new LinkedHashMap<>();
    request.put(kw("group"), group);
    request.put(kw("app-name"), appName);
    request.put(kw("rev"), rev);
    wish.into(request);
    return of(node, "deploy", request);
  }

  /// Records the wish that a group run again what it ran before; returns at once.
  ///
  /// @param to the name of a revision, or the begin of its content id; empty for the one before
  public static Deployment rollBack(NodeClient node, String group, String to, Wish wish) {
    Map<Keyword, Object> request = new LinkedHashMap<>();
    request.put(kw("group"), group);
    request.put(kw("to"), to);
    wish.into(request);
    return of(node, "rollback", request);
  }

  private static Deployment of(NodeClient node, String operation, Map<Keyword, Object> request) {
    Object answer = node.call(operation, request);
    return new Deployment(node, Fields.of("The answer to " + operation, answer).uuid("deployment"));
  }

  public Status status() {
    Object answer = node.call("deploy-status", Map.of(kw("deployment"), id));
    Fields fields = Fields.of("The answer to deploy-status", answer);
    Keyword status = fields.keyword("deploy-status");
    Outcome outcome = switch (status.getName()) {
      case "running" -> Outcome.RUNNING;
      case "succeeded" -> Outcome.SUCCEEDED;
      case "failed", "timed-out", "aborted" -> Outcome.FAILED;
      default ->
        throw fields.wrong(
            "deploy-status", ":running, :succeeded, :failed, :timed-out or :aborted");
    };
    String phase = fields.value("phase") instanceof Keyword keyword ? keyword.getName() : "";
    return new Status(
        outcome, phase, fields.text("cause", ""), answer instanceof Map<?, ?> map ? map : Map.of());
  }

  /// Waits for the end. `unavailable` when it doesn't come in time; the deployment goes on then.
  ///
  /// @param progress is told each new phase, and how many functions are how far
  public Status await(Duration limit, Consumer<String> progress) {
    long deadline = System.nanoTime() + limit.toNanos();
    String told = "";
    while (true) {
      Status status = status();
      if (status.outcome() != Outcome.RUNNING) {
        return status;
      }
      String words = words(status);
      if (!words.equals(told)) {
        told = words;
        progress.accept(words);
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

  /// Such as `check, 12 functions checked`.
  private static String words(Status status) {
    Map<String, Integer> states = new TreeMap<>();
    if (status.data().get(kw("functions")) instanceof Iterable<?> functions) {
      for (Object each : functions) {
        if (each instanceof Map<?, ?> function
            && function.get(kw("state")) instanceof Keyword state) {
          states.merge(state.getName(), 1, Integer::sum);
        }
      }
    }
    StringBuilder words = new StringBuilder(status.phase());
    states.forEach((state, count) -> words
        .append(", ")
        .append(count)
        .append(count == 1 ? " function " : " functions ")
        .append(state));
    return words.toString();
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
