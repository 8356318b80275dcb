package valence.node.dev;

import static java.nio.charset.StandardCharsets.UTF_8;
import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.edn.Edn;
import valence.ion.AppInfo;
import valence.node.app.Application;
import valence.node.app.Headstart;
import valence.node.app.Serving;
import valence.node.control.Ensured;
import valence.node.deploy.Readiness;
import valence.node.deploy.SchemaPlan;
import valence.node.telemetry.Telemetry;
import valence.wire.Fields;
import valence.wire.ion.IonConfig;

/// Loads what it is told to, one revision after the other, and lets it serve. For one thread.
///
/// Each revision goes the way that a deployment goes on a node: its schema is compared and said,
/// its check is called, and only then it serves.
public final class Development {
  private static final Logger LOG = LoggerFactory.getLogger(Development.class);
  private static final int CLASS_PATH_COUNT_MAX = 5_000;

  private static final String BEGIN_ANEW =
      "What is said stays said: name a new attribute. Or let the facts go, which are for"
          + " development only: `valence db delete NAME --system dev`.";

  private final String group;
  private final Serving serving;
  private final Client system;
  private final Telemetry telemetry;
  private final Feed feed;
  private Served served = new Served(List.of(), SchemaPlan.NONE);
  private @Nullable Ahead ahead;

  /// What is known of the revision that serves.
  private record Served(List<Path> classPath, SchemaPlan schema) {}

  /// What a revision will be loaded with, whose own files are still to come.
  private record Ahead(AppInfo info, List<Path> classPath, FutureTask<Headstart> headstart) {
    /// Lets go of it, as soon as it is done.
    void drop() {
      Thread.ofPlatform()
          .name("headstart-drop")
          .daemon()
          .start(() -> done().ifPresent(Headstart::close));
    }

    /// What was made, once it is; empty when that failed.
    Optional<Headstart> done() {
      try {
        return Optional.of(headstart.get());
      } catch (ExecutionException e) {
        LOG.debug("headstart-failed revision={}", info.revision(), e);
        return Optional.empty(); // the revision is loaded without, and says why it can't be
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }
  }

  /// What a revision is refused for that loads.
  ///
  /// @param thrown by its own code; null when nothing was
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String reason, @Nullable Throwable thrown) {
      super(reason, thrown, false, false);
    }
  }

  /// @param system    what the code reaches its databases through
  /// @param telemetry of the node
  public Development(String group, Serving serving, Client system, Telemetry telemetry, Feed feed) {
    this.group = group;
    this.serving = serving;
    this.system = system;
    this.telemetry = telemetry;
    this.feed = feed;
  }

  /// Obeys until the input ends.
  public void obey(BufferedReader messages) {
    try {
      for (String line = messages.readLine(); line != null; line = messages.readLine()) {
        Fields message = Fields.of("A message", Edn.read(line));
        if (message.contains("ahead")) {
          message.only("ahead", "class-path");
          loadAhead(message.text("ahead"), classPath(message));
        } else {
          message.only("load", "config", "class-path");
          load(message);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the messages of who started the node", e);
    }
  }

  /// Loads, in the background, what the next revision will most likely need of libraries. Only with
  /// Clojure does that take so long that it pays.
  private void loadAhead(String revision, List<Path> classPath) {
    Optional<Application> now = serving.current();
    if (now.isEmpty() || served.classPath().isEmpty() || !Headstart.pays(now.get())) {
      return;
    }
    Path folder = served.classPath().getFirst();
    if (ahead != null) {
      ahead.drop();
    }
    var info = new AppInfo(now.get().info().appName(), group, revision);
    long begun = System.nanoTime();
    var headstart = new FutureTask<>(() -> {
      List<Symbol> namespaces = Headstart.namespaces(now.get(), folder);
      Headstart made = Headstart.begin(info, classPath, system, telemetry, namespaces);
      long millis = (System.nanoTime() - begun) / 1_000_000;
      feed.tell("ahead", Map.of("revision", revision, "millis", millis));
      return made;
    });
    ahead = new Ahead(info, classPath, headstart);
    Thread.ofPlatform().name("headstart").daemon().start(headstart);
  }

  private void load(Fields message) {
    long begun = System.nanoTime();
    String revision = message.text("load");
    try {
      IonConfig config = IonConfig.parse(message.text("config"));
      List<Path> classPath = classPath(message);
      SchemaPlan schema = schema(config, classPath);
      Application application =
          application(new AppInfo(config.appName(), group, revision), config, classPath);
      List<Ensured> ensured;
      try {
        ensured = ensured(schema, application);
        check(application);
      } catch (RuntimeException | Refused | InterruptedException e) {
        application.retire();
        throw e;
      }
      serving.swap(application);
      served = new Served(classPath, schema);
      Map<String, Object> live = new LinkedHashMap<>();
      live.put("revision", revision);
      live.put("millis", (System.nanoTime() - begun) / 1_000_000);
      live.put("schema", ensured.stream().map(Development::shown).toList());
      feed.tell("live", live);
    } catch (AnomalyException e) {
      refused(revision, e.anomaly().message(), e);
    } catch (Refused e) {
      refused(revision, String.valueOf(e.getMessage()), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      refused(revision, "The node ends.", null);
    } catch (IOException
        | RuntimeException
        | LinkageError
        | StackOverflowError
        | OutOfMemoryError e) {
      refused(revision, String.valueOf(e), e);
    }
  }

  /// The revision, by what was loaded ahead for it if that fits.
  private Application application(AppInfo info, IonConfig config, List<Path> classPath) {
    Ahead made = ahead;
    ahead = null;
    if (made != null) {
      if (made.info().equals(info) && made.classPath().equals(classPath)) {
        Optional<Headstart> headstart = made.done();
        if (headstart.isPresent() && headstart.get().fits(classPath.getFirst())) {
          return headstart.get().load(config);
        }
      }
      made.drop();
    }
    return Application.load(info, config, classPath, system, telemetry);
  }

  private static SchemaPlan schema(IonConfig config, List<Path> classPath) throws IOException {
    try (URLClassLoader files = new URLClassLoader(urls(classPath), null)) {
      return SchemaPlan.of(config.schema(), resource -> text(files, resource));
    }
  }

  private static Optional<String> text(ClassLoader files, String resource) {
    try (InputStream in = files.getResourceAsStream(resource)) {
      return in == null ? Optional.empty() : Optional.of(new String(in.readAllBytes(), UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }

  private List<Ensured> ensured(SchemaPlan schema, Application application) throws Refused {
    List<String> objections = schema.objections(
        system, application.allowed().stream().map(Symbol::toString).collect(Collectors.toSet()));
    if (!objections.isEmpty()) {
      throw new Refused(String.join("\n", objections) + "\n" + BEGIN_ANEW, null);
    }
    return schema.ensure(system, application.info().revision(), served.schema());
  }

  private static void check(Application application) throws Refused, InterruptedException {
    switch (Readiness.of(application)) {
      case Readiness.Ready _ ->
        LOG.debug("revision-ready rev={}", application.info().revision());
      case Readiness.Unready(String reason, String _) -> throw new Refused(reason, null);
      case Readiness.Threw(String reason, String _, Throwable thrown) ->
        throw new Refused(reason, thrown);
      case Readiness.Late(String reason, String _) -> throw new Refused(reason, null);
    }
  }

  private static Map<Keyword, Object> shown(Ensured ensured) {
    return Map.of(kw("database"), ensured.database(), kw("attributes"), ensured.attributes());
  }

  private void refused(String revision, String message, @Nullable Throwable thrown) {
    String stack = thrown == null ? "" : OwnStack.of(thrown);
    feed.tell("refused", Map.of("revision", revision, "message", message, "stack", stack));
  }

  private static URL[] urls(List<Path> paths) throws IOException {
    URL[] urls = new URL[paths.size()];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = paths.get(i).toUri().toURL();
    }
    return urls;
  }

  private static List<Path> classPath(Fields message) {
    List<Object> given = message.list("class-path", List.of());
    if (given.size() > CLASS_PATH_COUNT_MAX) {
      throw message.wrong("class-path", "at most " + CLASS_PATH_COUNT_MAX + " paths");
    }
    List<Path> paths = new ArrayList<>();
    for (Object each : given) {
      if (!(each instanceof String path)) {
        throw message.wrong("class-path", "paths as strings");
      }
      paths.add(Path.of(path));
    }
    return paths;
  }
}
