package valence.node;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Logger;
import valence.api.AnomalyException;
import valence.node.dev.DevSurroundings;
import valence.node.dev.Development;
import valence.node.dev.Feed;
import valence.node.dev.FeedHandler;
import valence.node.dev.PrintedLines;
import valence.node.telemetry.Logs;
import valence.node.telemetry.TelemetryConfig;
import valence.storage.place.Place;

/// The command that becomes a node for development: as [Main], and besides it is told on its
/// standard input what to load, as `valence.node.dev` describes, and ends with that input.
///
///     valence.node.DevMain [--memory] --system NAME --folder DIR …
///
/// With `--memory` the facts last as long as the process. Listens on the loopback alone.
public final class DevMain {
  private static final int EXIT_FAILED = 1;
  private static final int EXIT_USAGE = 2;
  private static final String MEMORY = "--memory";

  // Held, since a logger that nobody holds is collected with its handlers.
  private static final Logger ROOT = Logger.getLogger("");

  private DevMain() {}

  public static void main(String... arguments) throws InterruptedException {
    System.setProperty("java.util.logging.manager", LastingLogs.class.getName());
    Logs.install(TelemetryConfig.LogForm.TEXT);
    URLConnection.setDefaultUseCaches("jar", false);
    Feed feed = new Feed(
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8));
    System.setOut(new PrintStream(new PrintedLines(feed), true, StandardCharsets.UTF_8));
    ROOT.addHandler(new FeedHandler(feed));
    DevSurroundings.tell(feed);
    int status = EXIT_USAGE;
    try {
      Flags flags = flags(List.of(arguments));
      status = EXIT_FAILED;
      run(flags, feed);
      status = 0;
    } catch (AnomalyException e) {
      System.err.println("valence-node: " + e.getMessage());
    }
    System.exit(status);
  }

  private static Flags flags(List<String> arguments) {
    List<String> plain = new ArrayList<>(arguments);
    boolean memory = plain.remove(MEMORY);
    Flags flags = Flags.parse(plain.toArray(String[]::new));
    NodeConfig config = flags.config();
    if (!config.isLoopback()) {
      throw valence.api.Anomaly.incorrect(
              "valence.error/invalid-config",
              "--host is " + config.host() + ", which other machines reach.",
              "A node for development listens on this machine alone: use 127.0.0.1.")
          .toException();
    }
    return memory
        ? new Flags(config.at(new Place.Memory(config.system())), flags.readyFile())
        : flags;
  }

  private static void run(Flags flags, Feed feed) throws InterruptedException {
    Node node = Node.start(flags.config());
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(node::close));
    try (node) {
      if (flags.readyFile() != null) {
        ReadyFile.write(flags.readyFile(), flags.config(), node);
      }
      feed.tell(
          "up", Map.of("api-port", (long) node.apiPort(), "http-port", (long) node.httpPort()));
      var development = new Development(
          flags.config().group(), node.serving(), node.system(), node.telemetry(), feed);
      Thread.ofPlatform().name("messages").daemon().start(() -> {
        try {
          development.obey(
              new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
        } finally {
          node.close();
        }
      });
      node.awaitShutdown();
    }
  }
}
