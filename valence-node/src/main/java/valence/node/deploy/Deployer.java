package valence.node.deploy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.node.app.CodeStore;
import valence.node.app.Serving;
import valence.node.control.Control;
import valence.node.control.Deployment;
import valence.node.control.Deployment.Phase;
import valence.node.control.Deployment.Status;
import valence.node.control.Deployments;
import valence.node.telemetry.Telemetry;
import valence.wire.ion.Revision;

/// Deploys revisions on this node. Safe for many threads; the work is done by one.
public final class Deployer implements AutoCloseable {
  /// How long draining may take before a deployment ends all the same: a connection that an
  /// application keeps open is a call as well.
  public static final Duration DRAIN_MAX = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(Deployer.class);
  private static final int WAITING_MAX = 16;

  /// How often a deployment is taken up by a node that starts: one that kills its node would
  /// do so for ever.
  private static final int ATTEMPTS_MAX = 2;

  private final String group;
  private final Control control;
  private final Deployments deployments;
  private final Course course;
  private final BlockingQueue<Deployment> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private final Thread worker;

  /// Who wishes for a deployment, and how.
  ///
  /// @param by      may be empty, as `message` may
  /// @param message what for
  /// @param force   whether it is to be done in spite of objections
  public record Asked(String by, String message, boolean force) {}

  /// @param system   what deployed code reaches its databases through
  /// @param drainMax how long calls may take that a revision had begun before it was replaced
  /// @param masked   leaves out of a text what nobody is to read
  /// @param telemetry of the node
  public Deployer(
      String group,
      Control control,
      CodeStore store,
      Serving serving,
      Client system,
      Duration drainMax,
      UnaryOperator<String> masked,
      Telemetry telemetry) {
    this.group = group;
    this.control = control;
    this.deployments = control.deployments();
    this.course = new Course(
        control, new Roll(group, store, serving, system, drainMax, telemetry), system, masked);
    this.worker = Thread.ofPlatform().name("deployer").unstarted(this::work);
  }

  /// Lets what the group runs serve again, and takes up what was left unfinished.
  ///
  /// When the revision doesn't load any more the node serves without one, so that another can be
  /// deployed.
  public void resume() throws InterruptedException {
    Optional<Deployment> current = deployments.current(group);
    if (current.isPresent()) {
      try {
        course.resume(current.get());
      } catch (Halted | AnomalyException e) {
        LOG.error("revision-not-resumed deployment={}", current.get().id(), e);
      }
    }
    for (Deployment unfinished : deployments.unfinished(group)) {
      takeUp(unfinished);
    }
    worker.start();
  }

  private void takeUp(Deployment unfinished) {
    boolean serves =
        deployments.current(group).map(now -> now.id().equals(unfinished.id())).orElse(false);
    if (!serves && unfinished.attempts() >= ATTEMPTS_MAX) {
      Phase phase = deployments.phase(unfinished);
      aborted(
          unfinished,
          "The node ended " + (unfinished.attempts() + 1)
              + " times while it was deployed, in phase " + phase.keyword().getName()
              + " at last. Its log may say why.");
    } else if (!waiting.offer(deployments.takenUp(unfinished))) {
      aborted(unfinished, "Too many deployments were left unfinished. Deploy again.");
    }
  }

  /// Records the wish that a revision run on a group, and returns; `not-found` when there is no
  /// such group or revision, `conflict` when the group runs another application.
  public UUID deploy(String onGroup, String appName, String rev, Asked asked) {
    requireGroup(onGroup);
    long revision = control
        .find(appName, rev)
        .orElseThrow(() -> unknownRevision(appName, rev))
        .entity();
    refuseOther(appName);
    return wish(new Deployment.Wish(
        group, revision, asked.by(), asked.message(), asked.force(), Optional.empty()));
  }

  /// Records the wish that what a group ran before run on it again: the same content, whatever was
  /// pushed under its name since.
  ///
  /// @param to the name of a revision that the group ran, or the begin of its SHA or content id;
  ///     empty for the one before
  public UUID rollBack(String onGroup, String to, Asked asked) {
    requireGroup(onGroup);
    Deployment now = deployments
        .current(group)
        .orElseThrow(() -> Anomaly.of(
                Anomaly.Category.NOT_FOUND, "The group " + group + " runs nothing yet.")
            .toException());
    List<Deployment> before = deployments.before(group);
    Deployment target = before.stream()
        .filter(deployment -> to.isEmpty() || isNamed(deployment, to))
        .findFirst()
        .orElseThrow(() -> Anomaly.of(
                Anomaly.Category.NOT_FOUND,
                to.isEmpty()
                    ? "The group " + group + " ran nothing else before."
                    : "The group " + group + " never ran a revision " + to
                        + " besides what it runs now.",
                "`valence deployments` shows what it ran.")
            .toException());
    return wish(new Deployment.Wish(
        group,
        target.revision(),
        asked.by(),
        asked.message(),
        asked.force(),
        Optional.of(now.id())));
  }

  private boolean isNamed(Deployment deployment, String name) {
    String rev = control.revision(deployment.revision()).rev();
    return rev.equals(name)
        || !rev.startsWith(Revision.UNREPRODUCIBLE) && rev.startsWith(name)
        || control.contentId(deployment.revision()).startsWith(name);
  }

  private synchronized UUID wish(Deployment.Wish wish) {
    if (waiting.remainingCapacity() == 0) {
      throw Anomaly.of(
              Anomaly.Category.BUSY,
              WAITING_MAX + " deployments are waiting already.",
              "Try again when some of them are through.")
          .toException();
    }
    Deployment deployment = deployments.wish(wish);
    if (deployments.isRunning(deployment.id()) && !waiting.offer(deployment)) {
      aborted(deployment, "Too many deployments were wished for at once. Deploy again.");
    }
    return deployment.id();
  }

  /// Ends the work after the step that it is at; the rest is taken up by the next [#resume].
  @Override
  public void close() {
    worker.interrupt();
    try {
      worker.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    try {
      while (true) {
        drive(waiting.take());
      }
    } catch (InterruptedException e) {
      LOG.debug("deployer-ended waiting={}", waiting.size());
    }
  }

  private void drive(Deployment deployment) throws InterruptedException {
    long startNanos = System.nanoTime();
    try {
      refuseOther(control.revision(deployment.revision()).appName());
      course.drive(deployment);
      LOG.info(
          "deployment-ended deployment={} millis={}",
          deployment.id(),
          (System.nanoTime() - startNanos) / 1_000_000);
    } catch (InterruptedException e) {
      LOG.info("deployment-left deployment={}", deployment.id());
      throw e; // the node ends; the wish is taken up by the next
    } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
      if (Thread.currentThread().isInterrupted()) {
        LOG.info("deployment-left deployment={}", deployment.id());
        return;
      }
      LOG.error("deployment-failed deployment={}", deployment.id(), e);
      failed(deployment, Status.FAILED, Halted.of(e).reason());
    }
  }

  private void aborted(Deployment deployment, String cause) {
    failed(deployment, Status.ABORTED, cause);
  }

  private void failed(Deployment deployment, Status status, String cause) {
    try {
      deployments.failed(deployment, status, cause, "", "", Optional.empty());
    } catch (AnomalyException e) {
      // It stays unfinished in the control database, and is taken up by the next start.
      LOG.error("deployment-failure-not-recorded deployment={}", deployment.id(), e);
    }
  }

  private void requireGroup(String onGroup) {
    if (!onGroup.equals(group)) {
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              "There is no group " + onGroup + ".",
              "This system has the group " + group + ".")
          .toException();
    }
  }

  /// A group runs one application, the one first deployed to it: another in its place would take
  /// its handlers away from callers who know nothing of that.
  private void refuseOther(String appName) {
    String runs = control.application(group).orElse(appName);
    if (!runs.equals(appName)) {
      throw Anomaly.of(
              Anomaly.Category.CONFLICT,
              "The group " + group + " runs the application " + runs + ", not " + appName + ".",
              "A group runs one application.",
              "Start another system for it, with `valence up --system NAME`.")
          .toException();
    }
  }

  private static AnomalyException unknownRevision(String appName, String rev) {
    return Anomaly.of(
            Anomaly.Category.NOT_FOUND,
            "There is no revision " + rev + " of application " + appName + ".",
            "Push it first.")
        .toException();
  }
}
