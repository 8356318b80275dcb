package valence.node.dev;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.edn.Edn;
import valence.ion.AppInfo;
import valence.node.app.Application;
import valence.node.app.Serving;
import valence.wire.Fields;
import valence.wire.ion.IonConfig;

/// Loads what it is told to, one revision after the other, and lets it serve.
public final class Development {
  private static final int CLASS_PATH_COUNT_MAX = 5_000;

  private final String group;
  private final Serving serving;
  private final Client system;
  private final Feed feed;

  public Development(String group, Serving serving, Client system, Feed feed) {
    this.group = group;
    this.serving = serving;
    this.system = system;
    this.feed = feed;
  }

  /// Obeys until the input ends.
  public void obey(BufferedReader messages) {
    try {
      for (String line = messages.readLine(); line != null; line = messages.readLine()) {
        Fields message = Fields.of("A message", Edn.read(line));
        message.only("load", "config", "class-path");
        load(message);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the messages of who started the node", e);
    }
  }

  private void load(Fields message) {
    long begun = System.nanoTime();
    String revision = message.text("load");
    try {
      IonConfig config = IonConfig.parse(message.text("config"));
      List<Path> classPath = classPath(message);
      var info = new AppInfo(config.appName(), group, revision);
      Application application = Application.load(info, config, classPath, system);
      List<?> schema;
      try (URLClassLoader files = new URLClassLoader(urls(classPath), null)) {
        schema = new CarriedSchema(files, system).ensure(config.schema());
      } catch (RuntimeException | IOException e) {
        discard(application);
        throw e;
      }
      serving.swap(application);
      Map<String, Object> live = new LinkedHashMap<>();
      live.put("revision", revision);
      live.put("millis", (System.nanoTime() - begun) / 1_000_000);
      live.put("schema", schema);
      feed.tell("live", live);
    } catch (AnomalyException e) {
      refused(revision, e.anomaly().message(), e);
    } catch (IOException
        | RuntimeException
        | LinkageError
        | StackOverflowError
        | OutOfMemoryError e) {
      refused(revision, String.valueOf(e), e);
    }
  }

  /// Lets go of a revision that was loaded and never served.
  private static void discard(Application application) {
    try (var nobody = new Serving(java.time.Duration.ZERO)) {
      nobody.swap(application);
    }
  }

  private void refused(String revision, String message, Throwable thrown) {
    feed.tell(
        "refused", Map.of("revision", revision, "message", message, "stack", OwnStack.of(thrown)));
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
