package valence.node.deploy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Client;
import valence.engine.code.EntryPoint;
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
          log::own,
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

  /// What the functions of Clojure of a loaded revision can be called with, by their namespaces.
  static Map<String, Map<String, Signature>> clojureSignatures(Application application) {
    Map<String, Map<String, Signature>> found = new HashMap<>();
    for (EntryPoint function : application.clojureFunctions()) {
      found
          .computeIfAbsent(function.name().getNamespace(), _ -> new TreeMap<>())
          .put(function.name().getName(), Signature.of(function.argumentLists()));
    }
    return found;
  }

  /// The same of the revision that serves; none when it isn't loaded.
  Map<String, Map<String, Signature>> servedSignatures() {
    Optional<Serving.Call> serves = serving.begin();
    if (serves.isEmpty()) {
      return Map.of();
    }
    try (Serving.Call call = serves.get()) {
      return clojureSignatures(call.application());
    }
  }

  /// Calls the check of a loaded revision, if it has one.
  void check(Application application, OwnLog log) throws Halted, InterruptedException {
    switch (Readiness.of(application, log::own)) {
      case Readiness.Ready _ ->
        LOG.debug("revision-ready rev={}", application.info().revision());
      case Readiness.Unready(String reason, String function) ->
        throw Halted.failed(reason, function);
      case Readiness.Threw(String reason, String function, Throwable _) ->
        throw Halted.failed(reason, function);
      case Readiness.Late(String reason, String function) ->
        throw Halted.timedOut(reason, function);
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
