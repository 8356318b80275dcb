package valence.tools.solo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.testing.Fuzz;

/// What stands in the folder of a system, changed by hand.
final class SystemFilesFuzzTest {
  @TempDir
  private Path folder = Path.of("");

  @Test
  void settings() {
    Path file = folder.resolve("config.edn");
    new Fuzz("config.edn", 1_000)
        .run(List.of("{:host \"127.0.0.1\" :http-access \"public\"}", "{}"), input -> {
          Files.write(file, input);
          Settings.read(file).listening();
        });
  }

  @Test
  void filesOfRunningNodes() {
    Path file = folder.resolve("ready.edn");
    new Fuzz("ready-file", 1_000)
        .run(
            List.of("{:pid 2147483646 :host \"::\" :api-port 4000 :http-port 4001"
                + " :fingerprint \"ab\"}"),
            input -> {
              Files.write(file, input);
              RunningNode.in(file);
            });
  }
}
