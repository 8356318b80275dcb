package valence.node.deploy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.engine.store.BlobId;
import valence.ion.AppInfo;
import valence.node.app.Application;
import valence.node.app.CodeStore;
import valence.node.app.Serving;
import valence.node.control.Control;
import valence.node.control.Deployment;
import valence.node.control.Deployment.Phase;
import valence.wire.ion.Artifact;
import valence.wire.ion.Revision;

/// Deploys revisions on this node. Safe for many threads; the work is done by one.
public final class Deployer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Deployer.class);
  private static final int WAITING_MAX = 16;

  private final String group;
  private final Control control;
  private final CodeStore store;
  private final Serving serving;
  private final Client system;
  private final BlockingQueue<Deployment> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private final Thread worker;

  /// @param system what deployed code reaches its databases through
  public Deployer(String group, Control control, CodeStore store, Serving serving, Client system) {
    this.group = group;
    this.control = control;
    this.store = store;
    this.serving = serving;
    this.system = system;
    this.worker = Thread.ofPlatform().name("deployer").unstarted(this::work);
  }

  /// Lets what the group runs serve again, and takes up what was left unfinished.
  ///
  /// When the revision doesn't load any more the node serves without one, so that another can be
  /// deployed.
  public void resume() {
    control.current(group).ifPresent(deployment -> {
      try {
        serve(deployment, load(deployment, fetch(deployment)));
      } catch (Exception | LinkageError e) {
        LOG.error("revision-not-resumed deployment={}", deployment.id(), e);
      }
    });
    for (Deployment unfinished : control.unfinished(group)) {
      if (!waiting.offer(unfinished)) {
        control.failed(unfinished, "Too many deployments were left unfinished. Deploy again.");
      }
    }
    worker.start();
  }

  /// Records the wish that a revision run on a group, and returns; `not-found` when there is no
  /// such group or revision, `conflict` when the group runs another application.
  public UUID deploy(String onGroup, String appName, String rev) {
    if (!onGroup.equals(group)) {
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              "There is no group " + onGroup + ".",
              "This system has the group " + group + ".")
          .toException();
    }
    long revision = control
        .find(appName, rev)
        .orElseThrow(() -> unknownRevision(appName, rev))
        .entity();
    refuseOther(appName);
    if (waiting.remainingCapacity() == 0) {
      throw Anomaly.of(
              Anomaly.Category.BUSY,
              WAITING_MAX + " deployments are waiting already.",
              "Try again when some of them are through.")
          .toException();
    }
    Deployment deployment = control.wish(group, revision);
    if (control.isRunning(deployment.id()) && !waiting.offer(deployment)) {
      control.failed(deployment, "Too many deployments were wished for at once. Deploy again.");
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

  private void drive(Deployment deployment) {
    long startNanos = System.nanoTime();
    try {
      if (control.current(group).map(Deployment::revision).orElse(-1L) != deployment.revision()) {
        refuseOther(control.revision(deployment.revision()).appName());
        control.reached(deployment, Phase.FETCH);
        List<Path> jars = fetch(deployment);
        control.reached(deployment, Phase.LOAD);
        serve(deployment, load(deployment, jars));
      }
      control.succeeded(deployment);
      LOG.info(
          "deployment-succeeded deployment={} millis={}",
          deployment.id(),
          (System.nanoTime() - startNanos) / 1_000_000);
    } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
      if (Thread.currentThread().isInterrupted()) {
        LOG.info("deployment-left deployment={}", deployment.id());
        return; // the node ends; the wish is taken up by the next
      }
      LOG.error("deployment-failed deployment={}", deployment.id(), e);
      fail(deployment, e);
    }
  }

  private void fail(Deployment deployment, Throwable thrown) {
    try {
      control.failed(deployment, cause(thrown));
    } catch (AnomalyException e) {
      // It stays unfinished in the control database, and is taken up by the next start.
      LOG.error("deployment-failure-not-recorded deployment={}", deployment.id(), e);
    }
  }

  private List<Path> fetch(Deployment deployment) {
    List<Path> jars = new ArrayList<>();
    for (Artifact artifact : control.revision(deployment.revision()).artifacts()) {
      jars.add(store.fetch(new BlobId(artifact.id())));
    }
    return jars;
  }

  private Application load(Deployment deployment, List<Path> jars) {
    Revision revision = control.revision(deployment.revision());
    var info = new AppInfo(revision.appName(), group, revision.rev());
    return Application.load(info, revision.config(), jars, system);
  }

  private void serve(Deployment deployment, Application application) {
    serving.swap(application);
    LOG.info(
        "revision-serves app={} rev={} group={} deployment={}",
        application.info().appName(),
        application.info().revision(),
        group,
        deployment.id());
  }

  private static String cause(Throwable thrown) {
    return thrown instanceof AnomalyException anomaly
        ? anomaly.anomaly().message()
        : "The node failed to load it: " + thrown + ".";
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
