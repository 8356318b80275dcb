package valence.node;

import java.net.URLConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.AnomalyException;
import valence.node.telemetry.Logs;
import valence.node.telemetry.TelemetryConfig;

/// The command that becomes a node:
///
///     valence.node.Main --system NAME --folder DIR [--storage DIR|jdbc:postgresql:…]
///         [--key-file FILE] [--cache-dir DIR] [--cache-bytes N] [--shared-cache-dir DIR]
///         [--group NAME] [--host 127.0.0.1] [--api-port 8182]
///         [--http-port 8184] [--http-access signed|public] [--access-dir DIR]
///         [--tls-certificate FILE [--tls-key FILE]] [--ready-file FILE]
///         [--log text|json] [--log-alerts warn|error|off] [--alerts-url URL]
///         [--traces-url URL [--traces-rate 0…1]]
///
/// Without `--storage`, or `VALENCE_STORAGE` in the environment, the facts are in the folder.
/// Ends with 0 after a shutdown, 2 when the arguments are wrong, 1 when the node can't start.
public final class Main {
  private static final int EXIT_FAILED = 1;
  private static final int EXIT_USAGE = 2;

  private Main() {}

  public static void main(String... arguments) throws InterruptedException {
    // By its name alone: a use of the class would start the JDK's own manager first.
    System.setProperty("java.util.logging.manager", LastingLogs.class.getName());
    Logs.install(TelemetryConfig.LogForm.TEXT); // also for what is wrong with the flags
    // A jar kept open by a cache of the JDK would outlive its revision.
    URLConnection.setDefaultUseCaches("jar", false);
    Flags flags;
    try {
      flags = Flags.parse(arguments);
    } catch (AnomalyException e) {
      System.err.println("valence-node: " + e.getMessage());
      System.exit(EXIT_USAGE);
      return;
    }
    Logs.install(flags.config().telemetry().log());
    try {
      run(flags);
    } catch (AnomalyException e) {
      System.err.println("valence-node: " + e.getMessage());
      logger().debug("node-failed", e);
      System.exit(EXIT_FAILED);
    }
  }

  private static void run(Flags flags) throws InterruptedException {
    Node node = Node.start(flags.config());
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(node::close));
    try (node) {
      if (flags.readyFile() != null) {
        ReadyFile.write(flags.readyFile(), flags.config(), node);
      }
      node.awaitShutdown();
    }
  }

  private static Logger logger() {
    return LoggerFactory.getLogger(Main.class);
  }
}
