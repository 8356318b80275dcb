package valence.tools.solo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import valence.api.Anomaly;

/// Makes and changes keys, in a process of its own: the command line knows no storage.
public final class KeyTool {
  private static final String MAIN = "valence.node.KeyMain";

  private KeyTool() {}

  /// Runs one deed, `generate`, `add` or `rotate`, on a key file.
  public static void run(String deed, Path file, Stored stored) {
    ProcessBuilder builder = new ProcessBuilder(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        MAIN,
        deed,
        file.toAbsolutePath().toString()));
    stored.putInto(builder.environment());
    try {
      Process process = builder.redirectErrorStream(true).start();
      String said;
      try (var output = process.getInputStream()) {
        said = new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
      }
      if (process.waitFor() != 0) {
        throw Anomaly.of(Anomaly.Category.INCORRECT, said).toException();
      }
    } catch (IOException e) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE, "The process for keys can't be started: " + e + ".")
          .toException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Anomaly.of(Anomaly.Category.INTERRUPTED, "Waiting for the keys was interrupted.")
          .toException(e);
    }
  }
}
