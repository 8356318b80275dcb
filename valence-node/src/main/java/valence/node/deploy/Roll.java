package valence.node.deploy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Client;
import valence.engine.store.BlobId;
import valence.ion.AppInfo;
import valence.node.app.Application;
import valence.node.app.CodeStore;
import valence.node.app.Serving;
import valence.node.telemetry.Telemetry;
import valence.wire.ion.Artifact;
import valence.wire.ion.Revision;

/// What a deployment does on one node; a group of several is rolled by doing it on one after the
/// other. Here, on this node. For one thread.
final class Roll {
  private static final Logger LOG = LoggerFactory.getLogger(Roll.class);

  /// How long the code of a revision may take to load, its class initialisers included.
  private static final Duration LOAD_MAX = Duration.ofMinutes(5);

  private final String group;
  private final CodeStore store;
  private final Serving serving;
  private final Client system;
  private final Duration drainMax;
  private final Telemetry telemetry;

  /// @param system   what deployed code reaches its databases through
  /// @param drainMax how long calls may take that the revision before had begun
  /// @param telemetry of the node
  Roll(
      String group,
      CodeStore store,
      Serving serving,
      Client system,
      Duration drainMax,
      Telemetry telemetry) {
    this.telemetry = telemetry;
    this.group = group;
    this.store = store;
    this.serving = serving;
    this.system = system;
    this.drainMax = drainMax;
  }

  /// What the code of a revision learns about itself on this node.
  AppInfo info(Revision revision) {
    return new AppInfo(revision.appName(), group, revision.rev());
  }

  /// The class path of a revision, fetched where this node lacks it.
  List<Path> fetch(Revision revision) {
    List<Path> jars = new ArrayList<>();
    for (Artifact artifact : revision.artifacts()) {
      jars.add(store.fetch(new BlobId(artifact.id())));
    }
    return jars;
  }

  /// Loads a revision beside the one that serves.
  Application load(Revision revision, List<Path> jars, OwnLog log)
      throws Halted, InterruptedException {
    try {
      return Trial.run(
          "deploy-load",
          LOAD_MAX,
          log,
          () -> Application.load(info(revision), revision.config(), jars, system, telemetry),
          Application::retire);
    } catch (TimeoutException e) {
      throw Halted.timedOut(
          "Its code was still loading after " + LOAD_MAX.toSeconds() + " s. What a class does when"
              + " it is initialised must not wait for anything.",
          "");
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
      LOG.info("revision-not-loaded rev={}", revision.rev(), e);
      throw Halted.of(e);
    }
  }

  /// Calls the check of a loaded revision, if it has one.
  void check(Application application, OwnLog log) throws Halted, InterruptedException {
    if (application.check().isEmpty()) {
      return;
    }
    Application.Check check = application.check().get();
    String name = Function.text(check.function().name());
    Duration limit = Duration.ofSeconds(check.config().timeoutSecs());
    boolean ready;
    try {
      ready = Trial.run(
          "deploy-check",
          limit,
          log,
          () -> application.isReady(check),
          late ->
              LOG.info("check-ended-late rev={} ready={}", application.info().revision(), late));
    } catch (TimeoutException e) {
      throw Halted.timedOut(
          "Its check " + name + " hadn't ended after " + limit.toSeconds() + " s.", name);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
      LOG.info("check-failed rev={}", application.info().revision(), e);
      throw Halted.failed("Its check " + name + " threw " + e + ".", name);
    }
    if (!ready) {
      throw Halted.failed("Its check " + name + " says that it isn't ready.", name);
    }
  }

  /// Lets calls that begin from now on be those of a revision.
  void serve(Application application) {
    serving.swap(application);
    LOG.info(
        "revision-serves app={} rev={} group={}",
        application.info().appName(),
        application.info().revision(),
        group);
  }

  /// Lets the revision before serve again, while it is still loaded; false when it isn't.
  boolean back() {
    return serving.back();
  }

  /// Waits for calls on the revision before; how many are left on it when the time is up.
  int drain() throws InterruptedException {
    return serving.drain(drainMax);
  }
}
